// What was written and isn't saved yet, kept in this browser until the server has confirmed it.

const key = (name) => `fairlead:draft:${location.host}:${name}`;

export const keep = (name, draft) => {
  try {
    localStorage.setItem(key(name), JSON.stringify(draft));
    return true;
  } catch {
    return false; // no room, or storage is switched off: the text field still has it
  }
};

export const kept = (name) => {
  try {
    return JSON.parse(localStorage.getItem(key(name)));
  } catch {
    return null;
  }
};

export const drop = (name) => {
  try {
    localStorage.removeItem(key(name));
  } catch {
    // there is nothing to remove where nothing can be kept
  }
};

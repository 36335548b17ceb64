// The story editor: looks at the text while one types, saves it, and never over somebody else's edit.
// Without it the page is whole: its button saves, and what is said of the text is that of the file.

import { drop, keep, kept } from "./drafts.js";

const LOOK_AFTER = 350; // milliseconds without a key
const SAVE_AFTER = 1500;

const form = document.querySelector("#editor");
const { text, began, version } = form.elements;
const name = form.dataset.name;
const beside = form.querySelector("[data-beside]");
const status = form.querySelector("[data-status]");
const elsewhere = form.querySelector("[data-elsewhere]");
const restored = form.querySelector("[data-restored]");

let saving = null; // the text that is on its way
let leaving = false; // the whole form was sent: the server answers with the next page
let stopped = false; // changed elsewhere: a person has to choose
const saved = new EventTarget(); // "settled" whenever a save was answered, or wasn't
let looked = null; // aborts the look that a newer one makes pointless
let lookTimer = 0;
let saveTimer = 0;
let saveAgainAfter = SAVE_AFTER;

const isEdited = () => text.value !== began.value;

const say = (words, kind = "") => {
  status.textContent = words;
  status.className = `small ${kind || "quiet"}`;
};

const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

const fields = (leaveOut) => {
  const sent = new URLSearchParams();
  for (const [field, value] of new FormData(form)) {
    if (!["reason", "reason_for", ...leaveOut].includes(field)) sent.append(field, value);
  }
  return sent;
};

const post = async (address, { leaveOut = [], signal } = {}) => {
  const send = () =>
    fetch(address, { method: "POST", body: fields(leaveOut), signal, headers: { Accept: "application/json" } });
  const answer = await send();
  return answer.status === 403 && (await renew()) ? send() : answer;
};

// A server that was started anew takes no form of its earlier self: a fresh page has what it takes.
const renew = async () => {
  const answer = await fetch(form.action, { headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const proof = "#editor > input[type=hidden]:not([name=version])";
  const [old, fresh] = [form.querySelector(proof), page.querySelector(proof)];
  if (!old || !fresh) return false;
  old.value = fresh.value;
  return true;
};

// ---- looking ----------------------------------------------------------------------------------------

const look = async () => {
  looked?.abort();
  looked = new AbortController();
  beside.setAttribute("aria-busy", "true");
  try {
    const answer = await post(`${form.action}/look`, {
      leaveOut: ["began", "version"],
      signal: looked.signal,
    });
    if (answer.ok) show(await answer.text());
  } catch {
    // a newer look is on its way, or the server is gone, which saving will say
  } finally {
    beside.removeAttribute("aria-busy");
  }
};

const show = (html) => {
  const busy = beside.contains(document.activeElement) && document.activeElement.matches("input, button");
  if (busy) return; // what one writes or presses there isn't taken away; the next key looks again
  const open = [...beside.querySelectorAll("details[open] > summary")].map((one) => one.textContent);
  const page = new DOMParser().parseFromString(html, "text/html");
  beside.replaceChildren(...page.body.childNodes);
  for (const one of beside.querySelectorAll("details > summary")) {
    if (open.includes(one.textContent)) one.parentElement.open = true;
  }
};

// A place in the text: lines and columns are counted from 1, columns in characters.
const offset = (line, column) => {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const signs = [...(lines[line - 1] ?? "")].slice(0, column - 1).join("");
  return before + signs.length;
};

beside.addEventListener("click", (event) => {
  const place = event.target.closest("[data-line]");
  if (!place) return;
  event.preventDefault();
  const { line, column, endLine, endColumn } = place.dataset;
  const start = offset(Number(line), Number(column ?? 1));
  const end = endLine ? offset(Number(endLine), Number(endColumn)) : start;
  // The field scrolls to what is typed, not to what is selected: its share of the height comes close.
  const share = start / Math.max(1, text.value.length);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, Math.max(start, end));
  text.scrollTop = share * text.scrollHeight - text.clientHeight / 2;
  text.scrollIntoView({ block: "nearest" });
});

// ---- saving -----------------------------------------------------------------------------------------

const save = async () => {
  clearTimeout(saveTimer);
  if (stopped || leaving || saving !== null || !isEdited()) return;
  saving = text.value;
  say("Saving…");
  try {
    await settle(await post(form.action));
  } catch {
    saveAgainAfter = Math.min(60_000, saveAgainAfter * 2);
    say("Not saved: the server doesn't answer. What you wrote is kept in this browser.", "wrong");
  } finally {
    saving = null;
  }
  saved.dispatchEvent(new Event("settled"));
  if (isEdited() && !stopped && !leaving) saveTimer = setTimeout(save, saveAgainAfter);
};

const settle = async (answer) => {
  if (answer.status === 409) {
    stopped = true;
    elsewhere.hidden = false;
    say("Not saved: the file was changed elsewhere.", "wrong");
    return;
  }
  if (!answer.ok) {
    saveAgainAfter = Math.min(60_000, saveAgainAfter * 2);
    say(`Not saved: ${await causeOf(answer)}`, "wrong");
    return;
  }
  const file = await answer.json();
  saveAgainAfter = SAVE_AFTER;
  began.value = saving;
  version.value = file.version;
  if (isEdited()) {
    remember();
  } else {
    drop(name);
    restored.hidden = true;
    say(`Saved at ${clock()}.`);
  }
  if (location.pathname !== file.address) history.replaceState(null, "", file.address);
};

const causeOf = async (answer) => {
  try {
    return (await answer.json()).detail;
  } catch {
    return `the server said ${answer.status}`;
  }
};

// `sent`: the whole form took it along, and the page that says "saved" has it.
const remember = (sent = false) =>
  keep(name, { text: text.value, began: began.value, version: version.value, sent });

text.addEventListener("input", () => {
  leaving = false;
  const isKept = isEdited() ? remember() : drop(name);
  if (!stopped) {
    say(isEdited() ? "Not saved yet." : "Nothing to save.", isEdited() && isKept === false ? "waiting" : "");
    clearTimeout(saveTimer);
    saveTimer = setTimeout(save, SAVE_AFTER);
  }
  clearTimeout(lookTimer);
  lookTimer = setTimeout(look, LOOK_AFTER);
});

form.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-save]") && !stopped) {
    event.preventDefault();
    if (isEdited()) save();
    else say("Nothing to save.");
    return;
  }
  if (saving !== null) {
    // Sent now it would meet the version that is being saved, and be refused as somebody else's edit.
    event.preventDefault();
    const { submitter } = event;
    saved.addEventListener("settled", () => form.requestSubmit(submitter), { once: true });
    return;
  }
  clearTimeout(saveTimer);
  leaving = true;
  if (isEdited()) remember(true);
});

window.addEventListener("pageshow", () => {
  leaving = false; // back again, with this page as it was left
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save();
  }
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") save();
  else follow();
});
window.addEventListener("focus", () => follow());
window.addEventListener("beforeunload", (event) => {
  if (isEdited() && !kept(name)) event.preventDefault(); // only where the browser can't keep it
});

// ---- edits made elsewhere -----------------------------------------------------------------------------

// Coming back to a page that holds no edit of its own: it shows what the file says by now.
const follow = async () => {
  if (isEdited() || saving !== null) return;
  try {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const file = await answer.json();
    if (file.version === version.value || isEdited()) return;
    const at = text.selectionStart;
    take(file);
    text.setSelectionRange(at, at);
    say(`Read again at ${clock()}: the file was changed elsewhere.`);
  } catch {
    // the server is gone; saving will say so
  }
};

const take = (file) => {
  text.value = file.text;
  began.value = text.value;
  version.value = file.version;
  drop(name);
  look();
};

restored.querySelector("[data-discard]").addEventListener("click", async () => {
  clearTimeout(saveTimer);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  take(await answer.json());
  stopped = false;
  elsewhere.hidden = true;
  restored.hidden = true;
  say("Thrown away; this is the file.");
});

// ---- beginning ----------------------------------------------------------------------------------------

const isSaved = new URLSearchParams(location.search).has("saved");
const draft = kept(name);
if (draft && (draft.text === text.value || (draft.sent && isSaved))) {
  drop(name);
} else if (draft) {
  text.value = draft.text;
  began.value = draft.began;
  version.value = draft.version;
  restored.hidden = false;
  look();
  saveTimer = setTimeout(save, SAVE_AFTER);
} else if (isEdited()) {
  text.dispatchEvent(new Event("input", { bubbles: true })); // typed before this script was here
}
if (!isEdited()) {
  say(isSaved ? "Saved." : "Saved as you write.");
}
if (isSaved) history.replaceState(null, "", location.pathname); // read again later, it says nothing of then

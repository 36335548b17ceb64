// Bringing in a file as it is, byte for byte, by choosing or dropping it; without this one pastes its text.

const form = document.querySelector("[data-bring]");
const file = form.querySelector("#file");
const status = form.querySelector("[data-status]");

for (const one of form.querySelectorAll("[data-file]")) one.hidden = false;

const bring = async (chosen) => {
  status.textContent = `Reading ${chosen.name}…`;
  try {
    const answer = await fetch(`/worksheet/import/file?name=${encodeURIComponent(chosen.name)}`, {
      method: "POST",
      body: chosen,
      headers: { "Content-Type": "application/octet-stream", Accept: "text/html" },
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.querySelector("main").focus();
    window.scrollTo(0, 0);
  } catch {
    status.textContent = `${chosen.name} was not imported: the server doesn't answer.`;
  }
};

file.addEventListener("change", () => file.files[0] && bring(file.files[0]));
for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.add("dropping");
  });
}
for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("dropping"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  const [dropped] = event.dataTransfer.files;
  if (dropped) bring(dropped);
});

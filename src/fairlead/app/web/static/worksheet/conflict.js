// Two versions of a file: once one is chosen, the draft in this browser has done its service.

import { drop, keep } from "./drafts.js";

for (const form of document.querySelectorAll("[data-choose]")) {
  form.addEventListener("submit", () => {
    const { text, began, version } = form.elements;
    keep(form.dataset.name, { text: text.value, began: began.value, version: version.value });
  });
}

for (const link of document.querySelectorAll("[data-drop]")) {
  link.addEventListener("click", () => drop(link.dataset.drop));
}

// An address without what was left empty is one that can be sent on.

const form = document.querySelector("[data-loop]");

form.addEventListener("formdata", (event) => {
  for (const field of ["title", "more"]) {
    if (!event.formData.get(field)) event.formData.delete(field);
  }
});

// Who asked for it tells whether a new appointment is needed, until the clerk says otherwise.
const needed = document.querySelector("[name=new_time]");
let said = false;

needed?.addEventListener("change", () => { said = true; });
needed?.form.addEventListener("change", ({ target }) => {
  if (target.name === "asked_by" && !said) needed.checked = !["patient", "representative"].includes(target.value);
});

// The search box of a clerk: arrow down goes to the first patient found, arrow up from there comes back.
// Typing on while a patient is chosen goes on in the box. What Enter has asked is not asked once more by the typing before.
const form = document.querySelector("[data-find]");
const box = form?.querySelector("input[type=search]");
let asked = null;
const first = () => document.querySelector("#found [data-row]");

box?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || !first()) return;
  event.preventDefault();
  first().focus();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === form) asked = box.value;
  else if (event.target === box && box.value === asked) event.preventDefault();
  else if (event.target === box) asked = null;
});

document.getElementById("found")?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowUp" && event.target === first()) {
    event.preventDefault();
    event.stopPropagation();
    box.focus();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    box.focus();
  }
});

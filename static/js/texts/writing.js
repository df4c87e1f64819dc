// Writing a text: placeholders go in at the cursor, a finding leads to its line, and leaving does not lose words.
const form = document.querySelector("[data-writing]");
const body = document.getElementById("body");
const asFirst = body?.value;
let saving = false;

function insert(typed) {
  body.focus();
  body.setRangeText(typed, body.selectionStart, body.selectionEnd, "end");
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

// The list is plain text for who has no scripts.
for (const code of body?.readOnly ? [] : document.querySelectorAll("[data-insert]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn insert";
  button.append(code.cloneNode(true));
  button.addEventListener("click", () => insert(code.dataset.insert));
  code.replaceWith(button);
}

function toLine(number) {
  const lines = body.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((total, line) => total + line.length + 1, 0);
  body.focus();
  body.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(body).lineHeight);
  body.scrollTop = Math.max(0, (number - 3) * height);
}

function linkLines() {
  for (const place of document.querySelectorAll("#findings span[data-line]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn link";
    button.textContent = place.textContent;
    button.addEventListener("click", () => toLine(Number(place.dataset.line)));
    place.replaceWith(button);
  }
}

linkLines();
document.addEventListener("htmx:afterSwap", linkLines);
for (const button of document.querySelectorAll("[data-needless]")) button.hidden = true;
form?.addEventListener("submit", () => (saving = true));
window.addEventListener("beforeunload", (event) => {
  if (!saving && body && !body.readOnly && body.value !== asFirst) event.preventDefault();
});

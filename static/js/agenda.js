// The agenda by keyboard: arrow left and right go to the neighbour in the next column, at about the same time
// (arrow up and down walk within a column: keys.js). It opens at the time of now, where that is in view.
const frame = () => document.querySelector("[data-agenda]");
const middle = (element) => {
  const box = element.getBoundingClientRect();
  return box.top + box.height / 2;
};

function beside(row, step) {
  const columns = [...frame().querySelectorAll("[data-rows]")];
  for (let at = columns.indexOf(row.closest("[data-rows]")) + step; columns[at]; at += step) {
    const rows = [...columns[at].querySelectorAll("[data-row]")];
    if (!rows.length) continue;
    const off = (other) => Math.abs(middle(other) - middle(row));
    return rows.reduce((best, other) => (off(other) < off(best) ? other : best));
  }
  return null;
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const row = event.target.closest?.("[data-agenda] [data-row]");
  if (!step || !row || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  beside(row, step)?.focus();
});

const now = frame()?.querySelector(".t-now");
if (now) frame().scrollTop = now.offsetTop - frame().clientHeight / 3;

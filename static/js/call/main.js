// A call lives as long as its element: it begins when [data-call] appears in the page, and camera and microphone are off
// the moment it is gone. Nothing starts by itself: only in the tab where [data-call-enter] was pressed.
import { Call } from "./call.js";

const calls = new Map();
const key = (id) => `call:${id}`;
const entered = (id) => sessionStorage.getItem(key(id)) !== null;
const enter = (id) => sessionStorage.setItem(key(id), "entered");

function scan() {
  for (const [element, call] of calls) {
    if (element.isConnected) continue;
    call.close();
    calls.delete(element);
  }
  for (const element of document.querySelectorAll("[data-call]")) {
    if (calls.has(element)) continue;
    const call = new Call(element);
    calls.set(element, call);
    if (entered(element.dataset.call)) call.start();
    else call.askToStart(() => enter(element.dataset.call));
  }
}

document.addEventListener(
  "click",
  (event) => {
    const id = event.target.closest?.("[data-call-enter]")?.dataset.callEnter;
    if (id) enter(id);
  },
  { capture: true },
);
window.addEventListener("pagehide", () => {
  for (const call of calls.values()) call.close();
  calls.clear();
});
new MutationObserver(scan).observe(document.body, { childList: true, subtree: true });
scan();

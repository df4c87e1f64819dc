// What htmx does not do by itself: say that a request failed, and move the focus to what was asked for.
const messages = document.getElementById("messages");

function say(text) {
  const notice = document.createElement("div");
  notice.className = "notice error";
  notice.append(text);
  messages?.replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:sendError", () => say(messages.dataset.lost));
document.addEventListener("htmx:timeout", () => say(messages.dataset.lost));
document.addEventListener("htmx:responseError", () => say(messages.dataset.failed));
document.addEventListener("htmx:afterSettle", (event) => event.target.querySelector("[data-autofocus]")?.focus());

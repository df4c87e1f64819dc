// What happened, for who listens (a live region) and, where it matters for all, as a notice above the week.
const ICONS = { info: "info", warn: "tech", error: "noshow" };

export function say(text, words = {}) {
  document.getElementById("editor-spoken").textContent = text.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? "");
}

/** `again`: changes that a button below the text makes after all. */
export function tell(kind, text, again = undefined) {
  const notices = document.getElementById("editor-notices");
  if (notices.querySelector("[data-conflict]") && kind === "info") {
    say(text);
    return;
  }
  const sprite = document.querySelector("use").getAttribute("href").split("#")[0];
  const notice = document.createElement("div");
  notice.className = `notice ${kind === "info" ? "" : kind}`;
  notice.innerHTML = `<svg class="i" aria-hidden="true"><use href="${sprite}#${ICONS[kind]}"/></svg><div><p></p></div>`;
  notice.querySelector("p").textContent = text;
  if (again) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn", textContent: again.label });
    Object.assign(button.dataset, { apply: JSON.stringify(again.changes), settles: "" });
    notice.querySelector("div").append(button);
  }
  notices.replaceChildren(notice);
  say(text);
}

/** Takes away what was told; a colleague's change that is in the way of the own stays until it is settled. */
export function quiet(settled = false) {
  const notices = document.getElementById("editor-notices");
  if (settled || !notices.querySelector("[data-conflict]")) notices.replaceChildren();
}

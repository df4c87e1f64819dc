// A refused form comes back with a summary of what is wrong: that is where reading goes on.
const focusSummary = (within) => within.querySelector("[data-summary]")?.focus();

focusSummary(document);
document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.target));

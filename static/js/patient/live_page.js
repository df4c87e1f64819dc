// With live updates there is nothing to refresh by hand. Where they cannot run, the button stays.
import "../live.js";

document.querySelectorAll("[data-refresh]").forEach((button) => {
  button.hidden = true;
});

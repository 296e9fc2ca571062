// Day or night: follows the system until the reader chooses; the choice stays in this browser.
(function () {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem("sas-theme"); } catch { /* storage refused: follow the system */ }
  if (chosen === "day" || chosen === "night") root.dataset.theme = chosen;
  const isNight = () => (root.dataset.theme || (dark.matches ? "night" : "day")) === "night";
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-toggle]");
    if (!button) return;
    const show = () => button.setAttribute("aria-pressed", String(isNight()));
    button.hidden = false;
    show();
    dark.addEventListener("change", show);
    button.addEventListener("click", () => {
      root.dataset.theme = isNight() ? "day" : "night";
      try { localStorage.setItem("sas-theme", root.dataset.theme); } catch { /* kept for this page only */ }
      show();
    });
  });
})();

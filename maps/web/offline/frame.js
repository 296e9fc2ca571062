/* global L */
// What every generated map has: a metric scale, and its buttons named in French.
function sasFrame(map) {
  "use strict";
  L.control.scale({ imperial: false }).addTo(map);
  const name = (selector, text) => document.querySelectorAll(selector).forEach((button) => {
    button.title = text;
    button.setAttribute("aria-label", text);
  });
  name(".leaflet-control-zoom-in", "Agrandir");
  name(".leaflet-control-zoom-out", "Réduire");
  map.getContainer().setAttribute("role", "application");
  map.getContainer().setAttribute("aria-label", "Carte : flèches pour déplacer, plus et moins pour le zoom");
  map.on("popupopen", () => name(".leaflet-popup-close-button", "Fermer"));
}

/* global L */
// What every generated map has: a metric scale, its buttons named in French; names of towns where it asks for them.
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
// Names of towns under everything else, the bigger first: a name that would cover another waits for a closer look.
function sasNames(map, names) {
  "use strict";
  const pane = map.createPane("names");
  pane.style.zIndex = 450;
  pane.style.pointerEvents = "none";
  const labels = names.map(([name, lon, lat]) => {
    const text = document.createElement("span");
    text.textContent = name;
    return L.marker([lat, lon], {
      pane: "names", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "place-name", html: text, iconSize: null }),
    });
  });
  const place = () => {
    const taken = [];
    for (const label of labels) {
      const at = map.latLngToContainerPoint(label.getLatLng());
      const free = taken.every((other) => Math.abs(other.x - at.x) > 110 || Math.abs(other.y - at.y) > 22);
      if (free) taken.push(at);
      if (free !== map.hasLayer(label)) free ? label.addTo(map) : label.remove();
    }
  };
  map.on("zoomend", place);
  map.whenReady(place);
}

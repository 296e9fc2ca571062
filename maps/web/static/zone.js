/* global L */
// Search in what the map shows, or in a zone drawn on it. The view can be set with the keys of the map.
(function () {
  "use strict";
  const plan = document.querySelector("[data-plan]");
  const form = document.querySelector("[data-zone]");
  if (!plan || !form) return;
  const part = (name) => form.querySelector(`[data-zone-${name}]`);
  const [view, draw, done, said] = ["view", "draw", "done", "said"].map(part);
  const most = 100; // corners: more is not drawn by hand
  const written = (degrees) => degrees.toFixed(5);
  let map = null;
  let corners = [];
  let drawn = null;

  function search(name, value) {
    form.elements.bbox.value = name === "bbox" ? value : "";
    form.elements.polygon.value = name === "polygon" ? value : "";
    form.requestSubmit();
  }
  function show() {
    if (drawn) drawn.remove();
    const style = { color: getComputedStyle(document.documentElement).getPropertyValue("--alarm"), weight: 3, interactive: false };
    const shape = corners.length > 2 ? L.polygon(corners, style) : L.polyline(corners, style);
    drawn = L.layerGroup([shape, ...corners.map((corner) => L.circleMarker(corner, { ...style, radius: 4 }))]).addTo(map);
    done.hidden = corners.length < 3;
    const missing = 3 - corners.length;
    said.textContent = missing > 0 ? `Touchez la carte à chaque coin : encore ${missing}.` : "Ajoutez des coins, ou cherchez.";
  }
  function drawing(on) {
    corners = [];
    draw.setAttribute("aria-pressed", String(on));
    draw.textContent = on ? "Effacer la zone" : "Dessiner une zone";
    plan.classList.toggle("drawing", on);
    if (on) return show();
    if (drawn) drawn.remove();
    done.hidden = true;
    said.textContent = "";
    return undefined;
  }
  plan.addEventListener("plan", (event) => {
    map = event.detail;
    form.hidden = false;
    map.on("click", (at) => {
      if (draw.getAttribute("aria-pressed") !== "true" || corners.length === most) return;
      corners.push(at.latlng);
      show();
    });
  });
  view.addEventListener("click", () => {
    const shown = map.getBounds();
    search("bbox", [shown.getWest(), shown.getSouth(), shown.getEast(), shown.getNorth()].map(written).join(","));
  });
  draw.addEventListener("click", () => drawing(draw.getAttribute("aria-pressed") !== "true"));
  done.addEventListener("click", () => {
    search("polygon", corners.map((corner) => `${written(corner.lng)},${written(corner.lat)}`).join(";"));
  });
})();

/* global L */
// The search page: map beside the list with the same numbers, keys, focus. The page works without it.
(function () {
  "use strict";
  const rows = [...document.querySelectorAll(".offer")];
  const place = document.getElementById("place");
  const results = document.querySelector("[data-results]");
  const tools = document.querySelector("[data-tools]");
  const said = document.querySelector("[data-said]");
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* for this page only */ } };
  let current = -1;
  let pins = [];

  if (results && rows.length) {
    results.focus({ preventScroll: true });
    if (window.innerWidth < 700) results.scrollIntoView();
  }
  if (tools) tools.hidden = false;

  function select(index, focus) {
    if (!rows[index]) return;
    rows.forEach((row, i) => row.classList.toggle("selected", i === index));
    pins.forEach((pin, i) => pin && pin.getElement() && pin.getElement().classList.toggle("selected", i === index));
    current = index;
    if (focus) rows[index].focus();
  }
  rows.forEach((row, i) => {
    row.addEventListener("focusin", () => select(i, false));
    row.addEventListener("pointerdown", () => select(i, false));
  });

  // Filters apply as they are chosen; without script, the button does.
  const filters = document.querySelector("[data-filters]");
  if (filters) {
    filters.querySelector("[data-apply]").hidden = true;
    filters.addEventListener("change", () => filters.requestSubmit());
  }

  // The map
  const plan = document.querySelector("[data-plan]");
  const toggle = document.querySelector("[data-map-toggle]");
  let map = null;
  function showPlan(shown) {
    plan.hidden = !shown;
    document.querySelector("[data-results-board]").classList.toggle("with-plan", shown);
    toggle.setAttribute("aria-pressed", String(shown));
    if (shown && !map) map = draw();
    if (shown) map.invalidateSize();
  }
  function draw() {
    const made = L.map(plan, { preferCanvas: true, attributionControl: false, zoomSnap: 0.25, maxZoom: 18, zoomAnimation: false, fadeAnimation: false });
    const base = JSON.parse(document.getElementById("fond").textContent);
    const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const line = (geometry, style) => L.geoJSON(geometry, { style, interactive: false }).addTo(made);
    const position = (data) => (data.lat && data.lat !== "None" ? [Number(data.lat), Number(data.lon)] : null);
    const here = position(plan.dataset);
    const places = rows.map((row) => position(row.dataset));
    const outline = (plan.dataset.outline || "").split(";").filter(Boolean).map((pair) => pair.split(",").map(Number).reverse());
    made.fitBounds(L.latLngBounds([here, ...places, ...outline].filter(Boolean)).pad(0.12), { maxZoom: 15 });
    if (outline.length) L.polygon(outline, { color: colour("--alarm"), weight: 2, fill: false, interactive: false }).addTo(made);
    base.communes.forEach((item) => line(item, { color: colour("--line-strong"), weight: 0.8, opacity: 0.6 }));
    base.departments.forEach((item) => line(item, { color: colour("--muted"), weight: 2.2 }));
    base.names.forEach(([name, lon, lat]) => {
      const label = document.createElement("span");
      label.textContent = name;
      L.marker([lat, lon], {
        interactive: false, keyboard: false, icon: L.divIcon({ className: "place-name", html: label, iconSize: null }),
      }).addTo(made);
    });
    if (here) {
      L.circleMarker(here, { radius: 9, color: colour("--alarm"), weight: 4, fillColor: colour("--surface"), fillOpacity: 1 })
        .bindTooltip(plan.dataset.label).addTo(made);
    }
    pins = places.map((at, i) => {
      if (!at) return null;
      const pin = L.marker(at, {
        title: `${rows[i].dataset.rank}. ${rows[i].dataset.name}`, riseOnHover: true, zIndexOffset: 1000 - i,
        icon: L.divIcon({ className: "rank-pin", html: rows[i].dataset.rank, iconSize: [28, 28] }),
      }).addTo(made);
      pin.on("click keypress", () => select(i, true));
      return pin;
    });
    L.control.scale({ imperial: false }).addTo(made);
    plan.setAttribute("role", "application");
    plan.setAttribute("aria-label", "Carte des réponses, aux mêmes numéros que la liste");
    [[".leaflet-control-zoom-in", "Agrandir"], [".leaflet-control-zoom-out", "Réduire"]].forEach(([selector, text]) => {
      const button = plan.querySelector(selector);
      button.title = text;
      button.setAttribute("aria-label", text);
    });
    plan.dispatchEvent(new CustomEvent("plan", { detail: made })); // for zone.js
    return made;
  }
  if (plan && window.L) {
    showPlan(kept("sas-map") !== "off");
    toggle.addEventListener("click", () => {
      showPlan(plan.hidden);
      keep("sas-map", plan.hidden ? "off" : "on");
    });
  } else if (toggle) toggle.hidden = true;

  // Keys: single letters only outside of fields, and they can be switched off (WCAG 2.1.4).
  const keysButton = document.querySelector("[data-keys-toggle]");
  const help = document.querySelector("[data-keys-help]");
  let keys = kept("sas-keys") !== "off";
  const showKeys = () => {
    if (!keysButton) return;
    keysButton.setAttribute("aria-pressed", String(keys));
    help.hidden = !keys;
  };
  showKeys();
  if (keysButton) keysButton.addEventListener("click", () => {
    keys = !keys;
    keep("sas-keys", keys ? "on" : "off");
    showKeys();
  });
  document.addEventListener("keydown", (event) => {
    if (!keys || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [role=application]")) return;
    const index = rows.length ? { j: Math.min(current + 1, rows.length - 1), k: Math.max(current - 1, 0) }[event.key] : undefined;
    if (event.key === "/") {
      place.focus();
      place.select();
    } else if (index !== undefined) {
      select(index, true);
    } else if (/^[1-9]$/.test(event.key) && rows[event.key - 1]) {
      select(event.key - 1, true);
    } else if (event.key === "c" && rows[current] && rows[current].dataset.phone) {
      copy(rows[current].querySelector(".call-link").textContent);
    } else if (event.key === "m" && toggle && !toggle.hidden) {
      toggle.click();
    } else return;
    event.preventDefault();
  });
  function copy(text) {
    const plain = text.replace(/\u00a0/g, " ");
    if (!navigator.clipboard) return;
    navigator.clipboard.writeText(plain).then(
      () => { said.textContent = `Téléphone copié : ${plain}`; },
      () => { said.textContent = "La copie a été refusée par le navigateur."; },
    );
  }
})();

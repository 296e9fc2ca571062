/* global L, sasFrame, sasNames */
// Draws doubtful positions: where each place is shown, where another source has it, a line with the metres between both.
function sasDoubts(map, data) {
  "use strict";
  sasFrame(map);
  const { columns, kinds } = data;
  const size = columns.name.length;
  const number = new Intl.NumberFormat("fr-FR");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const boxes = [...document.querySelectorAll("[data-kind]")];
  const MOST_ROWS = 200, MOST_LABELS = 60, LEAST_PIXELS = 24;

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const sheets = (n) => (n === 0 ? "aucune fiche" : `${number.format(n)} fiche${n > 1 ? "s" : ""}`);
  /** Whether the other position is the official one, refused: nothing to correct to. */
  const isOfficial = (i) => columns.otherSource[i] === "finess";

  sasNames(map, data.names);
  const icon = (rank) => L.divIcon({
    className: "pin", iconSize: [28, 28], iconAnchor: [14, 14],
    html: `<span class="pin-mark pin-doubt-${rank}" aria-hidden="true">${rank}</span>`,
  });
  const otherIcon = (letter) => L.divIcon({
    className: "other", iconSize: [22, 22], iconAnchor: [11, 11], html: `<span class="other-mark" aria-hidden="true">${letter}</span>`,
  });
  const icons = new Map([1, 2, 3, 4, 5].map((rank) => [rank, icon(rank)]));
  const group = L.markerClusterGroup({
    maxClusterRadius: 40, showCoverageOnHover: false, chunkedLoading: true, animate: !still,
    spiderLegPolylineOptions: { weight: 1.5, color: "#4a5654" },
    iconCreateFunction: (cluster) => {
      const n = cluster.getChildCount();
      const side = n < 10 ? 34 : n < 100 ? 40 : 48;
      return L.divIcon({
        className: "pile", iconSize: [side, side],
        html: `<span><span>${number.format(n)}</span><span class="away"> lieux, agrandir</span></span>`,
      });
    },
  }).addTo(map);
  const pairs = L.layerGroup().addTo(map);
  const metres = L.layerGroup().addTo(map);

  const items = [];
  for (let i = 0; i < size; i += 1) {
    const item = { i, marker: null, line: null, other: null };
    if (columns.lon[i] !== null) {
      item.marker = L.marker([columns.lat[i], columns.lon[i]], { icon: icons.get(columns.rank[i]), title: columns.name[i] });
      item.marker.row = i;
      if (columns.otherLon[i] !== null) {
        const far = [columns.otherLat[i], columns.otherLon[i]];
        item.line = L.polyline([[columns.lat[i], columns.lon[i]], far], { color: "#16211f", weight: 2, dashArray: "6 5", interactive: false });
        item.other = L.marker(far, { icon: otherIcon(isOfficial(i) ? "F" : "B"), title: `${columns.name[i]} : ${columns.other[i]}`, keyboard: false });
        item.other.on("click", () => open(item, item.other));
      }
    }
    items.push(item);
  }
  group.on("click", (event) => open(items[event.layer.row], event.layer));

  function open(item, marker) {
    marker.unbindPopup();
    marker.bindPopup(sheet(item.i), { maxWidth: 320 }).openPopup();
  }

  /** The one template of every popup. */
  function sheet(i) {
    const made = element("div", "", "sheet");
    made.append(element("p", columns.name[i], "sheet-name"), element("p", columns.address[i]));
    if (columns.place[i]) made.append(element("p", `Lieu ${columns.place[i]}, ${sheets(columns.offers[i])} à cette adresse`, "muted"));
    for (const kind of columns.kinds[i]) made.append(element("p", kinds[kind]));
    made.append(element("p", `Montré : ${columns.shown[i]}`));
    if (columns.other[i]) made.append(element("p", `À ${columns.apart[i]} : ${columns.other[i]}`));
    if (columns.place[i]) {
      const at = columns.otherLon[i] === null || isOfficial(i) ? "LON,LAT" : `${columns.otherLon[i]},${columns.otherLat[i]}`;
      made.append(element("code", `sas geocode correct ${columns.place[i]} --at "${at}" --because "…"`, "command"));
    }
    return made;
  }

  const kept = () => new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.kind));
  let shown = [];
  /** Pairs that can be told apart at this zoom; the metres where there is room to write them. */
  const placePairs = () => {
    metres.clearLayers();
    const bounds = map.getBounds();
    let left = MOST_LABELS;
    for (const { i, line, other } of shown) {
      if (!line) continue;
      const [from, to] = line.getLatLngs();
      const length = map.latLngToContainerPoint(from).distanceTo(map.latLngToContainerPoint(to));
      for (const layer of [line, other]) length < LEAST_PIXELS ? pairs.removeLayer(layer) : pairs.addLayer(layer);
      const middle = L.latLng((from.lat + to.lat) / 2, (from.lng + to.lng) / 2);
      if (length < 90 || !left || !bounds.contains(middle)) continue;
      left -= 1;
      L.marker(middle, {
        interactive: false, keyboard: false,
        icon: L.divIcon({ className: "metres", html: element("span", columns.apart[i]), iconSize: null }),
      }).addTo(metres);
    }
  };
  const list = document.querySelector("[data-list]");
  const fill = () => {
    if (!list.open) return;
    list.querySelector("tbody").replaceChildren(...shown.slice(0, MOST_ROWS).map(({ i }) => {
      const row = element("tr");
      const name = element("th", columns.name[i]);
      name.scope = "row";
      row.append(element("td", columns.place[i]), name, element("td", columns.address[i]),
        element("td", columns.kinds[i].map((kind) => kinds[kind]).join(" ")), element("td", columns.shown[i]),
        element("td", columns.other[i] ? `à ${columns.apart[i]} : ${columns.other[i]}` : "aucune"),
        element("td", number.format(columns.offers[i]), "count"));
      return row;
    }));
    list.querySelector("[data-list-count]").textContent = shown.length > MOST_ROWS
      ? `${number.format(MOST_ROWS)} premiers lieux sur ${number.format(shown.length)}.` : `${number.format(shown.length)} lieux.`;
  };
  const update = () => {
    const wanted = kept();
    shown = items.filter(({ i }) => columns.kinds[i].some((kind) => wanted.has(kind)));
    group.clearLayers();
    pairs.clearLayers();
    group.addLayers(shown.filter((item) => item.marker).map((item) => item.marker));
    placePairs();
    fill();
  };
  boxes.forEach((box) => box.addEventListener("change", update));
  document.querySelectorAll("[data-all]").forEach((button) => button.addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = button.dataset.all === "1"; });
    update();
  }));
  list.addEventListener("toggle", fill);
  map.on("moveend", placePairs);
  update();
  document.documentElement.dataset.features = String(size);
}

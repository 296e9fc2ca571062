/* global L, sasFrame, sasNames */
// Draws the offers of a generated map: clustered points, or hexagons with counts. Called by the page with its data.
function sasOffers(map, data) {
  "use strict";
  sasFrame(map);
  const number = new Intl.NumberFormat("fr-FR");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const boxes = [...document.querySelectorAll("[data-family]")];
  const families = new Map(data.families.map((family) => [family.key, family]));

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  sasNames(map, data.names);
  const shownFamilies = () => new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.family));
  const drawer = data.columns ? points() : hexagons();
  boxes.forEach((box) => box.addEventListener("change", () => drawer.update(shownFamilies())));
  document.querySelectorAll("[data-all]").forEach((button) => button.addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = button.dataset.all === "1"; });
    drawer.update(shownFamilies());
  }));
  document.documentElement.dataset.features = String(drawer.size);

  function points() {
    const { columns, words } = data;
    const size = columns.lon.length;
    const icons = new Map(data.families.map((family) => [family.key, L.divIcon({
      className: "pin", iconSize: [28, 28], iconAnchor: [14, 14],
      html: `<span class="pin-mark pin-${family.key}" aria-hidden="true">${family.letters}</span>`,
    })]));
    const group = L.markerClusterGroup({
      maxClusterRadius: 46, showCoverageOnHover: false, chunkedLoading: true,
      animate: !still, spiderLegPolylineOptions: { weight: 1.5, color: "#4a5654" },
      iconCreateFunction: (cluster) => {
        const n = cluster.getChildCount();
        const side = n < 10 ? 34 : n < 100 ? 40 : n < 1000 ? 48 : 56;
        return L.divIcon({
          className: "pile", iconSize: [side, side],
          html: `<span><span>${number.format(n)}</span><span class="away"> lieux, agrandir</span></span>`,
        });
      },
    });
    const markers = [];
    for (let i = 0; i < size; i += 1) {
      const key = words.family[columns.family[i]];
      const marker = L.marker([columns.lat[i], columns.lon[i]], {
        icon: icons.get(key), title: `${columns.name[i]}, ${families.get(key).label.toLowerCase()}`,
      });
      marker.row = i;
      marker.family = key;
      markers.push(marker);
    }
    group.addLayers(markers);
    group.on("click", (event) => open(event.layer));
    group.addTo(map);

    function open(marker) {
      marker.unbindPopup();
      marker.bindPopup(sheet(marker.row), { maxWidth: 280 }).openPopup();
    }

    /** The one template of every popup. */
    function sheet(i) {
      const made = element("div", "", "sheet");
      made.append(element("p", columns.name[i], "sheet-name"));
      if (columns.structure[i] && columns.structure[i] !== columns.name[i]) made.append(element("p", columns.structure[i]));
      made.append(element("p", words.specialty[columns.specialty[i]]));
      made.append(element("p", columns.address[i]));
      if (columns.phone[i]) {
        const line = element("p");
        const call = element("a", columns.phone[i], "phone");
        call.href = `tel:${columns.phone[i].replace(/[^+0-9]/g, "")}`; // as dialled in France
        line.append(call);
        made.append(line);
      }
      made.append(element("p", `Position : ${data.levels[words.level[columns.level[i]]]}`, "muted"));
      return made;
    }

    const list = document.querySelector("[data-list]");
    const fill = () => {
      if (!list.open) return;
      const bounds = map.getBounds();
      const kept = shownFamilies();
      const inside = markers.filter((marker) => kept.has(marker.family) && bounds.contains(marker.getLatLng()));
      const rows = inside.slice(0, 100).map((marker) => {
        const i = marker.row;
        const row = element("tr");
        const name = element("th", columns.name[i]);
        name.scope = "row";
        row.append(name, element("td", words.specialty[columns.specialty[i]]),
          element("td", columns.address[i]),
          element("td", columns.phone[i]), element("td", data.levels[words.level[columns.level[i]]]));
        return row;
      });
      list.querySelector("tbody").replaceChildren(...rows);
      list.querySelector("[data-list-count]").textContent = inside.length > 100
        ? `100 premiers lieux sur ${number.format(inside.length)} dans la vue : agrandissez la carte pour voir les autres.`
        : `${number.format(inside.length)} dans la vue.`;
    };
    list.addEventListener("toggle", fill);
    map.on("moveend", fill);
    return {
      size,
      update(kept) {
        group.clearLayers();
        group.addLayers(markers.filter((marker) => kept.has(marker.family)));
        fill();
      },
    };
  }

  function hexagons() {
    const { rings, counts, families: keys } = data.cells;
    const renderer = L.canvas({ padding: 0.3 });
    const tones = ["#d5e5ec", "#9cc6d8", "#5a9fbd", "#1f6f93", "#083d56"];
    const scale = document.querySelector("[data-scale]");
    const cells = rings.map((flat, i) => {
      const ring = [];
      for (let j = 0; j < flat.length; j += 2) ring.push([flat[j], flat[j + 1]]);
      const cell = L.polygon(ring, { renderer, color: "#ffffff", weight: 0.7, fillOpacity: 0.85 });
      cell.bindPopup(() => {
        const made = element("div", "", "sheet");
        made.append(element("p", `${number.format(cell.total)} lieux`, "sheet-name"));
        const kept = shownFamilies();
        keys.forEach((key, k) => {
          if (counts[i][k] && kept.has(key)) made.append(element("p", `${families.get(key).label} : ${number.format(counts[i][k])}`));
        });
        return made;
      });
      return cell;
    });
    const layer = L.featureGroup().addTo(map);
    const update = (kept) => {
      const used = keys.map((key) => kept.has(key));
      cells.forEach((cell, i) => { cell.total = counts[i].reduce((sum, n, k) => sum + (used[k] ? n : 0), 0); });
      const totals = cells.map((cell) => cell.total).filter(Boolean).sort((a, b) => a - b);
      const limits = [0.3, 0.6, 0.85, 0.97].map((share) => totals[Math.floor(share * totals.length)] || 1);
      layer.clearLayers();
      cells.forEach((cell) => {
        if (!cell.total) return;
        cell.setStyle({ fillColor: tones[limits.filter((limit) => cell.total > limit).length] });
        layer.addLayer(cell);
      });
      const drawnTones = totals.length ? tones : [];
      scale.replaceChildren(...drawnTones.map((tone, k) => {
        const item = element("li");
        const swatch = element("span", "", "tone");
        swatch.style.background = tone;
        const from = k ? limits[k - 1] + 1 : 1;
        const to = k < limits.length ? limits[k] : totals[totals.length - 1];
        if (!(to >= from)) return null;
        item.append(swatch, `${number.format(from)}${to > from ? ` à ${number.format(to)}` : ""}`);
        return item;
      }).filter(Boolean));
    };
    update(shownFamilies());
    return { size: cells.length, update };
  }
}

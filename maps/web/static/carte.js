// The map of the departments: panel, keyboard, zoom on a region, sorting and filtering without leaving the page.
// Without this script, each department is a link to its row and the table is sorted by the server.
(function () {
  "use strict";
  const links = [...document.querySelectorAll(".frame a[data-code]")];
  const table = document.querySelector("[data-table]");
  const rows = [...table.tBodies[0].rows];
  const rowOf = new Map(rows.map((row) => [row.dataset.code, row]));
  const panel = document.querySelector("[data-panel]");
  const said = document.querySelector("[data-status]");
  const hint = panel && panel.firstElementChild.cloneNode(true);
  let chosen = null;

  /** Shows a department: its border on the map, its row of the table in the panel. */
  function show(code) {
    document.querySelectorAll(".halo").forEach((halo) => halo.remove());
    for (const link of links) if (link.dataset.code === code) outline(link);
    if (panel) panel.replaceChildren(...(rowOf.has(code) ? sheet(rowOf.get(code)) : [hint.cloneNode(true)]));
  }

  /** The facts of a row as a title and a list: one text, two places. */
  function sheet(row) {
    const title = document.createElement("p");
    title.className = "sheet-title";
    title.textContent = `${row.cells[1].textContent} (${row.dataset.code})`;
    const facts = document.createElement("dl");
    for (const cell of [...row.cells].slice(2)) {
      const term = document.createElement("dt");
      term.textContent = cell.dataset.label;
      const value = document.createElement("dd");
      value.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
      facts.append(term, value);
    }
    return [title, facts];
  }

  /** Draws the shape again above its neighbours, so that its whole border shows. */
  function outline(link) {
    const halo = link.firstElementChild.cloneNode();
    halo.setAttribute("class", "halo");
    halo.removeAttribute("fill");
    link.ownerSVGElement.append(halo);
  }

  function choose(code) {
    chosen = code;
    show(code);
    const row = rowOf.get(code);
    if (row) said.textContent = `${row.cells[1].textContent} : ${row.cells[3].textContent.trim()}`;
  }

  for (const link of links) {
    const code = link.dataset.code;
    link.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") show(code); });
    link.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") show(chosen); });
    link.addEventListener("focus", () => choose(code));
    link.addEventListener("click", (event) => { event.preventDefault(); choose(code); });
  }

  // One tab stop for each drawing; arrows move to the nearest department that way.
  for (const svg of document.querySelectorAll(".frame")) {
    const stops = [...svg.querySelectorAll("a:not([data-twin])")];
    if (stops.length < 2) continue;
    const makeStop = (link) => stops.forEach((item) => item.setAttribute("tabindex", item === link ? "0" : "-1"));
    makeStop(stops[0]);
    svg.addEventListener("focusin", (event) => {
      const link = event.target.closest("a");
      if (stops.includes(link)) makeStop(link);
    });
    svg.addEventListener("keydown", (event) => {
      const here = event.target.closest("a");
      const next = target(event.key, here, stops);
      if (!next) return;
      event.preventDefault();
      makeStop(next);
      next.focus();
    });
  }

  function target(key, here, stops) {
    if (key === "Home") return stops[0];
    if (key === "End") return stops[stops.length - 1];
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    if (!way) return null;
    let best = null;
    let bestCost = Infinity;
    for (const other of stops) {
      const dx = other.dataset.x - here.dataset.x;
      const dy = other.dataset.y - here.dataset.y;
      const ahead = dx * way[0] + dy * way[1];
      const aside = Math.abs(dx * way[1] + dy * way[0]);
      if (ahead <= 0 || aside > 2 * ahead) continue;
      const cost = ahead + 2 * aside;
      if (cost < bestCost) { best = other; bestCost = cost; }
    }
    return best;
  }

  // Filters and order, in place.
  const form = document.querySelector("[data-filters]");
  const count = document.querySelector("[data-count]");
  const main = document.querySelector('[data-frame="metropole"]');
  const whole = main && main.getAttribute("viewBox");

  function filter() {
    const region = form.elements.region.value;
    const status = form.elements.situation.value;
    let shown = 0;
    for (const row of rows) {
      row.hidden = (region && row.dataset.region !== region) || (status && row.dataset.status !== status);
      if (!row.hidden) shown += 1;
    }
    for (const link of links) {
      const row = rowOf.get(link.dataset.code);
      link.classList.toggle("faded", !row || row.hidden);
    }
    count.textContent = `${shown}\u00a0${shown < 2 ? "département affiché" : "départements affichés"}`;
    zoom(region);
  }

  function zoom(region) {
    if (!main) return;
    const kept = links.filter((link) => link.ownerSVGElement === main && region
      && rowOf.get(link.dataset.code)?.dataset.region === region);
    if (!kept.length) return main.setAttribute("viewBox", whole);
    const boxes = kept.map((link) => link.getBBox());
    const left = Math.min(...boxes.map((box) => box.x)) - 20;
    const top = Math.min(...boxes.map((box) => box.y)) - 20;
    const right = Math.max(...boxes.map((box) => box.x + box.width)) + 20;
    const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + 20;
    main.setAttribute("viewBox", [left, top, right - left, bottom - top].map(Math.round).join(" "));
  }

  const keys = {
    code: (row) => row.dataset.code,
    nom: (row) => row.cells[1].textContent,
    region: (row) => row.cells[2].textContent,
    situation: (row) => ["operating", "preparing", "unknown"].indexOf(row.dataset.status),
    depuis: (row) => row.dataset.since || "9999",
  };
  const words = new Intl.Collator("fr");

  for (const link of table.querySelectorAll("[data-sort]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const head = link.closest("th");
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = keys[link.dataset.sort];
      const order = (a, b) => {
        const [x, y] = [key(a), key(b)];
        const compared = typeof x === "number" ? x - y : words.compare(x, y);
        return (down ? -compared : compared) || words.compare(a.dataset.code, b.dataset.code);
      };
      table.tBodies[0].append(...rows.sort(order));
    });
  }

  form.querySelector("[type=submit]").hidden = true;
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  if (form.elements.region.value || form.elements.situation.value) filter();

  const print = document.querySelector("[data-print]");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
})();

/* global sasFrame */
// Makes the departments of a generated map readable by keyboard, and draws their statuses with patterns.
function sasDeployment(map, layer, territories) {
  "use strict";
  sasFrame(map);
  let n = 0;
  layer.eachLayer((shape) => {
    const facts = shape.feature.properties;
    const made = document.createElement("div");
    made.className = "sheet";
    const name = document.createElement("p");
    name.className = "sheet-name";
    name.textContent = `${facts.name} (${facts.code})`;
    made.append(name);
    for (const line of facts.lines) {
      const text = document.createElement("p");
      text.textContent = line;
      made.append(text);
    }
    shape.bindPopup(made, { maxWidth: 280 });
    const path = shape.getElement();
    path.setAttribute("tabindex", "0");
    path.setAttribute("role", "button");
    path.setAttribute("aria-label", `${facts.name} (${facts.code}) : ${facts.lines[0]}`);
    if (facts.status !== "operating") path.setAttribute("fill", `url(#p-${facts.status})`);
    path.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        shape.openPopup();
      }
    });
    n += 1;
  });
  document.querySelectorAll("[data-territory]").forEach((button) => {
    button.addEventListener("click", () => map.fitBounds(territories[button.dataset.territory], { animate: false }));
  });
  document.documentElement.dataset.features = String(n);
}

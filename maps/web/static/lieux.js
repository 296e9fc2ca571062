// Suggestions of places while one types: a native list, so that keys and screen readers know it already.
// What is typed is sent in the body of a request, never in an address. The page works without it.
(function () {
  "use strict";
  const field = document.querySelector("[data-places]");
  if (!field) return;
  const list = document.getElementById(field.getAttribute("list"));
  const pause = 120; // milliseconds without a key
  const chosen = document.querySelector("[data-place-id]");
  let waiting = 0;
  let asked = null;
  let known = new Map([[field.value, chosen.dataset.kept]]);
  const keep = () => { chosen.value = known.get(field.value) || ""; };
  keep();

  // Places of one name are told apart by their department, else by their identifier.
  function named(places) {
    const alike = (texts, i) => texts.filter((text) => text === texts[i]).length > 1;
    const labels = places.map((place) => place.label);
    const wider = places.map((place, i) => (alike(labels, i) ? `${place.label} (${place.department})` : place.label));
    return places.map((place, i) => (alike(wider, i) ? `${place.label} (${place.id})` : wider[i]));
  }

  async function suggest() {
    const text = field.value.trim();
    if (asked) asked.abort();
    if (text.length < 2) return list.replaceChildren();
    asked = new AbortController();
    try {
      const answer = await fetch(field.dataset.places, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ q: text, limit: 6 }),
        signal: asked.signal,
      });
      if (!answer.ok) return undefined;
      const found = await answer.json();
      const names = named(found.places);
      const before = [field.value, known.get(field.value)]; // chosen a moment ago: still chosen
      known = new Map([...found.places.map((place, i) => [names[i], place.id]), ...(before[1] ? [before] : [])]);
      keep();
      list.replaceChildren(...names.map((name) => {
        const option = document.createElement("option");
        option.value = name;
        return option;
      }));
    } catch { /* aborted by the next key, or no network: the field goes on without suggestions */ }
    return undefined;
  }
  field.addEventListener("input", () => {
    keep(); // a place chosen in the list is searched as it is, not read again from its name
    clearTimeout(waiting);
    waiting = setTimeout(suggest, pause);
  });
})();

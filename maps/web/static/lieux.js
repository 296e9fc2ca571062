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
  let known = { [field.value]: chosen.dataset.kept };
  const keep = () => { chosen.value = known[field.value] || ""; };
  keep();

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
      known = Object.fromEntries(found.places.map((place) => [place.label, place.id]));
      keep();
      list.replaceChildren(...found.places.map((place) => {
        const option = document.createElement("option");
        option.value = place.label;
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

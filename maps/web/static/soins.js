// The field of the care sought: a combobox (ARIA Authoring Practices) of what the server understands, with why.
// What is typed may be the reason of a call: it goes in the body of a request, never in an address, and only the
// official names chosen before are kept, in this browser. Without this script the field is a plain one with a list.
(function () {
  "use strict";
  const field = document.querySelector("[data-specialties]");
  if (!field) return;
  const pause = 50; // milliseconds without a key
  const most = 8;
  const kinds = { specialty: "discipline", profession: "métier", structure: "structure" };
  const list = document.createElement("ul");
  const said = document.createElement("span");
  let options = [];
  let active = -1;
  let waiting = 0;
  let asked = null;

  field.removeAttribute("list");
  list.id = "specialty-list";
  list.className = "choices";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Soins proposés");
  said.className = "away";
  said.setAttribute("role", "status");
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);
  field.after(list, said);
  field.parentElement.classList.add("combo");

  const recent = () => {
    try { return JSON.parse(localStorage.getItem("sas-specialties") || "[]").slice(0, 5).map(String); } catch { return []; }
  };
  function keep(label) {
    const kept = [label, ...recent().filter((other) => other !== label)].slice(0, 5);
    try { localStorage.setItem("sas-specialties", JSON.stringify(kept)); } catch { /* for this page only */ }
  }

  // A need keeps its own word, so that every group that answers it is searched; the rest is named officially.
  function shaped(found) {
    const names = [found.label, ...found.also.map((other) => other.label)].join(", ");
    if (found.why === "need" && found.also.length) return { value: found.matched, about: names, label: found.label };
    const heard = found.matched !== found.label && found.why !== "frequent" ? ` · « ${found.matched} »` : "";
    const wrong = found.why === "typing-error" ? ", orthographe proche" : "";
    return { value: found.label, about: `${kinds[found.kind]}${heard}${wrong}`, label: found.label };
  }

  function show(choices) {
    options = choices.map((choice, index) => {
      const option = document.createElement("li");
      const about = document.createElement("span");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = choice.value;
      about.className = "muted";
      about.textContent = choice.about;
      option.append(" ", about);
      option.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      option.addEventListener("click", () => take(index));
      option.choice = choice;
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = options.length ? `${options.length} proposition${options.length > 1 ? "s" : ""}` : "Aucune proposition";
    go(-1);
  }
  function close() {
    clearTimeout(waiting);
    if (asked) asked.abort();
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    go(-1);
  }
  function go(index) {
    active = index;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    if (options[index]) {
      field.setAttribute("aria-activedescendant", options[index].id);
      options[index].scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }
  function take(index) {
    const { value, label } = options[index].choice;
    field.value = value;
    keep(label);
    close();
    field.focus();
  }

  async function suggest() {
    const text = field.value.trim();
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(field.dataset.specialties, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ q: text, limit: most }),
        signal: asked.signal,
      });
      if (!answer.ok || document.activeElement !== field) return;
      const found = (await answer.json()).specialties.map(shaped);
      const before = text ? [] : recent().map((label) => ({ value: label, about: "récent", label }));
      const known = new Set(before.map((choice) => choice.label));
      show([...before, ...found.filter((choice) => !known.has(choice.label))].slice(0, most));
    } catch { /* aborted by the next key, or no network: the field goes on without suggestions */ }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, pause);
  });
  field.addEventListener("focus", () => {
    if (!field.value.trim()) suggest();
    else field.select();
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" && !open) suggest();
    else if (event.key === "ArrowDown") go((active + 2) % (options.length + 1) - 1);
    else if (event.key === "ArrowUp" && open) go((active + options.length + 1) % (options.length + 1) - 1);
    else if (event.key === "Enter" && open && active >= 0) take(active);
    else if (event.key === "Escape" && open) close();
    else return;
    event.preventDefault();
  });
})();

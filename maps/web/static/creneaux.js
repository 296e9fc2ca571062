// Slots that arrive after the page: one request, answered as each vendor answers. The order of the list stays.
(function () {
  "use strict";
  const form = document.querySelector("[data-live]");
  if (!form || !window.ReadableStream) return;
  const agendas = document.querySelector("[data-agendas]");
  const status = document.querySelector("[data-live-status]");
  const places = new Map([...document.querySelectorAll("[data-slots]")].map((item) => [item.dataset.slots, item]));

  function show(event) {
    Object.entries(event.offers).forEach(([id, html]) => {
      const place = places.get(id);
      if (place) place.innerHTML = html;
    });
    agendas.innerHTML = event.agendas;
    if (event.end) status.textContent = event.partial ? "Certains agendas n’ont pas répondu." : "Tous les agendas ont répondu.";
  }

  async function read() {
    status.textContent = "Des agendas répondent encore…";
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok) throw new Error(String(answer.status));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      waiting += value;
      const events = waiting.split("\n\n");
      waiting = events.pop();
      events.forEach((text) => show(JSON.parse(text.replace(/^data: /, ""))));
    }
  }
  read().catch(() => { status.textContent = "Les derniers créneaux n’ont pas pu être lus."; });
})();

// Orders made without a line: kept in the phone's own database, sent when the line is back, each with its own key so that it arrives once.
"use strict";
(() => {
  const form = document.querySelector("form[data-outbox]");
  if (!form || !window.indexedDB) return;
  const words = form.dataset, said = document.querySelector("[data-said]"), list = document.querySelector("[data-kept]");
  const names = form.querySelector("[data-names]");
  const SOON = 2000, LATEST = 60000;  // a phone that says it is online may still reach nobody: ask again, ever more rarely
  let sending = false, pause = SOON, again = 0;

  const open = new Promise((done, fail) => {
    const asked = indexedDB.open("xiucheng", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("orders", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const store = async (mode, work) => {
    const db = await open;
    return new Promise((done, fail) => {
      const asked = work(db.transaction("orders", mode).objectStore("orders"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  };
  const position = () => new Promise((done) => {
    if (!navigator.geolocation) { done(null); return; }
    navigator.geolocation.getCurrentPosition((p) => done({ lng: p.coords.longitude, lat: p.coords.latitude }), () => done(null), { timeout: 6000, maximumAge: 60000 });
  });
  const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""));

  async function show() {
    const kept = await store("readonly", (s) => s.getAll());
    list.replaceChildren(...kept.map((order) => {
      const li = document.createElement("li"), text = document.createElement("div");
      li.className = "card flat";
      text.textContent = (order.words || order.place || "📷").slice(0, 60) + " · " + (order.code ? words.sent.replace("{}", order.code) : order.why ? words.failed.replace("{}", order.why) : words.waiting);
      li.append(text);
      if (order.address) {
        const a = document.createElement("a");
        a.href = order.address;
        a.textContent = words.look;
        li.append(a);
      } else {
        const off = document.createElement("button");
        off.type = "button";
        off.className = "link";
        off.textContent = words.drop;
        off.addEventListener("click", async () => { await store("readwrite", (s) => s.delete(order.key)); show(); });
        li.append(off);
      }
      return li;
    }));
  }
  async function send() {
    if (sending || !navigator.onLine) return;
    clearTimeout(again);
    sending = true;
    let stuck = true;
    try {
      for (const order of await store("readonly", (s) => s.getAll())) {
        if (order.code || order.why) continue;
        const body = new FormData();
        for (const name of ["key", "words", "place", "phone"]) body.append(name, order[name] || "");
        if (order.at) { body.append("lng", order.at.lng); body.append("lat", order.at.lat); }
        for (const file of order.pictures) body.append("pictures", file, "picture.jpg");
        let answer;
        try { answer = await fetch(words.quick, { method: "POST", body, headers: { Accept: "application/json" } }); } catch { break; }
        const facts = await answer.json().catch(() => ({}));
        if (answer.ok) Object.assign(order, { code: facts.code, address: facts.address, pictures: [] });
        else if (answer.status >= 500 || answer.status === 429) break;
        else order.why = facts.message || String(answer.status);
        await store("readwrite", (s) => s.put(order));
      }
      stuck = (await store("readonly", (s) => s.getAll())).some((order) => !order.code && !order.why);
    } finally {
      sending = false;
      await show();
      pause = stuck ? Math.min(pause * 2, LATEST) : SOON;
      if (stuck) again = setTimeout(send, pause / 2);
    }
  }
  form.querySelector("[type=file]").addEventListener("change", (event) => { names.textContent = [...event.target.files].slice(0, 3).map((f) => f.name).join("、"); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pictures = [...form.elements.pictures.files].slice(0, 3);
    if (!form.elements.words.value.trim() && !pictures.length) { said.textContent = words.empty; return; }
    const order = { key: newKey(), words: form.elements.words.value.trim(), place: form.elements.place.value.trim(), phone: form.elements.phone.value.trim(), pictures, at: await position() };
    await store("readwrite", (s) => s.put(order));
    form.reset();
    said.textContent = words.saved;
    await show();
    send();
  });
  window.addEventListener("online", () => { pause = SOON; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  show().then(send);
})();

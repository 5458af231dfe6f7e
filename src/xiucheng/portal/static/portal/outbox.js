// Orders made without a line: kept in the phone's own database, sent when the line is back, each with its own key so that it arrives once.
// One that was sent leaves its code and the time; one that was refused stays with its reason until it is put right or dropped.
"use strict";
(() => {
  const form = document.querySelector("form[data-outbox]");
  if (!form) return;
  const words = form.dataset, said = document.querySelector("[data-said]"), list = document.querySelector("[data-kept]");
  const names = form.querySelector("[data-names]"), none = form.querySelector("[data-none]"), few = names.textContent;
  const SOON = 2000, LATEST = 60000;  // a phone that says it is online may still reach nobody: ask again, ever more rarely
  const locating = new Set();  // kept already, but its place is still being asked of the phone
  let sending = false, pause = SOON, again = 0, chosen = [], mended = null;

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
  const all = () => store("readonly", (s) => s.getAll());
  const keep = (order) => store("readwrite", (s) => s.put(order));
  const drop = (key) => store("readwrite", (s) => s.delete(key));
  const position = () => new Promise((done) => {
    if (!navigator.geolocation) { done(null); return; }
    navigator.geolocation.getCurrentPosition((p) => done({ lng: p.coords.longitude, lat: p.coords.latitude }), () => done(null), { timeout: 6000, maximumAge: 60000 });
  });
  const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join(""));
  const sent = (order, code) => ({ key: order.key, code, sent: order.sent || Date.now() });

  function part(tag, text, style = "") {
    const el = document.createElement(tag);
    el.textContent = text;
    el.className = style;
    return el;
  }
  function button(text, work) {
    const el = part("button", text, "btn btn-small");
    el.type = "button";
    el.addEventListener("click", work);
    return el;
  }
  function card(order) {
    const li = part("li", "", "card flat"), acts = part("p", "", "actions");
    const off = button(order.code ? words.forget : words.drop, async () => { await drop(order.key); if (mended === order) mended = null; show(); });
    if (order.code) {
      const look = part("a", words.look, "btn btn-small");
      look.href = words.track.replace("CODE", order.code);
      const time = new Date(order.sent).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
      li.append(part("p", words.sent.replace("{}", order.code.match(/.{1,4}/g).join("-"))), part("p", time, "soft small"));
      acts.append(look, off);
    } else {
      if (order.words) li.append(part("p", order.words, "said"));
      const more = [order.place, order.pictures.length ? words.pictures.replace("{}", order.pictures.length) : ""].filter(Boolean);
      if (more.length) li.append(part("p", more.join(" · "), "soft small"));
      li.append(part("p", order.why ? words.failed.replace("{}", order.why) : words.waiting, order.why ? "alert alert-danger" : ""));
      if (order.why) acts.append(button(words.mend, () => mend(order)));
      acts.append(off);
    }
    li.append(acts);
    return li;
  }
  async function show() {
    const kept = await all();
    list.replaceChildren(...kept.map(card));
    list.parentElement.hidden = !kept.length;
  }
  function choose(pictures) {
    chosen = pictures.slice(0, 3);
    names.textContent = chosen.length ? chosen.map((f) => f.name).join("、") : few;
    none.hidden = !chosen.length;
  }
  function mend(order) {
    if (form.elements.words.value.trim() || chosen.length) { said.textContent = words.first; form.elements.words.focus(); return; }
    mended = order;
    for (const name of ["words", "place", "phone"]) form.elements[name].value = order[name] || "";
    choose(order.pictures);
    said.textContent = order.why;
    form.scrollIntoView();
    form.elements.words.focus();
  }
  async function send() {
    if (sending || !navigator.onLine) return;
    clearTimeout(again);
    sending = true;
    let stuck = true;
    try {
      for (const order of await all()) {
        if (order.code || order.why || locating.has(order.key)) continue;
        const body = new FormData();
        for (const name of ["key", "words", "place", "phone"]) body.append(name, order[name] || "");
        if (order.at) { body.append("lng", order.at.lng); body.append("lat", order.at.lat); }
        for (const file of order.pictures) body.append("pictures", file, "picture.jpg");
        let answer;
        try { answer = await fetch(words.quick, { method: "POST", body, headers: { Accept: "application/json" } }); } catch { break; }
        const facts = await answer.json().catch(() => ({}));
        if (answer.ok && facts.code) await keep(sent(order, facts.code));
        else if (answer.ok || answer.status >= 500 || answer.status === 429) break;  // a network's own sign-in page answers 200 as well
        else await keep({ ...order, why: facts.message || String(answer.status) });
      }
      stuck = (await all()).some((order) => !order.code && !order.why);
      if (!stuck && said.textContent === words.saved) said.textContent = "";  // the cards tell how it went
    } finally {
      sending = false;
      await show();
      pause = stuck ? Math.min(pause * 2, LATEST) : SOON;
      if (stuck) again = setTimeout(send, pause / 2);
    }
  }
  async function save() {
    const [text, place, phone] = ["words", "place", "phone"].map((name) => form.elements[name].value.trim());
    if (!text && !chosen.length) { said.textContent = words.empty; return; }
    const order = { key: newKey(), words: text, place, phone, pictures: chosen, at: mended ? mended.at : null };
    if (!mended) locating.add(order.key);
    await keep(order);
    if (mended) await drop(mended.key);
    const anew = !mended;
    mended = null;
    form.reset();
    choose([]);
    said.textContent = words.saved;
    await show();
    if (anew) {
      order.at = await position();
      if (order.at && (await all()).some((one) => one.key === order.key)) await keep(order);
      locating.delete(order.key);
    }
    send();
  }
  form.elements.pictures.addEventListener("change", (event) => { choose([...event.target.files]); event.target.value = ""; });
  none.addEventListener("click", () => choose([]));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save().catch(() => { said.textContent = words.nostore; });
  });
  window.addEventListener("online", () => { pause = SOON; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  (async () => {
    for (const order of await all()) if (order.code && order.pictures) await keep(sent(order, order.code));
    await show();
    await send();
  })().catch(() => { said.textContent = words.nostore; });
})();

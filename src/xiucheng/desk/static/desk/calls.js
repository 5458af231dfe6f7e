// Calls at one's seat: a bar above the page as soon as it rings; the form opens by itself when nothing typed would be lost.
"use strict";
(() => {
  const box = document.getElementById("ringing");
  if (!box || !window.XcLive) return;
  const SEEN = "xc-calls";
  let asking = false, once = false;
  const seen = () => { try { return JSON.parse(localStorage.getItem(SEEN) || "[]"); } catch { return []; } };
  const remember = (id) => localStorage.setItem(SEEN, JSON.stringify([...seen(), id].slice(-50)));
  const busy = () => Boolean(document.querySelector("dialog[open], main [name=upload]")) || [...document.querySelectorAll("main textarea, main input:not([type=hidden]):not([type=search]):not([type=radio]):not([type=checkbox])")].some((field) => field.value !== field.defaultValue);
  function show(html) {
    if (box.innerHTML !== html) box.innerHTML = html;
    const owed = box.querySelector("[data-owed]"), badge = document.querySelector('[data-count="desk:calls"]');
    if (owed && badge) { badge.textContent = owed.dataset.owed; badge.hidden = owed.dataset.owed === "0"; }
    const here = new URLSearchParams(location.search).get("call");
    for (const one of box.querySelectorAll("[data-call]")) {
      if (one.dataset.call === here) { remember(here); one.hidden = true; continue; }
      if (!("mine" in one.dataset) || seen().includes(one.dataset.call) || document.hidden || busy()) continue;
      remember(one.dataset.call);
      location.assign(one.dataset.open);
      return;
    }
  }
  async function look() {
    if (asking) { once = true; return; }
    asking = true;
    try {
      const answer = await fetch(box.dataset.ringing, { headers: { "HX-Request": "true" } });
      if (answer.status === 200) show(await answer.text());
    } catch { /* the next event asks again */ }
    asking = false;
    if (once) { once = false; look(); }
  }
  window.XcLive.follow("calls");
  document.addEventListener("live:calls", look);
  document.addEventListener("live:reset", look);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  look();
})();

// Small helps on the phone: pictures with a preview, the place where one stands, quick words, the number on the bell.
"use strict";
(() => {
  function remember(el) {
    const list = el.querySelector(".fd-shotlist"), words = el.dataset;
    el.xcShots = [];
    el.querySelectorAll("input[type=file]").forEach((input) => input.addEventListener("change", () => {
      if (!window.indexedDB || !window.xcSendPicture) return;
      for (const file of [...input.files]) {
        const shot = { file, code: "" }, li = document.createElement("li"), img = document.createElement("img"), off = document.createElement("button"), note = document.createElement("span");
        img.src = URL.createObjectURL(file);
        img.alt = "";
        note.textContent = words.waiting;
        off.type = "button";
        off.textContent = words.remove;
        off.addEventListener("click", () => { el.xcShots = el.xcShots.filter((one) => one !== shot); li.remove(); });
        li.append(img, note, off);
        list.append(li);
        el.xcShots.push(shot);
        if (navigator.onLine !== false) window.xcSendPicture(file).then((made) => { shot.code = shot.code || made.upload; note.textContent = words.sent; }, (error) => { if (error && error.final) note.textContent = error.message; });
      }
      input.value = "";
      const where = (el.closest("form") || document).querySelector("[data-gps]");
      if (where) locate(where);
    }));
  }
  document.querySelectorAll("[data-shots]").forEach(remember);

  function position() {
    return new Promise((yes, no) => {
      if (!navigator.geolocation) { no(new Error("none")); return; }
      navigator.geolocation.getCurrentPosition((found) => yes(found.coords), no, { enableHighAccuracy: true, timeout: 15000, maximumAge: 20000 });
    });
  }
  async function locate(el) {
    const note = el.querySelector(".fd-gps-note"), words = el.dataset;
    if (el.classList.contains("ok")) return;
    note.textContent = words.asking;
    try {
      const at = await position();
      el.querySelector("[name=at_lng]").value = at.longitude.toFixed(6);
      el.querySelector("[name=at_lat]").value = at.latitude.toFixed(6);
      note.textContent = words.found.replace("{}", Math.round(at.accuracy));
      el.classList.add("ok");
    } catch { note.textContent = words.none; }
  }
  document.querySelectorAll("[data-gps]").forEach((el) => el.querySelector("button").addEventListener("click", () => { el.classList.remove("ok"); locate(el); }));

  document.querySelectorAll("[data-near]").forEach((form) => {
    const button = form.querySelector("button");
    button.hidden = !navigator.geolocation;
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const at = await position();
        form.elements.lng.value = at.longitude.toFixed(6);
        form.elements.lat.value = at.latitude.toFixed(6);
        form.submit();
      } catch { button.disabled = false; if (window.xcToast) window.xcToast(button.dataset.none, "bad"); }
    });
  });

  document.querySelectorAll("[data-fill]").forEach((chips) => chips.addEventListener("click", (event) => {
    const chip = event.target.closest("button"), area = document.getElementById(chips.dataset.fill);
    if (!chip || !area) return;
    const text = chip.textContent.trim();
    if (!area.value.includes(text)) area.value = area.value.trim() ? area.value.trim() + "，" + text : text;
  }));

  // The number on the bell: at once by live events where there are any, else once a minute.
  const bell = document.querySelector('.fd-tab[href="/field/notices/"]');
  let known = bell && bell.querySelector(".fd-dot") ? Number(bell.querySelector(".fd-dot").textContent) : 0;
  async function count() {
    if (!bell || navigator.onLine === false || document.hidden) return;
    try {
      const answer = await fetch("/field/notices/badge/", { headers: { "X-Queue": "1" } });
      if (!answer.ok) return;
      const { unread } = await answer.json();
      let dot = bell.querySelector(".fd-dot");
      if (!unread && dot) dot.remove();
      if (unread) {
        if (!dot) { dot = document.createElement("b"); dot.className = "fd-dot"; bell.append(dot); }
        dot.textContent = unread;
        if (unread > known && navigator.vibrate) navigator.vibrate(120);
      }
      known = unread;
    } catch { /* no line: the next minute asks again */ }
  }
  setInterval(count, 60000);

  // A list shows what has come without being asked; a card that is being touched or sent stays where it is.
  let soon = 0;
  async function refresh() {
    const shown = document.querySelector("[data-fresh]");
    if (!shown || document.hidden || navigator.onLine === false) return;
    if (shown.contains(document.activeElement) || shown.querySelector("form.sending")) { later(3000); return; }
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-fresh]");
      if (fresh && !shown.contains(document.activeElement) && !shown.querySelector("form.sending")) shown.replaceChildren(...fresh.childNodes);
    } catch { /* no line: the next word asks again */ }
  }
  function later(ms) { clearTimeout(soon); soon = setTimeout(refresh, ms); }
  for (const name of ["live:inbox", "live:unit", "live:reset"]) document.addEventListener(name, () => { count(); later(300); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) later(300); });
})();

// What desk and field pages share: ticking clocks, dialogs, pictures in large, short messages, forms sent once.
"use strict";
(() => {
  const words = document.body.dataset;
  const english = words.english === "1";
  const units = english ? ["d", "h", "min"] : ["天", "小时", "分"];

  function length(seconds) {
    const s = Math.abs(Math.trunc(seconds));
    const d = Math.floor(s / 86400), h = Math.floor((s % 86400) / 3600), m = Math.floor((s % 3600) / 60);
    const parts = [[d, units[0]], [h, units[1]], [d ? 0 : m, units[2]]].filter(([n]) => n).map(([n, u]) => n + u);
    return parts.join(english ? " " : "") || (english ? "1 min" : "1分");
  }
  // The server's clock counts (a demo's day runs faster): its time and rate stand on the page when they differ.
  const rate = Number(words.rate || 1), began = Date.now(), shown = words.now ? Date.parse(words.now) : began;
  const now = () => shown + (Date.now() - began) * rate;
  function tick() {
    for (const el of document.querySelectorAll(".clock[data-due]")) {
      const due = Date.parse(el.dataset.due), left = (due - now()) / 1000;
      const whole = el.dataset.start ? (due - Date.parse(el.dataset.start)) / 1000 : 14400;
      const text = (left >= 0 ? words.left : words.over || "{}").replace("{}", length(left));
      if (el.textContent !== text) el.textContent = text;
      if (!el.classList.contains("clock-paused")) {
        el.classList.toggle("clock-late", left < 0);
        el.classList.toggle("clock-soon", left >= 0 && left < whole / 4);
        el.classList.toggle("clock-ok", left >= whole / 4);
      }
    }
  }
  setInterval(tick, 10000);
  document.addEventListener("htmx:afterSettle", tick);

  function toast(text, tone = "") {
    const box = document.getElementById("toasts");
    if (!box || !text) return;
    const el = document.createElement("div");
    el.className = "xc-toast " + tone;
    el.textContent = text;
    box.append(el);
    setTimeout(() => el.remove(), 8000);
  }
  window.xcToast = toast;

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.querySelector(opener.dataset.dialog);
      if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    }
    const closer = event.target.closest("[data-close]");
    if (closer) { const d = closer.closest("dialog"); if (d) { event.preventDefault(); d.close(); } }
    const picture = event.target.closest("a[data-lightbox]");
    if (picture && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const dialog = document.createElement("dialog");
      dialog.className = "xc-light";
      const img = document.createElement("img");
      img.src = picture.href;
      img.alt = picture.querySelector("img") ? picture.querySelector("img").alt : "";
      dialog.append(img);
      dialog.addEventListener("click", () => dialog.close());
      dialog.addEventListener("close", () => { dialog.remove(); picture.focus(); });
      document.body.append(dialog);
      dialog.showModal();
    }
    if (event.target.closest("[data-print]")) window.print();
  });

  // A form sent twice makes one act: the button rests after the first click; the server has the last word.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    if (form.dataset.submitted) { event.preventDefault(); return; }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      form.dataset.submitted = "1";
      setTimeout(() => { delete form.dataset.submitted; }, 8000);
    }
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-submitted]").forEach((f) => delete f.dataset.submitted));

  // Refusals come as a sentence with a 4xx status: show it where the page asks, else as a message.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const xhr = event.detail.xhr;
    if (xhr.status >= 400 && xhr.getResponseHeader("X-Refused")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    let text = "";
    try { text = JSON.parse(event.detail.xhr.responseText).message; } catch { /* not JSON */ }
    toast(text || (english ? "That did not work; please try again." : "没有成功，请再试一次。"), "bad");
  });
  document.addEventListener("htmx:sendError", () => toast(english ? "No connection; please try again." : "网络断了，请稍后再试。", "bad"));

  const offline = document.getElementById("offline");
  const show = () => { if (offline) offline.hidden = navigator.onLine; };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
  tick();
})();

// The resident's pages: marks that scripts work, keeps orders made without a line and sends them later.
"use strict";
(() => {
  document.documentElement.classList.add("js");
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.submitted) { event.preventDefault(); return; }
    form.dataset.submitted = "1";
    setTimeout(() => { delete form.dataset.submitted; }, 6000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-submitted]").forEach((f) => delete f.dataset.submitted));
  if ("serviceWorker" in navigator && window.isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});
})();

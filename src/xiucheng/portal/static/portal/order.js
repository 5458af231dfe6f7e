// Step one: the pin, the picture's own place and the address box keep each other up to date.
"use strict";
(() => {
  const form = document.querySelector("form[data-order]");
  if (!form) return;
  const found = form.querySelector("[data-found]"), words = form.dataset, box = form.querySelector("[data-map]");
  const field = (name) => form.querySelector(`[name="${name}"]`);
  let busy = 0, pending = null;

  function say(text, tone) {
    found.hidden = !text;
    found.textContent = text;
    found.className = "found " + (tone || "");
  }
  async function around(lng, lat, how) {
    try {
      const category = (field("category") || {}).value || "";
      const answer = await fetch(`${words.around}?lng=${lng}&lat=${lat}&category=${encodeURIComponent(category)}`);
      if (!answer.ok) return;
      const facts = await answer.json();
      if (!facts.inside) say(words.out, "warn");
      else say((how === "picture" ? words.frompicture : words.here).replace("{}", facts.where), "good");
    } catch { /* without a line the words of the place will do */ }
  }
  form.addEventListener("xc:picked", (event) => around(event.detail.lng, event.detail.lat, event.detail.how));
  form.addEventListener("xc:uploaded", (event) => {
    const { lng, lat } = event.detail;
    if (lng === null || lng === undefined || field("lng").value) return;
    if (box && box.xcPin) box.xcPin(lng, lat, "picture");
    else {
      pending = { lng, lat };
      field("lng").value = lng;
      field("lat").value = lat;
      field("how").value = "picture";
      around(lng, lat, "picture");
    }
  });
  form.addEventListener("xc:map", () => { if (pending && box.xcPin) box.xcPin(pending.lng, pending.lat, "picture"); });
  form.addEventListener("xc:busy", () => { busy += 1; });
  form.addEventListener("xc:idle", () => { busy -= 1; });
  form.addEventListener("submit", (event) => {
    if (busy > 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      say(words.wait, "warn");
      form.addEventListener("xc:idle", () => { if (busy <= 0) form.requestSubmit(); }, { once: true });
    }
  }, true);
})();

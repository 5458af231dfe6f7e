// Reviewing by keyboard; rectangles drawn over faces and plates are covered by the service.
"use strict";
(() => {
  const forms = () => [...document.querySelectorAll("form[data-review]")];
  const here = () => document.activeElement && document.activeElement.closest("form[data-review]");
  function go(by) {
    const list = forms(), at = list.indexOf(here()), next = list[Math.max(0, Math.min(list.length - 1, at + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("textarea, input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j" || event.key === "k") { event.preventDefault(); go(event.key === "j" ? 1 : -1); }
    const choice = { p: "public", n: "private" }[event.key], form = here();
    if (choice && form) { event.preventDefault(); const next = forms()[forms().indexOf(form) + 1]; form.querySelector(`[value=${choice}]`).click(); if (next) next.focus(); }
  });
  document.addEventListener("pointerdown", (event) => {
    const box = event.target.closest("[data-cover]");
    if (!box || event.button) return;
    event.preventDefault();
    const area = box.getBoundingClientRect(), svg = layer(box), rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const share = (e) => [Math.min(1, Math.max(0, (e.clientX - area.left) / area.width)), Math.min(1, Math.max(0, (e.clientY - area.top) / area.height))];
    const [x0, y0] = share(event);
    svg.append(rect);
    const move = (e) => { const [x, y] = share(e); for (const [name, value] of [["x", Math.min(x, x0)], ["y", Math.min(y, y0)], ["width", Math.abs(x - x0)], ["height", Math.abs(y - y0)]]) rect.setAttribute(name, value.toFixed(4)); };
    const up = () => {
      document.removeEventListener("pointermove", move);
      if (!(Number(rect.getAttribute("width")) > 0.01 && Number(rect.getAttribute("height")) > 0.01)) rect.remove();
      keep(box);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up, { once: true });
  });
  document.addEventListener("click", (event) => {
    const again = event.target.closest("[data-uncover]");
    if (again) { const box = again.closest("form").querySelector("[data-cover]"); layer(box).replaceChildren(); keep(box); }
  });
  function layer(box) {
    let svg = box.querySelector("svg");
    if (!svg) { svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"); svg.setAttribute("viewBox", "0 0 1 1"); svg.setAttribute("preserveAspectRatio", "none"); svg.setAttribute("aria-hidden", "true"); box.append(svg); }
    return svg;
  }
  function keep(box) {
    const boxes = [...layer(box).children].map((r) => ["x", "y", "width", "height"].map((n) => r.getAttribute(n)).join(","));
    box.closest("form").elements.boxes.value = boxes.join(";");
  }
})();

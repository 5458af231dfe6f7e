// The desk by keyboard; new work announced without moving anything; the map that follows the list.
"use strict";
(() => {
  const main = document.querySelector("main.dk");
  const $ = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => [...(from || document).querySelectorAll(selector)];
  const rows = () => all("[data-row]");
  const pane = () => $("#case");
  const open = () => $("#case [data-case]");

  // which row is current
  function current() { return $("[data-row].current"); }
  function choose(row, quiet) {
    if (!row) return;
    all("[data-row].current").forEach((r) => r.classList.remove("current"));
    row.classList.add("current");
    if (!quiet) { row.scrollIntoView({ block: "nearest" }); const link = $("a", row); if (link) link.focus({ preventScroll: true }); }
    fly(row.dataset);
  }
  function step(by) {
    const list = rows(), at = list.indexOf(current());
    choose(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))]);
  }
  function show(row) { if (row) { choose(row, true); $("a", row).click(); } }
  // the keyboard is never lost: a form's first field, the row that the case came from, or the case itself
  const FIELDS = ["textarea", "input:not([type=hidden]):not([type=radio]):not([type=file])", "input[type=radio]", "select:not([data-ready])"];
  const field = () => $(FIELDS.map((one) => `#act ${one}`).join(", "));
  const lost = () => !document.activeElement || document.activeElement === document.body;
  function home() {
    const first = field(), row = current(), link = row && $("a", row);
    if (first) first.focus();
    else if (link && link.offsetParent) link.focus({ preventScroll: true });
    else if (pane()) pane().focus({ preventScroll: true });
  }

  // the map
  const box = $("#queue-map");
  function fly(place) {
    if (!box || !box.xcMap || !place.lng) return;
    box.xcMap.easeTo({ center: [Number(place.lng), Number(place.lat)], zoom: Math.max(box.xcMap.getZoom(), 15) });
    ring(place);
  }
  function ring(place) {
    const map = box.xcMap;
    if (!map.getSource("cases")) return;
    const data = { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [Number(place.lng), Number(place.lat)] } };
    if (map.getSource("here")) map.getSource("here").setData(data);
    else {
      map.addSource("here", { type: "geojson", data });
      map.addLayer({ id: "here", type: "circle", source: "here", paint: { "circle-radius": 14, "circle-color": "rgba(0,0,0,0)", "circle-stroke-width": 3, "circle-stroke-color": "#b3401f" } });
    }
  }
  if (box) {
    box.addEventListener("xc:case", (event) => {
      const row = $(`[data-row][data-id="${event.detail.id}"]`);
      if (row) { event.preventDefault(); row.scrollIntoView({ block: "center" }); show(row); } else if (main.dataset.city !== undefined && event.detail.number) {
        event.preventDefault();
        window.htmx.ajax("GET", main.dataset.case.replace("/0/", `/${event.detail.number}/`), { target: "#case" });
      }
    });
    box.addEventListener("xc:map", () => { redraw(true); const c = open() || current(); if (c) fly(c.dataset); });
  }
  function tone(row) {
    const clock = $(".clock", row);
    return !clock ? "good" : clock.classList.contains("clock-late") ? "late" : clock.classList.contains("clock-soon") ? "soon" : clock.dataset.due ? "open" : "good";
  }
  // the rows are the map's points: nothing is sent twice
  function redraw(fit) {
    const list = $("#list");
    if (!list || !box || !box.xcMap || !box.xcMap.getSource("cases")) return;
    const seen = all("[data-row][data-lng]").map((r) => ({ type: "Feature", geometry: { type: "Point", coordinates: [Number(r.dataset.lng), Number(r.dataset.lat)] }, properties: { id: Number(r.dataset.id), tone: tone(r) } }));
    box.xcMap.getSource("cases").setData({ type: "FeatureCollection", features: seen });
    if (!fit || seen.length < 2) return;
    const bounds = new window.maplibregl.LngLatBounds();
    seen.forEach((f) => bounds.extend(f.geometry.coordinates));
    box.xcMap.fitBounds(bounds, { padding: 40, maxZoom: 16, duration: 0 });
  }

  // after a part of the page was replaced
  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.target;
    if (!main || !target) return;
    if (target.id === "list" || target.closest("#list")) { wide(); redraw(); picked(); }
    if (target.id === "case") {
      const c = open();
      if (c) {
        const row = $(`[data-row][data-id="${c.dataset.id}"]`);
        if (row && c.dataset.version !== row.dataset.version) row.classList.add("moved");
        choose(row, true);
        fly(c.dataset);
        main.classList.add("reading");
        if (event.detail.requestConfig && event.detail.requestConfig.verb === "get") { pane().scrollTop = 0; if (innerWidth < 992) scrollTo(0, 0); }
        const address = new URL(location.href);
        if (main.dataset.queue) { address.searchParams.set("case", c.dataset.case); history.replaceState(null, "", address); }
      }
      if (lost()) home();
    }
    if (target.id === "act") {
      // a choice that drew the form anew keeps the keyboard; a new form begins at its first field
      const by = event.detail.requestConfig && event.detail.requestConfig.elt, box = by && by.matches("[data-choose]") && document.getElementById(by.id);
      const first = (box && $("input[role=combobox]", box.parentElement)) || field() || $("#act .btn-primary");
      if (first) first.focus();
    }
  });
  document.addEventListener("xc:acted", () => { const row = current(); if (row) row.classList.add("moved"); soon(600); });
  document.addEventListener("click", (event) => {
    const back = event.target.closest("[data-back]");
    if (back && main && main.classList.contains("reading") && rows().length) { event.preventDefault(); main.classList.remove("reading"); const row = current(); if (row) row.scrollIntoView({ block: "center" }); }
    if (event.target.closest("[data-cancel]")) { const act = $("#act"); if (act) { act.replaceChildren(); home(); } }
    const row = event.target.closest("[data-row]");
    if (row && event.target.closest("a")) choose(row, true);
    if (event.target.closest("#filter-button")) filters();
    if (event.target.closest("#unpick")) { all(".dk-check:checked").forEach((c) => { c.checked = false; }); picked(); }
    if (event.target.closest("#fresh")) reload();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".dk-check")) picked();
    const template = event.target.closest("[data-template]");
    if (template && template.value) { const area = document.getElementById(template.dataset.template); area.value = template.value; area.focus(); template.value = ""; }
  });
  function picked() {
    const bar = $("#batch"), count = all(".dk-check:checked").length;
    if (!bar) return;
    bar.hidden = !count;
    $("#picked").textContent = count;
  }
  function filters() {
    const form = $("#filters"), button = $("#filter-button");
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) $("input, select", form).focus();
  }
  function wide() { if (main && $("#list")) main.classList.toggle("wide", $("#list").classList.contains("dense")); }

  // keyboard
  document.addEventListener("keydown", (event) => {
    const target = event.target, typing = target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (event.ctrlKey && event.key === "Enter") { const form = target.closest("form") || $("[data-act-form]"); if (form && form.closest("#act")) { event.preventDefault(); form.requestSubmit(); } return; }
    if (event.key === "Escape") { if (document.querySelector("dialog[open]")) return; const act = $("#act"); if (act && act.children.length) { act.replaceChildren(); choose(current()); home(); } else if (typing) target.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || target.closest(".maplibregl-map")) return;
    const key = event.key;
    const done = () => event.preventDefault();
    if (key === "?") { done(); const keys = $("#keys"); if (keys) keys.showModal(); } else if (key === "/") { done(); $("#find")?.focus(); } else if (!main) return;
    else if (key === "j" || key === "k") { done(); step(key === "j" ? 1 : -1); } else if (key === "Enter" && current() && !target.closest("a, button, summary")) { done(); show(current()); } else if (key === "x" && current()) { done(); const c = $(".dk-check", current()); if (c) { c.checked = !c.checked; picked(); } } else if (key === "f" && $("#filters")) { done(); filters(); } else if (key === "m") { done(); main.classList.toggle(innerWidth < 1400 ? "show-map" : "no-map"); setTimeout(() => box && box.xcMap && box.xcMap.resize(), 50); } else if (key === "r" && main.dataset.list) { done(); reload(); } else if (/^[1-9]$/.test(key)) { const act = $(`[data-act="${key}"]`); if (act) { done(); act.click(); } } else if (key === "q" || key === "w") { const quick = $(`[data-quick="${key === "q" ? 1 : 2}"]`); if (quick) { done(); quick.click(); } }
  });

  // new work: the service says that something changed, the page asks what, and only announces it
  let timer = 0, asking = false;
  function soon(ms) { clearTimeout(timer); timer = setTimeout(ask, ms); }
  async function ask() {
    if (!main || !main.dataset.pulse || asking || document.hidden) return;
    asking = true;
    try {
      const address = new URL(main.dataset.pulse, location.href);
      new URLSearchParams(location.search).forEach((value, name) => address.searchParams.set(name, value));
      const c = open();
      if (c) address.searchParams.set("case", c.dataset.case); else address.searchParams.delete("case");
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (answer.ok) told(await answer.json());
    } catch { /* the next beat asks again */ }
    asking = false;
  }
  function counted(counts) {
    for (const [key, count] of Object.entries(counts)) for (const el of all(`[data-count="${key}"]`)) { if (typeof count === "number") { el.textContent = count; if (el.classList.contains("badge")) el.hidden = !count; } }
  }
  document.addEventListener("xc:counts", (event) => counted(event.detail));
  function told(now) {
    counted(now.counts);
    const shown = new Set(rows().map((r) => Number(r.dataset.id))), fresh = now.ids.filter((id) => !shown.has(id)), bar = $("#fresh");
    if (bar) { bar.hidden = !fresh.length; bar.textContent = main.dataset.fresh.replace("{}", fresh.length); }
    if (rows().length <= now.size) { const there = new Set(now.ids); rows().forEach((r) => r.classList.toggle("moved", now.ids.length < now.size && !there.has(Number(r.dataset.id)))); }
    const c = open();
    if (c && now.version !== null && String(now.version) !== c.dataset.version && !$(".dk-changed")) {
      const note = document.createElement("button");
      note.type = "button";
      note.className = "dk-changed alert alert-warning w-100 text-start py-2 mb-2";
      note.textContent = main.dataset.gone;
      note.addEventListener("click", () => window.htmx.ajax("GET", c.dataset.address || location.pathname.replace(/queue.*$/, `case/${c.dataset.case}/`), { target: "#case" }));
      c.prepend(note);
    }
  }
  function reload() {
    const before = new Set(rows().map((r) => r.dataset.id)), picks = all(".dk-check:checked").map((c) => c.value), here = current() && current().dataset.id, held = document.activeElement.closest("#list, #fresh");
    const settle = () => {
      document.removeEventListener("htmx:afterSettle", settle);
      rows().forEach((r) => { if (!before.has(r.dataset.id)) r.classList.add("fresh"); if (r.dataset.id === here) r.classList.add("current"); });
      all(".dk-check").forEach((c) => { c.checked = picks.includes(c.value); });
      picked();
      $("#fresh").hidden = true;
      if (held && !current()) choose(rows()[0]); else if (held) home();
    };
    document.addEventListener("htmx:afterSettle", settle);
    const address = new URL(main.dataset.list, location.href);
    new URLSearchParams(location.search).forEach((value, name) => { if (name !== "case") address.searchParams.set(name, value); });
    window.htmx.ajax("GET", address.pathname + address.search, { target: "#list", swap: "outerHTML" });
  }
  if (main && main.dataset.pulse) {
    setInterval(ask, 20000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(200); });
    for (const name of ["live:queue", "live:unit", "live:map", "live:case", "live:inbox", "live:reset"]) document.addEventListener(name, () => soon(400));
    const c = open();
    if (c) { main.classList.add("reading"); choose($(`[data-row][data-id="${c.dataset.id}"]`), true); }
  }
  if (main && main.dataset.city !== undefined) {
    let again = 0;
    document.addEventListener("live:map", () => { clearTimeout(again); again = setTimeout(() => box && box.xcRefresh && box.xcRefresh(), 600); });
    document.addEventListener("live:reset", () => box && box.xcRefresh && box.xcRefresh());
    document.addEventListener("xc:acted", () => box && box.xcRefresh && box.xcRefresh());
  }
  wide();
})();

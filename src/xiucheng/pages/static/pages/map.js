// Maps: streets from our own file, cases as points (clustered) or vector tiles, and a pin that a person sets.
// An element with data-map says what it wants; see templates/pages/map.html. Other scripts reach the map by element.xcMap.
"use strict";
(() => {
  const COLOURS = { good: "#1b7a43", late: "#b3261e", soon: "#c77700", open: "#14568f", main: "#b3401f" };
  const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';
  let prepared = false;

  function webgl() {
    try { const c = document.createElement("canvas"); return Boolean(c.getContext("webgl2") || c.getContext("webgl")); } catch { return false; }
  }
  function prepare(worker) {
    if (prepared) return;
    prepared = true;
    maplibregl.setWorkerUrl(worker);
    maplibregl.addProtocol("pmtiles", new pmtiles.Protocol().tile);
  }
  function broken(el) {
    el.classList.add("broken");
    el.textContent = el.dataset.failed;
    el.dispatchEvent(new CustomEvent("xc:map-failed", { bubbles: true }));
  }
  const colour = ["match", ["coalesce", ["get", "tone"], "open"], "good", COLOURS.good, "late", COLOURS.late, "soon", COLOURS.soon, "main", COLOURS.main, COLOURS.open];

  function addCases(map, el) {
    const source = el.dataset.source, features = el.dataset.features;
    if (!source && !features) return;
    const tiles = source && source.includes("{z}"), boxed = source && source.includes("{bbox}");
    if (tiles) {
      map.addSource("cases", { type: "vector", tiles: [new URL(source, location.href).href.replaceAll("%7B", "{").replaceAll("%7D", "}")], minzoom: 0, maxzoom: 16 });
    } else if (boxed) {
      // The service clusters: every move asks for what is in view, the newest answer wins.
      map.addSource("cases", { type: "geojson", data: { type: "FeatureCollection", features: [] }, cluster: true, clusterRadius: 40, clusterMaxZoom: 14,
        clusterProperties: { sum: ["+", ["coalesce", ["get", "count"], 1]] } });
      let asked = 0;
      const ask = async () => {
        const b = map.getBounds(), mine = (asked += 1);
        const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => n.toFixed(5)).join(",");
        try {
          const answer = await fetch(source.replace("{bbox}", box).replace("{zoom}", String(Math.round(map.getZoom()))));
          if (answer.ok && mine === asked) map.getSource("cases").setData(await answer.json());
        } catch { /* the next move asks again */ }
      };
      map.on("moveend", ask);
      el.xcRefresh = ask;
      ask();
    } else {
      map.addSource("cases", { type: "geojson", data: features ? JSON.parse(features) : source, cluster: el.dataset.cluster !== "0", clusterRadius: 46, clusterMaxZoom: 15 });
    }
    const layer = tiles ? { "source-layer": el.dataset.layer || "cases" } : {};
    const count = ["coalesce", ["get", "sum"], ["get", "point_count"], ["get", "count"], 1];
    map.addLayer({ id: "clusters", type: "circle", source: "cases", ...layer, filter: [">", count, 1],
      paint: { "circle-color": COLOURS.open, "circle-opacity": 0.86, "circle-stroke-width": 2, "circle-stroke-color": "#fff", "circle-radius": ["step", count, 15, 10, 19, 50, 24, 500, 30] } });
    map.addLayer({ id: "cluster-count", type: "symbol", source: "cases", ...layer, filter: [">", count, 1],
      layout: { "text-field": ["to-string", count], "text-size": 13, "text-allow-overlap": true }, paint: { "text-color": "#fff" } });
    map.addLayer({ id: "points", type: "circle", source: "cases", ...layer, filter: ["<=", count, 1],
      paint: { "circle-color": colour, "circle-radius": 7.5, "circle-stroke-width": 2.5, "circle-stroke-color": "#fff" } });
    for (const name of ["clusters", "points"]) {
      map.on("mouseenter", name, () => { map.getCanvas().style.cursor = "pointer"; });
      map.on("mouseleave", name, () => { map.getCanvas().style.cursor = ""; });
    }
    map.on("click", "clusters", async (event) => {
      const f = event.features[0];
      let zoom = map.getZoom() + 2;
      if (!tiles && f.properties.cluster_id !== undefined) zoom = await map.getSource("cases").getClusterExpansionZoom(f.properties.cluster_id);
      map.easeTo({ center: f.geometry.coordinates, zoom });
    });
    map.on("click", "points", (event) => {
      const f = event.features[0], p = f.properties;
      if (!p.title && !p.url && !p.id) { map.easeTo({ center: f.geometry.coordinates, zoom: map.getZoom() + 2 }); return; }
      const own = new CustomEvent("xc:case", { bubbles: true, cancelable: true, detail: p });
      if (!el.dispatchEvent(own)) return;
      const box = document.createElement("div"), title = document.createElement("b"), text = document.createElement("div");
      title.textContent = p.title || "";
      text.textContent = p.text || "";
      box.append(title, text);
      if (p.url) {
        const a = document.createElement("a");
        a.href = p.url;
        a.textContent = el.dataset.more;
        box.append(a);
      }
      new maplibregl.Popup({ maxWidth: "17rem" }).setLngLat(f.geometry.coordinates).setDOMContent(box).addTo(map);
    });
    if (features && el.dataset.fit !== "0") {
      const points = JSON.parse(features).features.map((f) => f.geometry.coordinates);
      if (points.length > 1) {
        const bounds = points.reduce((b, p) => b.extend(p), new maplibregl.LngLatBounds(points[0], points[0]));
        map.fitBounds(bounds, { padding: 40, maxZoom: 16, duration: 0 });
      }
    }
  }

  function pinShape() {
    const el = document.createElement("div");
    el.className = "xc-pin";
    const img = document.createElement("img");
    img.alt = "";
    img.src = "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 34 44"><path d="M17 43C9 32 3 25 3 17a14 14 0 0 1 28 0c0 8-6 15-14 26z" fill="#b3401f" stroke="#fff" stroke-width="2.5"/><circle cx="17" cy="17" r="5.5" fill="#fff"/></svg>');
    el.append(img);
    return el;
  }
  function addPin(map, el) {
    const prefix = el.dataset.pick === "1" ? "" : el.dataset.pick + "_";
    const form = el.closest("form") || document;
    const field = (name) => form.querySelector(`[name="${prefix}${name}"]`);
    const note = el.parentElement.querySelector(".xc-map-note");
    let marker = null;
    const tell = (text) => { if (note) { note.hidden = !text; note.textContent = text; note.setAttribute("role", "status"); } };
    function put(lng, lat, how) {
      if (!marker) {
        marker = new maplibregl.Marker({ element: pinShape(), anchor: "bottom", draggable: true }).setLngLat([lng, lat]).addTo(map);
        marker.getElement().setAttribute("role", "img");
        marker.getElement().setAttribute("aria-label", el.dataset.pin);
        marker.on("dragend", () => { const at = marker.getLngLat(); put(at.lng, at.lat, "map"); });
      }
      marker.setLngLat([lng, lat]);
      if (field("lng")) field("lng").value = lng.toFixed(6);
      if (field("lat")) field("lat").value = lat.toFixed(6);
      if (field("how")) field("how").value = how;
      tell(el.dataset.pin);
      el.dispatchEvent(new CustomEvent("xc:picked", { bubbles: true, detail: { lng, lat, how } }));
    }
    const bounds = () => map.getMaxBounds();
    const first = field("lng") && field("lat") && field("lng").value && field("lat").value;
    if (first) put(Number(field("lng").value), Number(field("lat").value), field("how") ? field("how").value : "map");
    map.on("click", (event) => {
      if (map.getLayer("points") && map.queryRenderedFeatures(event.point, { layers: ["points", "clusters"] }).length) return;
      put(event.lngLat.lng, event.lngLat.lat, "map");
    });
    el.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getCanvas()) { event.preventDefault(); const c = map.getCenter(); put(c.lng, c.lat, "map"); }
    });
    function stand(lng, lat) {
      const area = bounds();
      if (area && !area.contains([lng, lat])) { tell(el.dataset.outside); return; }
      put(lng, lat, "phone");
      map.easeTo({ center: [lng, lat], zoom: 17 });
    }
    async function mine() {
      // A page may know a better way than the browser's; where it gives nothing, the browser is asked.
      const told = el.xcWhere ? await el.xcWhere() : null;
      if (told) { stand(told.lng, told.lat); return; }
      if (!navigator.geolocation) { tell(el.dataset.nowhere); return; }
      navigator.geolocation.getCurrentPosition((found) => stand(found.coords.longitude, found.coords.latitude),
        () => tell(el.dataset.nowhere), { enableHighAccuracy: true, timeout: 12000, maximumAge: 30000 });
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-small xc-map-my";
    button.textContent = el.dataset.my;
    button.addEventListener("click", mine);
    el.append(button);
    el.xcPin = (lng, lat, how) => { put(lng, lat, how || "map"); map.easeTo({ center: [lng, lat], zoom: Math.max(map.getZoom(), 16) }); };
    if (!first && el.dataset.auto === "1") mine();
  }

  async function start(el) {
    if (el.dataset.started) return;
    el.dataset.started = "1";
    if (!window.maplibregl || !webgl()) { broken(el); return; }
    prepare(el.dataset.worker);
    let style;
    try {
      const answer = await fetch(el.dataset.style);
      if (!answer.ok) throw new Error(String(answer.status));
      style = await answer.json();
    } catch { broken(el); return; }
    const english = document.documentElement.lang.startsWith("en");
    const home = style.center || [106.6, 29.52];
    const map = new maplibregl.Map({
      container: el, style, localIdeographFontFamily: FONT, attributionControl: { compact: true }, maxPitch: 0, dragRotate: false,
      center: el.dataset.lng ? [Number(el.dataset.lng), Number(el.dataset.lat)] : home,
      zoom: el.dataset.lng ? Number(el.dataset.zoom || 16) : (style.zoom || Number(el.dataset.zoom || 12)) - (el.clientWidth < 480 && !el.dataset.pick ? 1 : 0),
      maxBounds: (style.metadata && style.metadata["xiucheng:bounds"]) || undefined,
      locale: english ? {} : { "NavigationControl.ZoomIn": el.dataset.zoomin, "NavigationControl.ZoomOut": el.dataset.zoomout, "AttributionControl.ToggleAttribution": "地图来源", "Map.Title": "地图", "Marker.Title": "地图标记", "Popup.Close": "关闭" },
      fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
    });
    el.xcMap = map;
    map.touchZoomRotate.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    map.on("load", () => {
      addCases(map, el);
      if (el.dataset.pick) addPin(map, el);
      el.dataset.loaded = "1";
      el.dispatchEvent(new CustomEvent("xc:map", { bubbles: true }));
    });
  }
  const watch = "IntersectionObserver" in window ? new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) { watch.unobserve(one.target); start(one.target); }
  }, { rootMargin: "200px" }) : null;
  const all = () => document.querySelectorAll("[data-map]:not([data-started])").forEach((el) => (watch ? watch.observe(el) : start(el)));
  document.addEventListener("htmx:load", all);
  all();
})();

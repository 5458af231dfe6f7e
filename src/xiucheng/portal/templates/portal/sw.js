// Keeps the shell and the offline order page on the phone; pages themselves always come from the network first.
"use strict";
const KEPT = {{ [static("pages/public.css"), static("pages/print.css"), static("pages/public.js"), static("portal/outbox.js"), static("pages/mark.svg"), static("pages/mark-light.svg")] | tojson }};
const OFFLINE = {{ url("portal:order_offline") | tojson }};
const NAME = "xiucheng-" + KEPT.join("|").length + "-" + KEPT.join("").split("").reduce((a, c) => (a * 31 + c.charCodeAt(0)) >>> 0, 7);
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([...KEPT, OFFLINE])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n.startsWith("xiucheng-") && n !== NAME).map((n) => caches.delete(n)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const request = event.request, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate" && !/^\/(desk|field|admin|home|sign-in|account)\//.test(address.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (KEPT.includes(address.pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});

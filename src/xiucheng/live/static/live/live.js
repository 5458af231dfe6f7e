// Follows what happens elsewhere and tells the page: `live:case`, `live:queue`, `live:unit`, `live:map`, `live:inbox`, `live:track`.
// <body data-live="queue:to_register,inbox" data-live-at=":8001"> or call XcLive.follow("case:A1").
// Without EventSource, or while the stream is away, it asks the page to look again every 20 seconds (`live:reset`).
(function () {
  "use strict";
  const POLL = 20000;
  const LONGEST = 30000;
  const topics = new Set();
  let source = null;
  let last = "";
  let wait = 1000;
  let again = 0;
  let poll = 0;
  let soon = 0;

  function address() {
    const at = document.body.dataset.liveAt || "";
    if (at.startsWith(":")) return location.protocol + "//" + location.hostname + at + "/live/events";
    return at.replace(/\/$/, "") + "/live/events";
  }

  function tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail: detail, bubbles: true }));
    if (window.htmx) window.htmx.trigger(document.body, name, detail);
  }

  function hear(message) {
    const heard = JSON.parse(message.data);
    last = message.lastEventId || last;
    (heard.cases || []).forEach(function (one) { tell("live:case", one); });
    (heard.topics || []).forEach(function (topic) {
      const kind = topic.split(":")[0];
      if (kind !== "case") tell("live:" + kind, { topic: topic, cases: heard.cases || [] });
    });
  }

  function reset() { tell("live:reset", {}); }

  function startPoll() {
    document.body.classList.add("live-away");
    if (!poll) poll = setInterval(reset, POLL);
  }

  function stopPoll() {
    document.body.classList.remove("live-away");
    clearInterval(poll);
    poll = 0;
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  function later() {
    close();
    startPoll();
    clearTimeout(again);
    again = setTimeout(open, wait + Math.random() * 1000);
    wait = Math.min(wait * 2, LONGEST);
  }

  function open() {
    close();
    if (!topics.size) return;
    if (!window.EventSource) { startPoll(); return; }
    let url = address() + "?topics=" + encodeURIComponent(Array.from(topics).sort().join(","));
    if (last) url += "&last=" + encodeURIComponent(last);
    source = new EventSource(url, { withCredentials: true });
    source.addEventListener("hello", function (message) {
      if (!last) last = message.lastEventId;
      wait = 1000;
      stopPoll();
    });
    source.addEventListener("change", hear);
    source.addEventListener("reset", function (message) { last = message.lastEventId || last; reset(); });
    source.onerror = later;
  }

  function change() {
    clearTimeout(soon);
    soon = setTimeout(open, 50);
  }

  window.XcLive = {
    follow: function () { Array.from(arguments).forEach(function (topic) { topics.add(topic); }); change(); },
    leave: function () { Array.from(arguments).forEach(function (topic) { topics.delete(topic); }); change(); }
  };

  function begin() {
    (document.body.dataset.live || "").split(",").forEach(function (topic) { if (topic.trim()) topics.add(topic.trim()); });
    open();
  }
  document.addEventListener("visibilitychange", function () { if (!document.hidden && !source) { wait = 1000; open(); } });
  window.addEventListener("pagehide", close);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin); else begin();
})();

// Nothing is lost on a bad line: a form is kept in the phone before it is sent, pictures go in pieces, and what could not be
// sent is tried again when the line is back. The form's own key makes a second sending count once. Without scripts the form sends itself.
"use strict";
(() => {
  const box = document.getElementById("pending");
  if (!box || !window.indexedDB || !window.fetch || !window.FormData) return;
  const words = box.dataset, EVERY = 20000;
  const flying = new Set();  // what a page is sending right now is not sent a second time beside it
  let busy = false, out = false;

  const done = (request) => new Promise((yes, no) => { request.onsuccess = () => yes(request.result); request.onerror = () => no(request.error); });
  const opened = new Promise((yes, no) => {
    const request = indexedDB.open("xiucheng-field", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("queue", { keyPath: "id" });
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
  const store = async (mode) => (await opened).transaction("queue", mode).objectStore("queue");
  const put = async (entry) => done((await store("readwrite")).put(entry));
  const remove = async (id) => done((await store("readwrite")).delete(id));
  const everything = async () => done((await store("readonly")).getAll());
  // What somebody else left in this phone stays his: it goes when he signs in again.
  const all = async () => (await everything()).filter((entry) => !entry.who || entry.who === words.who);
  const token = () => (document.querySelector("input[name=csrfmiddlewaretoken]") || {}).value || "";

  class Said extends Error {
    constructor(text, status) { super(text); this.status = status; }
  }
  // One entry: pictures first (each keeps its code once it has arrived), then the form.
  async function send(entry, tell) {
    for (const shot of entry.shots) {
      if (shot.code) continue;
      tell(words.uploading);
      try { shot.code = (await window.xcSendPicture(shot.file)).upload; } catch (error) {
        if (error && error.final) throw new Said(error.message, 422);
        throw error;
      }
      if (entry.kept) await put(entry);
    }
    tell(words.sending);
    const form = new FormData();
    for (const [name, value] of entry.fields) form.append(name, value);
    for (const shot of entry.shots) form.append("upload", shot.code);
    form.set("csrfmiddlewaretoken", token());
    const answer = await fetch(entry.url, { method: "POST", body: form, headers: { "X-Queue": "1", "X-CSRFToken": token() }, redirect: "follow" });
    if (answer.ok && (answer.headers.get("Content-Type") || "").includes("json")) return answer.json();
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (answer.status === 401 || answer.redirected) throw new Said(words.relogin, 401);
    let text = "";
    try { text = (await answer.json()).message; } catch { throw new Said(words.relogin, 401); }  // the page is older than the sign-in: nothing is refused
    throw new Said(text, answer.status);
  }

  function shot_list(form) {
    const found = [];
    form.querySelectorAll("[data-shots]").forEach((el) => found.push(...(el.xcShots || [])));
    return found;
  }
  async function submit(form, submitter) {
    const fields = [];
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") fields.push([name, value]);
    if (submitter && submitter.name) fields.push([submitter.name, submitter.value]);
    const url = (submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || location.pathname;
    const entry = { id: url + " " + ((fields.find(([n]) => n === "key") || [])[1] || Date.now()), url, fields, shots: shot_list(form), name: form.dataset.queue || "", at: Date.now(), kept: false, fault: "", who: words.who };
    const error = form.querySelector(".fd-error"), note = document.createElement("p");
    note.className = "fd-sending";
    note.setAttribute("role", "status");
    form.classList.add("sending");
    form.append(note);
    if (error) error.hidden = true;
    const tell = (text) => { note.textContent = text; };
    tell(words.sending);
    form.dataset.entry = entry.id;
    try { entry.kept = true; await put(entry); } catch { entry.kept = false; }
    const slow = setTimeout(() => { if (entry.kept) { tell(words.kept); show(); } }, 9000);
    flying.add(entry.id);
    try {
      if (entry.kept && navigator.onLine === false) throw new Error("no line");
      const said = await send(entry, tell);
      await remove(entry.id).catch(() => {});
      try { sessionStorage.setItem("fd-said", said.said || ""); } catch { /* private mode */ }
      location.assign(said.next || location.pathname);
      return;
    } catch (problem) {
      form.classList.remove("sending");
      if (problem instanceof Said && problem.status === 401 && entry.kept) {
        out = true;
        tell(problem.message);  // signed out meanwhile: what was written stays in the phone and goes after the sign-in
      } else if (problem instanceof Said) {
        await remove(entry.id).catch(() => {});
        note.remove();
        if (error) { error.textContent = problem.message; error.hidden = false; error.scrollIntoView({ block: "center" }); }
        else if (window.xcToast) window.xcToast(problem.message, "bad");
      } else {
        tell(words.kept);
        form.classList.add("sending");
      }
    } finally {
      clearTimeout(slow);
      flying.delete(entry.id);
      delete form.dataset.sent;
    }
    show();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-queue]") || event.defaultPrevented) return;
    event.preventDefault();
    if (form.classList.contains("sending")) return;
    submit(form, event.submitter);
  });

  async function flush() {
    if (busy || navigator.onLine === false) return;
    busy = true;
    try {
      for (const entry of await all()) {
        if (entry.fault || flying.has(entry.id)) continue;
        try {
          const said = await send(entry, () => {});
          await remove(entry.id);
          if (window.xcToast) window.xcToast(entry.name + "：" + said.said);
          const waiting = [...document.querySelectorAll("form.sending")].some((form) => form.dataset.entry === entry.id);
          if (waiting) location.assign(said.next || location.pathname);
        } catch (problem) {
          out = problem instanceof Said && problem.status === 401;
          if (!(problem instanceof Said) || out) break;
          entry.fault = problem.message;
          await put(entry);
        }
      }
    } finally { busy = false; }
    show();
  }
  async function show() {
    const entries = await all().catch(() => []), others = (await everything().catch(() => [])).length - entries.length;
    box.hidden = !entries.length && others < 1;
    box.textContent = "";
    if (others > 0) {
      const note = document.createElement("p");
      note.textContent = words.others.replace("0", others);
      box.append(note);
    }
    if (!entries.length) return;
    const title = document.createElement("b"), list = document.createElement("ul");
    title.textContent = words.one;
    for (const entry of entries) {
      const li = document.createElement("li"), text = document.createElement("span"), again = document.createElement("button"), drop = document.createElement("button");
      text.textContent = entry.name + (entry.fault ? " — " + entry.fault : "");
      again.className = "btn btn-sm";
      again.type = drop.type = "button";
      again.textContent = words.retry;
      again.addEventListener("click", async () => { entry.fault = ""; await put(entry); flush(); });
      drop.className = "btn btn-sm btn-ghost-danger";
      drop.textContent = words.drop;
      drop.addEventListener("click", async () => { if (window.confirm(words.sure)) { await remove(entry.id); show(); } });
      li.append(text, again, drop);
      list.append(li);
    }
    box.append(title, list);
    if (!out) return;
    const door = document.createElement("a");  // what waits goes from the first page after the sign-in
    door.className = "btn btn-sm btn-primary";
    door.href = words.door + encodeURIComponent(location.pathname);
    door.textContent = words.again;
    box.append(words.relogin + " ", door);
  }
  window.addEventListener("online", flush);
  setInterval(flush, EVERY);
  try {
    const said = sessionStorage.getItem("fd-said");
    sessionStorage.removeItem("fd-said");
    if (said) window.addEventListener("load", () => window.xcToast && window.xcToast(said));
  } catch { /* private mode */ }
  flush().then(show, show);
})();

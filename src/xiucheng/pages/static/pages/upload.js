// Pictures over a bad line: small pieces, each confirmed, going on where it stopped. Without scripts the form sends the file itself.
"use strict";
(() => {
  const PIECE = 128 * 1024, MOST_TRIES = 30, LONG_SIDE = 2048;
  const token = () => (document.querySelector("input[name=csrfmiddlewaretoken]") || {}).value || "";
  const wait = (ms) => new Promise((go) => {  // as long as said, or until the line is back
    const end = () => { clearTimeout(timer); window.removeEventListener("online", end); go(); }, timer = setTimeout(end, ms);
    window.addEventListener("online", end);
  });

  // Phones take 12 million points; 2048 on the long side is what the service keeps. The place is read before, from the file itself.
  async function smaller(file) {
    if (file.size < 600 * 1024 || !window.createImageBitmap) return file;
    const original = await file.slice(0, 256 * 1024).arrayBuffer();
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return blob && blob.size < file.size ? withExif(original, blob) : file;
    } catch { return file; }
  }
  // Time and place stand in the file's APP1 block; it is carried over so that the server can propose the place.
  function withExif(original, blob) {
    const view = new DataView(original);
    if (view.getUint16(0) !== 0xffd8) return blob;
    for (let at = 2; at + 4 < view.byteLength && view.getUint8(at) === 0xff;) {
      const mark = view.getUint16(at), size = view.getUint16(at + 2);
      if (mark === 0xffe1 && at + 2 + size <= view.byteLength) {
        const block = original.slice(at, at + 2 + size);
        upright(block);
        return new Blob([new Uint8Array([0xff, 0xd8]), block, blob.slice(2)], { type: "image/jpeg" });
      }
      if (mark === 0xffda) break;
      at += 2 + size;
    }
    return blob;
  }
  // The canvas has already turned the picture; its orientation mark must not turn it again.
  function upright(block) {
    const view = new DataView(block), tiff = 10;
    if (view.byteLength < tiff + 8 || view.getUint32(4) !== 0x45786966) return;
    const little = view.getUint16(tiff) === 0x4949, ifd = tiff + view.getUint32(tiff + 4, little);
    if (ifd + 2 > view.byteLength) return;
    for (let n = 0, count = view.getUint16(ifd, little); n < count && ifd + 14 + n * 12 <= view.byteLength; n++) {
      const entry = ifd + 2 + n * 12;
      if (view.getUint16(entry, little) === 0x0112) view.setUint16(entry + 8, 1, little);
    }
  }

  async function send(file, progress) {
    let address = "", offset = 0;
    for (let tries = 0; tries < MOST_TRIES;) {
      try {
        if (!address) {
          const made = await fetch("/uploads/", { method: "POST", headers: { "X-CSRFToken": token(), "Upload-Length": String(file.size) } });
          if (!made.ok) throw await refusal(made);
          address = made.headers.get("Location");
        }
        while (offset < file.size) {
          const piece = file.slice(offset, offset + PIECE);
          const answer = await fetch(address, { method: "PATCH", headers: { "X-CSRFToken": token(), "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" }, body: piece });
          if (answer.status === 409) { offset = Number(answer.headers.get("Upload-Offset") || 0); continue; }
          if (!answer.ok) throw await refusal(answer);
          offset = Number(answer.headers.get("Upload-Offset"));
          tries = 0;
          progress(offset / file.size, false);
          if (offset >= file.size) return await answer.json();
        }
        return await (await fetch(address)).json();
      } catch (error) {
        if (error && error.final) throw error;
        tries += 1;
        progress(offset / file.size, true);
        await wait(Math.min(15000, 400 * 2 ** Math.min(tries, 6)));
        try {
          const head = address && await fetch(address, { method: "HEAD" });
          if (head && head.ok) offset = Number(head.headers.get("Upload-Offset") || 0);
          else if (head && head.status === 404) { address = ""; offset = 0; }
        } catch { /* still no line: the next try asks again */ }
      }
    }
    throw new Error("");
  }
  async function refusal(answer) {
    let text = "";
    try { text = (await answer.json()).message; } catch { /* not ours */ }
    const error = new Error(text);
    error.final = answer.status >= 400 && answer.status < 500;
    return error;
  }

  function equip(box) {
    const input = box.querySelector("input[type=file]"), list = box.querySelector(".xc-uploads"), words = box.dataset;
    if (!input || !list || box.dataset.ready) return;
    box.dataset.ready = "1";
    input.addEventListener("change", async () => {
      const files = [...input.files];
      for (const file of files) {
        if (list.children.length >= Number(words.most || 3)) break;
        const li = document.createElement("li"), img = document.createElement("img"), bar = document.createElement("progress"), note = document.createElement("span");
        bar.max = 1;
        bar.value = 0;
        bar.setAttribute("aria-label", words.sending.replace("{}", ""));
        img.alt = "";
        img.src = URL.createObjectURL(file);
        li.append(img, bar, note);
        list.append(li);
        box.dispatchEvent(new CustomEvent("xc:busy", { bubbles: true }));
        try {
          const done = await send(await smaller(file), (share, retrying) => {
            bar.value = share;
            note.textContent = retrying ? words.retry : words.sending.replace("{}", Math.round(share * 100) + "%");
          });
          bar.remove();
          note.textContent = words.done + " ";
          if (done.thumb) img.src = done.thumb;
          const hidden = document.createElement("input");
          hidden.type = "hidden";
          hidden.name = "upload";
          hidden.value = done.upload;
          const off = document.createElement("button");
          off.type = "button";
          off.className = "link";
          off.textContent = words.remove;
          off.addEventListener("click", () => li.remove());
          li.append(hidden, off);
          box.dispatchEvent(new CustomEvent("xc:uploaded", { bubbles: true, detail: done }));
        } catch (error) {
          bar.remove();
          note.textContent = (error && error.message) || words.failed;
          note.className = "error";
          setTimeout(() => li.remove(), 12000);
        }
        box.dispatchEvent(new CustomEvent("xc:idle", { bubbles: true }));
      }
      input.value = "";
    });
  }
  const all = () => document.querySelectorAll("[data-upload]").forEach(equip);
  document.addEventListener("htmx:load", all);
  window.xcSendPicture = (file) => smaller(file).then((f) => send(f, () => {}));
  all();
})();

// Inside WeChat "my position" is asked of WeChat itself; whatever goes wrong on the way, the browser is asked as everywhere else.
// A public page that is sent on carries its own title and line.
"use strict";
(() => {
  const words = document.currentScript.dataset, box = document.querySelector("[data-map][data-pick]"), form = box && box.closest("form");
  const READY = 3000, ANSWER = 20000; // the second leaves time to read what WeChat asks
  const within = (milliseconds, promise) => Promise.race([promise, new Promise((_, refuse) => { setTimeout(refuse, milliseconds); })]);

  function load() {
    return new Promise((done, refuse) => {
      const script = document.createElement("script");
      script.onload = done;
      script.onerror = refuse;
      script.src = words.script;
      document.head.append(script);
    });
  }
  async function sign() {
    // WeChat checks the address at which the page was loaded: signed anew on each load, without what stands behind #.
    const answer = await fetch(`${words.sign}?url=${encodeURIComponent(location.href.split("#")[0])}`);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }
  async function prepare() {
    const [signed] = await Promise.all([sign(), load()]);
    await new Promise((done, refuse) => {
      wx.config({ ...signed, debug: false, jsApiList: [form ? "getLocation" : "updateAppMessageShareData"] });
      wx.error(refuse);
      wx.ready(done);
    });
  }
  const ready = prepare();
  ready.catch(() => {});

  if (!form) {
    const card = { title: words.title, desc: words.line, link: new URL(words.link, location.href).href, imgUrl: "" };
    ready.then(() => wx.updateAppMessageShareData(card), () => {});
    return;
  }
  const locate = () => new Promise((done, refuse) => { wx.getLocation({ type: "gcj02", success: done, fail: refuse, cancel: refuse }); });
  box.xcWhere = async () => {
    try {
      await within(READY, ready);
      const { longitude, latitude } = await within(ANSWER, locate());
      const answer = await within(READY, fetch(`${form.dataset.around}?lng=${longitude}&lat=${latitude}&datum=gcj02`));
      if (!answer.ok) return null;
      const { lng, lat } = await answer.json();
      form.querySelector('[name="gcj02"]').value = `${longitude},${latitude}`;
      return { lng, lat };
    } catch { return null; }
  };
})();

// Stands for WeChat's script: what a page asks goes to the app (`weixinApp`, see app.py). Where there is no app nothing ever answers.
"use strict";
window.wx = (() => {
  let completed = false, failure = null, whenReady = [], whenWrong = null;
  const app = (name, given) => (window.weixinApp ? window.weixinApp(name, given) : new Promise(() => {}));
  return {
    config(given) {
      const { debug, ...plain } = given;
      app("config", plain).then((answer) => {
        if (answer.errMsg !== "config:ok") { failure = answer; if (whenWrong) whenWrong(answer); }
        document.documentElement.dataset.weixin = answer.errMsg;
        completed = true; // `ready` is called after an error, too
        whenReady.forEach((call) => call());
        whenReady = [];
      });
    },
    ready(call) { if (completed) call(); else whenReady.push(call); },
    error(call) { whenWrong = call; if (failure) call(failure); },
    updateAppMessageShareData(given) {
      app("updateAppMessageShareData", given).then((answer) => { document.documentElement.dataset.shared = answer.errMsg.split(":")[1]; });
    },
    getLocation(given) {
      app("getLocation", { type: given.type || "wgs84" }).then((answer) => {
        const ending = answer.errMsg.split(":")[1];
        const call = ending === "ok" ? given.success : ending === "cancel" ? given.cancel : given.fail;
        if (call) call(answer);
      });
    },
  };
})();

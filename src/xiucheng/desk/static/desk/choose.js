// A choice one can type into (拼音、汉字都行): a text box over a plain select; without scripts the select itself does.
"use strict";
(() => {
  const english = document.documentElement.lang.startsWith("en");
  let count = 0;

  function equip(select) {
    if (select.dataset.ready || select.options.length < 9) return;
    select.dataset.ready = "1";
    const box = document.createElement("div"), input = document.createElement("input"), list = document.createElement("ul"), picked = document.createElement("div");
    const id = "choose-" + (count += 1), label = select.labels && select.labels[0];
    box.className = "dk-combo";
    picked.className = "picked";
    select.before(box);
    box.append(select, picked, input, list);
    input.type = "text";
    input.className = select.className.replace("form-select", "form-control").replace("form-select-sm", "form-control-sm");
    input.autocomplete = "off";
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", id], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
    if (label) {  // a label may hold the select: its choices are no part of the name
      const name = label.cloneNode(true);
      name.querySelectorAll(".dk-combo").forEach((el) => el.remove());
      input.setAttribute("aria-label", name.textContent.trim().split("\n")[0]);
    }
    input.placeholder = english ? "Type to find" : "输入汉字或拼音查找";
    list.id = id;
    list.setAttribute("role", "listbox");
    list.hidden = true;
    list.tabIndex = select.tabIndex = -1; // a list that scrolls would be a stop for Tab
    select.setAttribute("aria-hidden", "true");
    let at = -1, found = [];

    const text = (option) => option.textContent.trim();
    const initials = (words) => words.toLowerCase().split(/[\s_-]+/).map((w) => w[0] || "").join("");
    function matches(option, typed) {
      if (!typed) return true;
      const search = (option.dataset.search || "").toLowerCase();
      return text(option).toLowerCase().includes(typed) || search.includes(typed) || search.replace(/\s/g, "").includes(typed) || initials(search).includes(typed);
    }
    // the very word first (路灯 before 路灯井盖), then what begins with it; the rest as it stands
    function rank(option, typed) {
      if (!typed) return 0;
      const search = (option.dataset.search || "").toLowerCase(), names = [text(option).toLowerCase(), search.replace(/\s/g, ""), ...search.split(/\s+/)];
      return names.includes(typed) ? 0 : names.some((name) => name.startsWith(typed)) ? 1 : 2;
    }
    function show() {
      const typed = input.value.trim().toLowerCase(), current = select.selectedOptions[0];
      const asked = !select.multiple && current && typed === text(current).toLowerCase() ? "" : typed;
      found = [...select.options].filter((o) => (select.multiple ? o.value && !o.selected : true) && matches(o, asked)).sort((a, b) => rank(a, asked) - rank(b, asked)).slice(0, 60);
      list.replaceChildren(...found.map((option, n) => {
        const li = document.createElement("li"), group = document.createElement("small");
        li.id = `${id}-${n}`;
        li.setAttribute("role", "option");
        li.textContent = text(option);
        group.textContent = option.parentElement.label || "";
        if (group.textContent) li.append(group);
        li.addEventListener("mousedown", (event) => { event.preventDefault(); take(n); });
        return li;
      }));
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark(asked && found.length ? 0 : -1);
    }
    function mark(n) {
      at = n;
      [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === n)));
      if (n >= 0) { input.setAttribute("aria-activedescendant", list.children[n].id); list.children[n].scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant");
    }
    function hide() { list.hidden = true; input.setAttribute("aria-expanded", "false"); }
    function take(n) {
      if (!found[n]) return;
      if (select.multiple) { found[n].selected = true; input.value = ""; chips(); } else { select.value = found[n].value; input.value = found[n].value ? text(found[n]) : ""; }
      hide();
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    function chips() {
      picked.replaceChildren(...[...select.selectedOptions].map((option) => {
        const chip = document.createElement("button");
        chip.type = "button";
        chip.textContent = text(option) + " ×";
        chip.addEventListener("click", () => { option.selected = false; chips(); });
        return chip;
      }));
    }
    input.addEventListener("focus", () => { input.select(); if (!input.value) show(); });
    input.addEventListener("click", () => { if (list.hidden) show(); });
    list.addEventListener("mousedown", (event) => event.preventDefault()); // its scroll bar leaves the keyboard where it is
    input.addEventListener("input", show);
    input.addEventListener("blur", () => { hide(); if (!select.multiple) { const o = select.selectedOptions[0]; input.value = o && o.value ? text(o) : ""; } });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) show();
        else if (found.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
      } else if (event.key === "Enter" && !event.ctrlKey && !list.hidden && at >= 0) { event.preventDefault(); take(at); } else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); hide(); }
    });
    select.addEventListener("invalid", () => input.setAttribute("aria-invalid", "true"));
    if (select.multiple) chips(); else { const o = select.selectedOptions[0]; input.value = o && o.value ? text(o) : ""; }
  }
  const all = () => document.querySelectorAll("select[data-choose]").forEach(equip);
  document.addEventListener("htmx:load", all);
  all();
})();

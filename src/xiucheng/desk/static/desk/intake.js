// The desk's form: asks for hints while one types, takes them over by a click.
"use strict";
(() => {
  const form = document.getElementById("intake"), hints = document.getElementById("hints");
  if (!form) return;
  const field = (name) => form.elements[name];
  let timer = 0, asked = "";
  async function ask() {
    const data = new FormData();
    for (const name of ["words", "place", "kind", "phone", "lng", "lat", "csrfmiddlewaretoken"]) data.append(name, field(name) ? field(name).value : "");
    const now = new URLSearchParams(data).toString();
    if (now === asked) return;
    asked = now;
    const chosen = form.querySelector("[name=main]:checked");
    try {
      const answer = await fetch(form.dataset.hints, { method: "POST", body: data, headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      hints.innerHTML = await answer.text();
      if (chosen && chosen.value) { const same = hints.querySelector(`[name=main][value="${chosen.value}"]`); if (same) same.checked = true; }
    } catch { /* without a line there are no hints */ }
  }
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 450); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  document.addEventListener("xc:picked", soon);
  form.addEventListener("change", (event) => {
    if (event.target.name !== "kind") return;
    const direct = ["question", "suggestion", "praise"].includes(event.target.value);
    document.getElementById("answer-box").hidden = !direct;
    document.getElementById("category-box").hidden = direct;
  });
  hints.addEventListener("click", (event) => {
    const category = event.target.closest("[data-category]"), spot = event.target.closest("[data-spot]"), answer = event.target.closest("[data-answer]");
    if (category) {
      const select = field("category");
      select.value = category.dataset.category;
      const shown = select.parentElement.querySelector("input[role=combobox]");
      if (shown && select.selectedOptions[0]) shown.value = select.selectedOptions[0].textContent.trim();
    }
    if (spot) {
      const map = document.getElementById("intake-map");
      if (map && map.xcPin) map.xcPin(Number(spot.dataset.lng), Number(spot.dataset.lat), "words");
      else { field("lng").value = spot.dataset.lng; field("lat").value = spot.dataset.lat; field("how").value = "words"; }
      if (!field("place").value) field("place").value = spot.dataset.place;
      soon();
    }
    if (answer) { field("answer").value = answer.dataset.answer; field("answer").focus(); }
  });
  form.addEventListener("keydown", (event) => { if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); form.requestSubmit(); } });
  if (field("words").value) ask();
})();

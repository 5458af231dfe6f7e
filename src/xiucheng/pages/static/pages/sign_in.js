// A security key that did not work is said in words beside the button.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.getElementById("key-failed");
  if (place) { place.hidden = false; place.focus(); }
});

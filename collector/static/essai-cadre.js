/* In a frame of another site: can a cookie be kept here? Says so to the page around. ECMAScript 5. */
(function () {
  "use strict";
  document.cookie = "preau_tiers=1; path=/; SameSite=None; Secure";
  var works = document.cookie.indexOf("preau_tiers=1") >= 0;
  document.cookie = "preau_tiers=; path=/; SameSite=None; Secure; expires=Thu, 01 Jan 1970 00:00:00 GMT";
  window.parent.postMessage(works ? "preau:oui" : "preau:non", "*");
}());

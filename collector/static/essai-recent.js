/* Written in what services are written in today (ECMAScript 2018): a browser that cannot read it never sets the mark. */
"use strict";
class Essai {
  async *lettres({ debut = "p", ...suite } = {}) {
    const tout = [debut, ...Object.values(suite)];
    for (const lettre of tout) { yield `${lettre}`; }
  }
}
(async () => {
  let mot = "";
  for await (const lettre of new Essai().lettres({ debut: "o", b: "u", c: "i" })) { mot += lettre; }
  window.preauRecent = mot === "oui" && /(?<an>\d{4})/.exec("2018").groups.an === "2018";
})();

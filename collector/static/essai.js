/* Tries what this browser can do, then sends the answers by the page's own form.
   ECMAScript 5 and XMLHttpRequest only: a browser too old for the ENT must still be able to say so. */
(function () {
  "use strict";
  var WAIT_MS = 8000, ALL_MS = 25000, LINE_MS = 14000, DOWN_BYTES = 6000000, UP_BYTES = 1600000;
  var form = document.getElementById("essai"), field = document.getElementById("answer");
  if (!form || !field || !window.JSON || !form.addEventListener) { return; }
  var said = { present: ["javascript"], absent: [], images: [], round_trips_us: [] }, sent = false, began = 0;

  function now() { return window.performance && performance.now ? performance.now() : new Date().getTime(); }
  function keep() { field.value = JSON.stringify(said); }
  function note(feature, works) { said[works ? "present" : "absent"].push(feature); keep(); }
  function progress(words) {
    var place = document.getElementById("avancement");
    if (place) { place.textContent = words; }
  }
  /* Calls `next` once, whatever happens first: `done` called, or the wait over. */
  function within(ms, next) {
    var over = false, timer;
    function done() {
      if (!over) { over = true; clearTimeout(timer); next.apply(null, arguments); }
    }
    timer = setTimeout(done, ms);
    return done;
  }

  function cookies() {
    document.cookie = "preau_essai=1; path=/";
    note("cookies", document.cookie.indexOf("preau_essai=1") >= 0);
    document.cookie = "preau_essai=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT";
  }
  function storage() {
    var works = false;
    try {
      window.localStorage.setItem("preau_essai", "1");
      works = window.localStorage.getItem("preau_essai") === "1";
      window.localStorage.removeItem("preau_essai");
    } catch (refused) { works = false; }
    note("storage", works);
  }
  function popups() {
    var opened = null;
    try { opened = window.open("", "preau_essai", "width=120,height=80"); } catch (refused) { opened = null; }
    note("popups", !!opened && !opened.closed);
    if (opened) { opened.close(); }
  }
  function media() {
    var kinds = [
      ["video_h264", "video", 'video/mp4; codecs="avc1.42E01E"'], ["video_vp9", "video", 'video/webm; codecs="vp9"'],
      ["audio_mp3", "audio", "audio/mpeg"], ["audio_aac", "audio", 'audio/mp4; codecs="mp4a.40.2"'],
      ["audio_opus", "audio", 'audio/ogg; codecs="opus"']
    ], i, player;
    for (i = 0; i < kinds.length; i += 1) {
      player = document.createElement(kinds[i][1]);
      note(kinds[i][0], !!player.canPlayType && player.canPlayType(kinds[i][2]) !== "");
    }
  }
  function screens() {
    var ratio = window.devicePixelRatio || 1;
    if (!window.screen || !screen.width) { return; }
    said.screens = [{
      width_px: Math.round(screen.width * ratio), height_px: Math.round(screen.height * ratio),
      scale_percent: Math.round(ratio * 100), main: true
    }];
  }

  function image(item, next) {
    var asked = new Image(), began = new Date().getTime();
    var done = within(WAIT_MS, function (shown) {
      asked.onload = asked.onerror = null;
      said.images.push({
        service: item.getAttribute("data-service"), shown: shown === true, took_ms: new Date().getTime() - began
      });
      keep();
      next();
    });
    asked.onload = function () { done(asked.width > 0); };
    asked.onerror = function () { done(false); };
    asked.src = item.getAttribute("data-url") + "?essai=" + began;
  }
  function images(next) {
    var list = document.getElementById("images"), items = list ? list.getElementsByTagName("li") : [];
    var left = items.length, i;
    function one() { left -= 1; if (left === 0) { next(); } }
    if (!left) { next(); return; }
    for (i = 0; i < items.length; i += 1) { image(items[i], one); }
  }
  /* Four small questions, after one that opens the connection: the round trip is then the line's own. */
  function latency(next) {
    var left = 5, began;
    var done = within(WAIT_MS, function () { next(); });
    function one() {
      var asked = new XMLHttpRequest(), number = String(Math.random()).slice(2, 14);
      asked.open("GET", form.getAttribute("data-root") + "/measure/ping?n=" + number, true);
      asked.onreadystatechange = function () {
        if (asked.readyState !== 4) { return; }
        if (asked.status === 200 && asked.responseText === "preau " + number + "\n") {
          if (left < 5) { said.round_trips_us.push(Math.round((now() - began) * 1000)); keep(); }
          left -= 1;
          if (left) { one(); } else { done(); }
        } else { done(); }
      };
      began = now();
      asked.send();
    }
    one();
  }
  /* The line, each way, for a few seconds: only when the ENT asks, and if no workstation of the school measured it lately. */
  function line(next) {
    var lease, done = within(LINE_MS, function () { next(); });
    function ask(method, path, body, seconds, heard) {
      var asked = new XMLHttpRequest(), bytes = 0, began = now(), over = false;
      function end() {
        if (over) { return; }
        over = true;
        if (asked.readyState !== 4) { asked.abort(); }
        heard(bytes, now() - began, asked);
      }
      asked.open(method, form.getAttribute("data-root") + path, true);
      if (lease) { asked.setRequestHeader("Preau-Lease", lease); }
      (body ? asked.upload || asked : asked).onprogress = function (event) { bytes = event.loaded; };
      asked.onload = function () {
        if (asked.status >= 300) { bytes = 0; } else if (body) { bytes = body.length; }
        end();
      };
      asked.onerror = function () { bytes = 0; end(); };
      setTimeout(end, seconds * 1000);
      asked.send(body || null);
    }
    function kbps(bytes, ms) { return bytes && ms ? Math.round(bytes * 8 / ms) : null; }
    function up(downBytes, downMs) {
      var body = new Array(UP_BYTES / 16 + 1).join("preau preau prea");
      ask("POST", "/measure/up", body, 4, function (bytes, ms) {
        said.down_kbps = kbps(downBytes, downMs);
        said.up_kbps = kbps(bytes, ms);
        said.down_bytes = downBytes;
        said.up_bytes = bytes;
        said.transfers_ms = Math.round(downMs + ms);
        keep();
        done();
      });
    }
    if (!form.getAttribute("data-line")) { done(); return; }
    ask("POST", form.getAttribute("action").slice(form.getAttribute("data-root").length) + "/bail", "bail", 4,
      function (bytes, ms, answered) {
        try { lease = JSON.parse(answered.responseText).lease; } catch (refused) { lease = null; }
        if (!lease) { done(); return; }
        ask("GET", "/measure/down?bytes=" + DOWN_BYTES, null, 5, up);
      });
  }
  function websocket(next) {
    var socket, done = within(WAIT_MS, function (works) {
      note("websocket", works === true);
      if (socket) { socket.onmessage = socket.onerror = socket.onclose = null; socket.close(); }
      next();
    });
    if (!window.WebSocket) { done(false); return; }
    try {
      socket = new WebSocket(location.protocol.replace("http", "ws") + "//" + location.host +
        form.getAttribute("action") + "/ws");
    } catch (refused) { done(false); return; }
    socket.onopen = function () { socket.send("preau"); };
    socket.onmessage = function (event) { done(event.data === "preau"); };
    socket.onerror = socket.onclose = function () { done(false); };
  }
  function thirdParty(next) {
    var other = form.getAttribute("data-other"), frame, done;
    if (!other || !window.postMessage) { next(); return; }
    done = within(WAIT_MS, function (works) {
      window.removeEventListener("message", heard, false);
      frame.parentNode.removeChild(frame);
      if (typeof works === "boolean") { note("third_party_cookies", works); }
      next();
    });
    function heard(event) {
      if (event.origin === other && (event.data === "preau:oui" || event.data === "preau:non")) {
        done(event.data === "preau:oui");
      }
    }
    window.addEventListener("message", heard, false);
    frame = document.createElement("iframe");
    frame.setAttribute("title", "Essai des cookies d'un autre site");
    frame.style.cssText = "width:1px;height:1px;border:0";
    frame.src = other + form.getAttribute("action") + "/cadre";
    form.appendChild(frame);
  }

  function send() {
    if (!sent) { sent = true; progress("Envoi des réponses…"); keep(); form.submit(); }
  }
  function next(steps) {
    var step = steps.shift();
    if (!step) { send(); return; }
    progress(step[0] + " (" + Math.round((new Date().getTime() - began) / 1000) + " s)");
    try { step[1](function () { next(steps); }); } catch (broken) { next(steps); }
  }
  function simple(what) { return function (after) { what(); after(); }; }

  keep();
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (began) { return; }
    began = new Date().getTime();
    document.getElementById("commencer").disabled = true;
    popups();  /* at once: only a window opened by the click itself is one that the ENT would open */
    note("modern_javascript", window.preauRecent === true);
    setTimeout(send, ALL_MS);
    next([
      ["Cookies et stockage…", simple(cookies)], ["Stockage…", simple(storage)], ["Sons et vidéos…", simple(media)],
      ["Écran…", simple(screens)], ["Services de l'ENT…", images], ["Temps de réponse…", latency], ["WebSocket…", websocket],
      ["Cookies d'un autre site…", thirdParty], ["Débit…", line]
    ]);
  }, false);
}());

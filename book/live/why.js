// A classic script that any browser reads, also from a folder: why nothing moves here, in one line.
// Where all is well it leaves no trace, and book.js does the rest.
(function () {
  // Exceptions of WebAssembly as Python uses them: a function with an empty try_table.
  var exceptions = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 31, 64, 0, 11, 11];

  function why() {
    if (location.protocol === "file:") {
      return "Opened as a file, this page stays as printed. Served by any web server (python course.py book --serve), its labs move and its code runs.";
    }
    if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function" ||
        !WebAssembly.validate(new Uint8Array(exceptions))) {
      return "This page stays as printed: moving its labs and running its code takes a browser of 2025 or newer.";
    }
    return "";
  }

  function say(words) {
    var line = document.createElement("p"), head = document.querySelector("article h1");
    line.className = "live-note";
    line.appendChild(document.createTextNode(words));
    if (head && document.querySelector("div.cell")) head.parentNode.insertBefore(line, head.nextSibling);
  }

  window.addEventListener("error", function (event) {
    if (!window.hlmStatic && /\/book\.js$/.test(event.target.src)) say("This page stays as printed: its scripts did not come. Load it anew.");
  }, true);

  var words = why();
  if (words) {
    window.hlmStatic = true;
    say(words);
  }
})();

// The live part of a page: labs that move, cells that run, exercises that answer.
// Without it, or where it can't work (why.js says so), the page stays as printed.

import * as cells from "./cells.js";
import * as data from "./data.js";
import { make } from "./dom.js";
import * as exercises from "./exercises.js";
import * as labs from "./labs.js";
import * as python from "./python.js";

async function enliven() {
  const first = document.querySelector("div.cell[data-cell-id]");
  if (window.hlmStatic || !first) return;
  if (!(await python.found())) return say("This page stays as printed: what makes it move is not on this server.");
  document.head.append(make("link", { rel: "stylesheet", href: new URL("live.css", import.meta.url).href }));
  python.settle({ folder: first.dataset.notebook.split("/")[0], progress: exercises.progress() });
  document.querySelectorAll("[data-lab]").forEach(labs.offer);
  cells.offerAll();
  exercises.keepProgress();
  exercises.offer();
  data.offer();
  wakeEarly();
  document.body.dataset.live = "yes";
}

function say(words) {
  document.querySelector("article h1")?.after(make("p", { className: "live-note" }, words));
}

// Where the engine lies in the browser's cache, it is woken when a lab comes near; and at once for
// a reader who has used it in this tab, that it is awake before it is asked.
function wakeEarly() {
  if (!python.wasLoaded()) return;
  if (python.wasUsed()) return void setTimeout(() => python.wake().catch(() => {}), 200);
  const near = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    near.disconnect();
    python.wake().catch(() => {});
  }, { rootMargin: "1000px" });
  document.querySelectorAll("[data-lab]").forEach((lab) => near.observe(lab));
}

enliven();

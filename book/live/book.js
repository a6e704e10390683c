// The live part of a page: labs that move, cells that run, exercises that answer.
// Without it, or where it can't work (why.js says so), the page stays as printed.

import * as cells from "./cells.js";
import * as data from "./data.js";
import { make } from "./dom.js";
import * as exercises from "./exercises.js";
import * as kept from "./kept.js";
import * as labs from "./labs.js";
import * as python from "./python.js";

async function enliven() {
  const first = document.querySelector("div.cell[data-cell-id]");
  if (window.hlmStatic || !first) return;
  if (!(await python.found().catch(() => false))) return say("This page stays as printed: what makes it move is not on this server.");
  document.head.append(make("link", { rel: "stylesheet", href: new URL("live.css", import.meta.url).href }));
  python.settle({ folder: first.dataset.notebook.split("/")[0], kept: kept.all });
  document.querySelectorAll("[data-lab]").forEach(labs.offer);
  cells.offerAll();
  exercises.keepProgress();
  exercises.offer();
  data.offer();
  wakeEarly();
  document.body.dataset.live = "yes";
  document.dispatchEvent(new Event("live")); // for reader.js
}

// Pictures come as they are scrolled to; paper wants them all.
addEventListener("beforeprint", () => {
  for (const picture of document.querySelectorAll("img[loading=lazy]")) picture.loading = "eager";
});

function say(words) {
  document.querySelector("article h1")?.after(make("p", { className: "live-note" }, words));
}

// Where the engine lies in the browser's cache, it is woken when a lab comes near, and the lab made;
// for a reader who has used it in this tab it is woken at once, that it is awake before it is asked.
function wakeEarly() {
  if (!python.wasLoaded()) return;
  const all = [...document.querySelectorAll("[data-lab]")];
  const early = (action) => action().catch(() => {});
  if (python.wasUsed()) setTimeout(() => early(all.length ? () => labs.prepare(all[0]) : python.wake), 200);
  const near = new IntersectionObserver((seen) => {
    for (const { target } of seen.filter(({ isIntersecting }) => isIntersecting)) {
      near.unobserve(target);
      early(() => labs.prepare(target));
    }
  }, { rootMargin: "1000px" });
  all.forEach((lab) => near.observe(lab));
}

enliven();

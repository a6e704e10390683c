// Exercise pages: answers are kept in this browser, with what is done; the notebook can be taken along.

import { afterRun, cells } from "./cells.js";
import { button, make, status } from "./dom.js";
import { addDone, done, forgetDone, keep, kept, onDoneElsewhere } from "./kept.js";
import * as python from "./python.js";

// What check notes as done is kept, on exercise pages and others. A Python that knows of exercises
// which another tab has forgotten would note them again: it starts afresh.
export function keepProgress() {
  const tell = (safe) => document.dispatchEvent(new CustomEvent("progress", { detail: safe }));
  afterRun.push((cell, head) => tell(addDone(head.done)));
  onDoneElsewhere((forgotten) => {
    if (forgotten) python.drop();
    tell(true);
  });
}

const STAY = "Your answers stay in this browser.";
const LOST = "This browser keeps nothing: download the notebook before you leave.";
const name = (cell) => `hlm-answer ${cell.element.dataset.notebook} ${cell.id}`;

export function offer() {
  const tasks = cells.filter((cell) => cell.isCheck);
  if (!tasks.length || !cells.some((cell) => cell.isAnswer)) return;
  for (const cell of cells) {
    const before = kept(name(cell));
    if (before !== null || cell.isAnswer) cell.edit(before ?? cell.printed);
    cell.element.addEventListener("edited", () => {
      tell(keep(name(cell), cell.editor && cell.source !== cell.printed ? cell.source : null));
    });
  }
  const words = make("p");
  const tell = (safe) => {
    words.textContent = `Write into the answer cells and press Check. ${safe ? STAY : LOST}`;
  };
  tell(true);
  const keys = tasks.map((cell) => /^check\("([^"]+)"/m.exec(cell.printed)[1]);
  const line = status();
  const count = () => { line.textContent = said(keys); };
  const take = button("Download the notebook with my answers", () => download(line));
  const afresh = button("Forget my answers to this chapter", () => forget(keys, count));
  const bar = make("div", { className: "live-exercises" }, words, line, take, afresh);
  (document.querySelector("p.beside") ?? document.querySelector("article h1")).after(bar);
  document.addEventListener("progress", ({ detail: safe }) => {
    if (!safe) tell(false);
    count();
  });
  count();
}

function said(keys) {
  const found = done(), marks = keys.map((key) => `${found.includes(key) ? "✓" : "○"}\u00a0${key}`);
  return `${keys.filter((key) => found.includes(key)).length} of ${keys.length} done: ${marks.join("  ")}`;
}

function forget(keys, count) {
  if (!confirm("Forget the answers to this chapter, and that they are done?")) return;
  for (const cell of cells.filter(({ editor }) => editor)) {
    cell.restore();
    if (cell.isAnswer) cell.edit(cell.printed);
  }
  forgetDone(keys);
  python.drop();
  count();
}

// The notebook of the page, its cells as they stand here.
async function download(line) {
  const path = cells[0].element.dataset.notebook;
  const answer = await fetch(new URL(`../../../notebooks/${path}`, import.meta.url)).catch(() => null);
  if (!answer) return void (line.textContent = "The notebook did not come: is this machine offline? Your answers are still here.");
  if (!answer.ok) return void (line.textContent = "The notebook is not on this server.");
  const notebook = await answer.json();
  const written = new Map(cells.map((cell) => [cell.id, cell]));
  for (const cell of notebook.cells) {
    const ours = written.get(cell.id);
    if (ours && ours.source !== ours.printed) cell.source = ours.source;
  }
  const url = URL.createObjectURL(new Blob([JSON.stringify(notebook, null, 1)], { type: "application/json" }));
  make("a", { href: url, download: path.split("/").pop() }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// What a cell has put out, as elements of the page.

import { button, escaped, make, status } from "./dom.js";
import { begin, slider } from "./labs.js";
import { keepGuesses } from "./kept.js";
import * as python from "./python.js";

// Predictions and answers of this page, by handle: they change when a guess is committed.
const standing = new Map();
python.listeners.changed.push((thing) => standing.get(thing.handle)?.(thing));

export async function show(box, outputs) {
  box.replaceChildren(...outputs.map((output) => DRAW[output.kind](output)));
  for (const host of box.querySelectorAll("[data-handle]")) await begin(host, host.dataset.handle);
}

const DRAW = {
  stream: ({ text, stream }) => make("pre", { className: `live-${stream}` }, text),
  error: ({ text }) => make("pre", { className: "live-error", role: "alert" }, text),
  lab: ({ handle }) => make("div", { "data-handle": handle, "data-from-cell": "yes" }),
  data: ({ data, text }) => drawn(data, text),
  prediction,
  answer,
};

function drawn(data, text) {
  if (data["text/html"]) return html(data["text/html"]);
  if (data["text/markdown"]) return make("div", { innerHTML: markdown(data["text/markdown"]) });
  if (data["image/png"]) return make("img", { src: `data:image/png;base64,${data["image/png"]}`, alt: "A figure of your own" });
  return make("pre", {}, data["text/plain"] ?? text);
}

function html(text) {
  const box = make("div", { innerHTML: text.replace(/<style scoped>[^]*?<\/style>/, "") });
  for (const table of box.querySelectorAll("table")) {
    table.removeAttribute("border");
    const wide = make("div", { className: "wide", tabIndex: 0 });
    table.replaceWith(wide);
    wide.append(table);
  }
  return box;
}

let asked = 0;

function prediction(thing) {
  const line = status();
  const part = slider(thing.control, `guess-${++asked}`, (value) => { considered = value; });
  let considered = thing.control.value;
  const commit = button("Commit", () => python.ask({ do: "guess", handle: thing.handle, value: considered })
    .then(({ head }) => keepGuesses(head.guesses))
    .catch((error) => { line.textContent = error.message; }));
  standing.set(thing.handle, (now) => {
    line.textContent = now.status;
    considered = now.control.value;
    part.put(considered);
  });
  line.textContent = thing.status;
  return make("div", { className: "live-lab live-prediction", role: "group", "aria-label": "Predict first" },
    make("p", {}, make("strong", {}, "Predict first. "), thing.question), part.view, commit, line);
}

function answer(thing) {
  const line = status({ innerHTML: thing.html });
  standing.set(thing.handle, (now) => { line.innerHTML = now.html; });
  return line;
}

// The little Markdown that the course says: paragraphs, lists, breaks, emphasis, code, links.
export function markdown(text) {
  return text.split(/\n\n+/).map((block) => {
    const lines = block.split("\n");
    if (!lines.every((line) => line.startsWith("- "))) return `<p>${inline(block)}</p>`;
    return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join("")}</ul>`;
  }).join("");
}

function inline(text) {
  const codes = [];
  const held = escaped(text).replace(/`([^`]+)`/g, (_, code) => `\u0000${codes.push(code) - 1}\u0000`);
  return held
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, words, to) => `<a href="${address(to)}">${words}</a>`)
    .replace(/\*\*(?=\S)(.+?)(?<=\S)\*\*/g, "<strong>$1</strong>")
    .replace(/(?<!\*)\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?!\*)/g, "<em>$1</em>")
    .replace(/ {2,}\n/g, "<br>")
    .replace(/\u0000(\d+)\u0000/g, (_, number) => `<code>${codes[number]}</code>`);
}

// A link to a section of a notebook leads to that section of the page.
function address(to) {
  const [file, anchor] = to.split("#");
  if (!file.endsWith(".ipynb")) return /^(https?:|\.|#)/.test(to) ? to : "#";
  const id = (anchor ?? "").toLowerCase().replace(/[^\p{L}\p{N}\p{M}_-]/gu, "");
  return `${file.replace(/\.ipynb$/, ".html")}${id ? `#${id}` : ""}`;
}

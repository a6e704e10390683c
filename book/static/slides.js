// A deck of slides from the parts of a page: blocks are dealt out by their height, so that nothing is
// too tall, whatever fonts the browser has. Then reveal.js shows them.

import Reveal from "./reveal/reveal.esm.js";

const WIDTH = 1280, HEIGHT = 720;
const SHOWN = "img, table, [data-lab]";

// What takes a slide to itself, but for the words before it; and what begins one.
const shows = (block) => block.matches(SHOWN) || block.querySelector(SHOWN) !== null;
const begins = (block) => block.matches("blockquote") || block.querySelector("[data-lab]") !== null ||
  (block.matches("p") && block.nextElementSibling?.matches("details"));

const bench = document.body.appendChild(document.createElement("div"));
bench.className = "deck bench";

function slide(part) {
  const made = document.createElement("section"), body = document.createElement("div");
  body.className = "body";
  body.append(part.querySelector("header").cloneNode(true));
  made.append(body);
  bench.replaceChildren(made);
  return made;
}

const body = (made) => made.firstChild;
const isTooTall = (made) => body(made).scrollHeight > HEIGHT;

// The last resort for one block that is too tall by itself: smaller, then scrolling.
function shrink(made, block) {
  for (let zoom = 0.95; isTooTall(made) && zoom > 0.55; zoom -= 0.05) {
    block.style.zoom = zoom;
    block.style.setProperty("--zoom", zoom); // a lab takes the room that this leaves at its side
  }
  if (!isTooTall(made)) return;
  const room = HEIGHT - body(made).scrollHeight + block.getBoundingClientRect().height;
  Object.assign(block.style, { zoom: "", maxHeight: `${Math.floor(room) - 8}px`, overflowY: "auto" });
  block.tabIndex = 0;
}

function dealt(part) {
  const slides = [slide(part)];
  let full = false, last = slides[0];
  const next = () => { slides.push(last = slide(part)); };
  for (const block of [...part.children].slice(1)) {
    const held = () => body(last).children.length > 1;
    if (held() && (full || begins(block))) next();
    body(last).append(block);
    if (isTooTall(last) && body(last).children.length > 2) {
      next();
      body(last).append(block);
    }
    if (isTooTall(last)) shrink(last, block);
    full = shows(block);
  }
  return slides;
}

// A lab that moves is taller than its picture, and the more so the more of its tasks are done: it is
// made to fit, too.
function keepLabsIn(deck) {
  const fit = (block) => {
    const made = block.closest("section");
    if (isTooTall(made)) shrink(made, block);
  };
  const grown = new ResizeObserver((all) => all.forEach(({ target }) => fit(target)));
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const block = target.closest(".body > *");
      block.removeAttribute("style");
      fit(block);
      grown.observe(block);
    }
  }).observe(deck, { attributes: true, attributeFilter: ["data-ready"], subtree: true });
}

async function open() {
  await document.fonts.ready;
  const article = document.querySelector("article"), deck = document.createElement("div");
  deck.className = "slides";
  deck.append(...[...article.children].flatMap((part) => part.matches(".part") ? dealt(part) : []));
  bench.remove();
  article.className = "reveal deck";
  article.replaceChildren(deck);
  keepLabsIn(deck);
  await new Reveal(article, {
    width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, transition: "none",
    slideNumber: "c/t", keyboardCondition: () => !document.activeElement.closest(".live-lab, summary, button"),
  }).initialize();
  document.body.dataset.deck = deck.children.length;
}

open();

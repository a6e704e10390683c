// What every page does for its reader, without Python.

// Who follows a link to a section comes to it: what is folded there opens, and what the live part
// adds above (`live`, an event) doesn't push it away from a reader who has done nothing yet.
(() => {
  const navigation = performance.getEntriesByType("navigation")[0];
  let still = navigation?.type === "navigate"; // else the browser restores where the reader was

  function arrive() {
    const target = document.querySelector(":target");
    if (!target) return;
    const folded = target.querySelector(":scope > details.deeper");
    for (let at = folded ?? target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView({ behavior: "instant" });
  }

  const anew = () => still && arrive();
  for (const sign of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(sign, () => { still = false; }, { passive: true });
  }
  addEventListener("hashchange", arrive);
  addEventListener("load", anew);
  document.addEventListener("live", anew);
})();

// What the search quotes of a page is its prose: no code, and formulas once.
addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const text = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const part of page.querySelectorAll(".cell_input, .katex-html, annotation, .beside")) part.remove();
    return text(page.documentElement.outerHTML, anchor);
  };
});

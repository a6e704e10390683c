// Small helpers to make elements.

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "for" || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

// A button that does nothing while it rests.
export function button(words, action, properties = {}) {
  const onclick = ({ currentTarget }) => resting(currentTarget) || action();
  return make("button", { type: "button", onclick, ...properties }, words);
}

// A disabled button would lose the focus, in some browsers, and with it a reader without a mouse.
export function rest(one, is) {
  if (is) one.setAttribute("aria-disabled", "true");
  else one.removeAttribute("aria-disabled");
}

const resting = (one) => one.hasAttribute("aria-disabled");

// A line that screen readers speak when it changes.
export function status(properties = {}) {
  return make("p", { role: "status", ...properties });
}

export function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

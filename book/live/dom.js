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

export function button(words, action, properties = {}) {
  return make("button", { type: "button", onclick: action, ...properties }, words);
}

// A line that screen readers speak when it changes.
export function status(properties = {}) {
  return make("p", { role: "status", ...properties });
}

export function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

// What is kept of the reader's in the browser's own storage, and nowhere else.

const PROGRESS = "hlm-progress", GUESSES = "hlm-guesses";

export function kept(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

export function keep(name, text) {
  try {
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
    return true;
  } catch { return false; } // a private window, or no room
}

// A damaged one counts as empty.
function parsed(text) {
  try {
    const found = JSON.parse(text);
    return found?.constructor === Object ? found : {};
  } catch { return {}; }
}

const read = (name) => parsed(kept(name));

// What a Python that starts is told.
export function all() {
  const found = done();
  return { progress: found.length ? JSON.stringify({ done: found }) : "", guesses: read(GUESSES) };
}

// The exercises that are done, whatever page they are on.
export function done(text = kept(PROGRESS)) {
  const { done: found } = parsed(text);
  return Array.isArray(found) ? found : [];
}

export const keepDone = (keys) => keep(PROGRESS, JSON.stringify({ done: keys }));

// Another tab may have kept others meanwhile.
export function addDone(progress) {
  const before = done(), found = new Set([...before, ...progress]);
  if (found.size > before.length) keepDone([...found].sort());
}

// Another tab has done some, or forgotten some, which `heard` is then told.
export function onDoneElsewhere(heard) {
  addEventListener("storage", ({ key, oldValue }) => {
    if (key !== PROGRESS && key !== null) return;
    const now = done();
    heard(key === null || done(oldValue).some((one) => !now.includes(one)));
  });
}

// Guesses by the keys of their questions.
export function keepGuesses(now) {
  keep(GUESSES, JSON.stringify({ ...read(GUESSES), ...now }));
}

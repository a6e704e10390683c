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

const unkept = new Set(); // exercises done for which there was no room: known while the page is open

// The exercises that are done, whatever page they are on.
export function done(text = kept(PROGRESS)) {
  const { done: found } = parsed(text);
  return [...new Set([...(Array.isArray(found) ? found : []), ...unkept])];
}

const keepDone = (keys) => keep(PROGRESS, JSON.stringify({ done: keys }));

// Another tab may have kept others meanwhile. Tell whether all are kept.
export function addDone(progress) {
  const before = done(), found = new Set([...before, ...progress]);
  if (found.size === before.length && !unkept.size) return true;
  const safe = keepDone([...found].sort());
  for (const key of found) safe ? unkept.delete(key) : unkept.add(key);
  return safe;
}

export function forgetDone(keys) {
  for (const key of keys) unkept.delete(key);
  keepDone(done().filter((key) => !keys.includes(key)));
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

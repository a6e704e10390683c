// The page's side of Python: a worker that is asked and answers. It is started when first asked,
// says how much it will load, and can be stopped and started afresh.

const HERE = new URL("./", import.meta.url).href; // scripts, in a folder of their edition
const PARTS = new URL("../", import.meta.url).href; // what they load, named by what is inside
const LOADED = `hlm-engine ${new URL(PARTS).pathname}`; // in the browser's storage: which engine it has loaded before

const NOT_KEPT = "hlm-not-kept"; // in the tab's: why this browser didn't keep it
const KEPT_AFTER = 10_000; // milliseconds: the lab that was asked for comes first

let parts, worker, keeping, waking, next = 0;
let place = { folder: "chapters", kept: () => ({}) }; // and what is kept of the reader's, as it then stands
let loaded = 0, announced = 0; // bytes of this start
const packed = new Map(); // what came, by its address
const helpers = new Set(); // at work: a browser may end a worker that nothing holds
const waiting = new Map();
const impatient = new Set(); // how to tell those who wait until Python is awake that they needn't
const afterWaking = [];
export const listeners = { changed: [], woken: [], stopped: [], loading: [] };

export let stages = []; // of the last start: what was done when, in milliseconds

export const AFRESH = "Python starts afresh with the next run: cells above are then run again.";
const stopped = () => new Error(`Stopped. ${AFRESH}`);

// What is there to load; false where the site was built without an engine.
export async function found() {
  const answer = await fetch(HERE + "engine.json");
  parts = answer.ok ? await answer.json() : null;
  if (parts && wasLoaded() && !(await isHere())) forgetLoaded();
  return Boolean(parts);
}

// Whether the browser still has what it has loaded: it may clear its storage whenever it likes.
async function isHere() {
  const url = PARTS + parts.memory[0];
  try {
    if (await globalThis.caches?.match(url)) return true;
    const answer = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
    await answer.body.cancel();
    return answer.ok;
  } catch { return false; }
}

function forgetLoaded() {
  try { localStorage.removeItem(LOADED), sessionStorage.removeItem(LOADED); } catch { /* private windows */ }
}

export const megabytes = () => parts.megabytes;
export const isAwake = () => Boolean(waking?.done);
export const wasLoaded = () => stored() === parts.memory[0];

export const wasUsed = () => stored(() => sessionStorage) === parts.memory[0];

function stored(storage = () => localStorage, name = LOADED) {
  try { return storage().getItem(name); } catch { return null; }
}

export function settle(where) {
  place = where;
}

// Done after each start: what a stopped Python would have forgotten.
export function remember(action) {
  afterWaking.push(action);
}

export function wake() {
  waking ??= start();
  return new Promise((resolve, reject) => {
    impatient.add(reject);
    waking.then(resolve, reject).finally(() => impatient.delete(reject));
  });
}

function start() {
  end();
  loaded = announced = 0;
  worker = new Worker(HERE + "worker.js", { type: "module" });
  worker.onmessage = ({ data }) => settled(data);
  // A page that stays open while the site is published anew may find its scripts gone.
  worker.onerror = (event) => fail(new Error(event.message || "Python's scripts did not come; load this page anew"));
  const started = (async () => {
    const woken = send({ do: "wake", base: PARTS, parts, folder: place.folder, kept: place.kept() });
    parts.memory.forEach((name, image) => unpackBeside(PARTS + name, image));
    const { head, packed: came } = await woken;
    stages = head.stages;
    hold(came);
    for (const action of afterWaking) await action();
    if (waking !== started) throw stopped();
    started.done = true;
    try { localStorage.setItem(LOADED, parts.memory[0]); } catch { /* private windows */ }
    listeners.woken.forEach((listener) => listener());
    setTimeout(keep, KEPT_AFTER);
  })();
  started.catch(() => {
    if (waking !== started) return; // stopped, and perhaps started afresh
    end(); // what this start still unpacks is of no use to the next one
    waking = undefined;
  });
  return started;
}

// Have a part of Python's memory unpacked on a core of its own, and hand it on. The page starts the
// helpers, since Firefox 153 now and then hangs in a worker that starts workers.
function unpackBeside(url, image) {
  const to = worker, helper = new Worker(HERE + "inflate.js", { type: "module" });
  const done = (message, moved = []) => {
    helpers.delete(helper);
    helper.terminate();
    to.postMessage({ image, ...message }, moved);
  };
  helpers.add(helper);
  helper.onerror = ({ message }) => done({ error: message || "a helper could not be started" });
  helper.onmessage = ({ data }) => {
    if ("loaded" in data) return count(data.loaded); // which may be no bytes
    if (data.error) return done({ error: data.error });
    hold(data.packed);
    done({ bytes: data.bytes }, [data.bytes.buffer]);
  };
  helper.postMessage(url);
}

// Tell those who wait how much has come, of all parts together and not at every piece.
function count(bytes) {
  loaded += bytes;
  if (loaded < announced + 1e6) return;
  announced = loaded;
  listeners.loading.forEach((listener) => listener(loaded));
}

// What came, until it is kept (`keep`); what comes later has been kept, or couldn't be.
function hold(came) {
  if (!keeping) came.forEach((copy, url) => packed.set(url, copy));
}

// End all that runs for Python.
function end() {
  for (const one of [worker, ...helpers]) one?.terminate();
  helpers.clear();
}

// Keep for later pages what this one had to unpack and to compile; tell why not. A browser that
// has refused isn't asked again in this tab: it would unpack all of it on every page, for nothing.
// The server isn't asked either: the page holds what came from it, packed, until it is kept.
export function keep() {
  keeping ??= kept().catch((error) => error.message).finally(() => packed.clear());
  return keeping;
}

async function kept() {
  const refused = stored(() => sessionStorage, NOT_KEPT);
  if (refused) return refused;
  const program = PARTS + parts.python;
  const urls = [program, ...[parts.course, ...parts.memory].map((name) => PARTS + name)];
  const holder = outlivingWorker();
  if (!holder) return "this browser ends its workers with their page";
  const helper = new Worker(HERE + "keep.js", { type: "module" });
  const why = await told(helper, helper, { urls, packed }).finally(() => helper.terminate());
  if (!why) return told(holder, holder.port, program);
  try { sessionStorage.setItem(NOT_KEPT, why); } catch { /* private windows */ }
  return why;
}

// Only a browser that lets workers outlive their pages reads this option. In one that doesn't, such as
// Firefox, every page compiles the program anew, which is most of a start: keeping gains little.
function outlivingWorker() {
  if (!globalThis.SharedWorker) return null;
  let outlives = false;
  const options = { type: "module", name: parts.python, get extendedLifetime() { return outlives = true; } };
  const holder = new SharedWorker(HERE + "hold.js", options);
  return outlives ? holder : null;
}

function told(helper, port, message) {
  return new Promise((resolve, reject) => {
    helper.onerror = (event) => reject(new Error(event.message || "a helper could not be started"));
    port.onmessage = ({ data }) => resolve(data);
    port.postMessage(message);
  });
}

export async function ask(request) {
  await wake();
  try { sessionStorage.setItem(LOADED, parts.memory[0]); } catch { /* private windows */ }
  return send(request);
}

export function send(request) {
  return new Promise((resolve, reject) => {
    if (!worker) return reject(stopped());
    const id = ++next;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, ...request });
  });
}

// What to say while a question waits, as it stands and as it changes; the end of it is a function.
export function waitingIn(line) {
  const show = (words) => { line.textContent = words; };
  const heard = (bytes) => show(`Python is loading: ${Math.round(bytes / 1e6)} of ${megabytes()} MB …`);
  show(isAwake() ? "Python is at work …" : "Python is loading …");
  listeners.loading.push(heard);
  return () => { listeners.loading = listeners.loading.filter((listener) => listener !== heard); };
}

function settled({ id, head, pixels, packed, error, ended, loaded }) {
  if (loaded !== undefined) return count(loaded);
  if (ended) return drop(new Error(`Python came to an end: ${error.slice(-200)}. ${AFRESH}`));
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error || head.error) return reject(new Error(error || head.error));
  for (const thing of head.changed ?? []) listeners.changed.forEach((listener) => listener(thing));
  resolve({ head, pixels, packed });
}

function fail(error) {
  for (const { reject } of waiting.values()) reject(error);
  waiting.clear();
}

// End Python at once, whatever it does; the next question starts it afresh.
export function drop(why = stopped()) {
  end();
  worker = waking = undefined;
  fail(why);
  listeners.stopped.forEach((listener) => listener());
}

// What a reader's Stop does. While Python is still waking nothing of the reader's runs: it goes on,
// since Chromium 150 now and then crashed a tab in which that was broken off and begun again.
export function stop() {
  if (isAwake()) return drop();
  for (const tell of impatient) tell(new Error("Stopped. Python goes on loading, for the next run."));
}

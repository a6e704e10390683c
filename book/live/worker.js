// Python in a worker. It answers, whatever the engine: open and move (labs), run (cells), and the
// small rest that bridge.py lists. Messages: {id, do, …} in; {id, head, pixels} or {id, error} out,
// with `ended` where Python itself has come to an end and answers no more.
// While it wakes also {image, bytes} or {image, error} in, a part of its memory by its number, and
// {loaded} out: how many more bytes have come.

import { came, forget, progress } from "./files.js";
import { wake } from "./wasi.js";

const text = new TextDecoder();
let ready, arrivals;

progress.heard = (bytes) => postMessage({ loaded: bytes });

// Promises of what is still to come, and in `arrivals` how each is kept or broken.
function toCome(number) {
  arrivals = [];
  return Array.from({ length: number }, () => new Promise((resolve, reject) => {
    arrivals.push({ resolve, reject });
  }));
}

class Ended extends Error {}

function ask(engine, request) {
  engine.write("/io/request", new TextEncoder().encode(JSON.stringify(request)));
  try {
    engine.turn("bridge.serve()"); // which answers whatever goes wrong in Python
  } catch (error) {
    throw new Ended(error.message);
  }
  const head = JSON.parse(text.decode(engine.read("answer")));
  if (!head.picture) return { head };
  const { address, width, height } = head.picture;
  return { head, pixels: engine.memory(address, 4 * width * height) };
}

async function answer({ id, ...request }) {
  if (request.do === "wake") {
    const memory = toCome(request.parts.memory.length);
    ready = wake(request.base, request.parts, memory).then((engine) => {
      ask(engine, { do: "begin", folder: request.folder, ...request.kept });
      return engine;
    });
    await ready.catch(async (error) => {
      await forget();
      throw error;
    });
    performance.mark("awake");
    const stages = performance.getEntriesByType("mark");
    const head = { stages: stages.map(({ name, startTime }) => [name, startTime]) };
    return { head, packed: came() };
  }
  const engine = await ready;
  if (request.do !== "write") return ask(engine, request);
  engine.write(request.path, request.bytes);
  return { head: {} };
}

onmessage = async ({ data }) => {
  if ("image" in data) {
    const { resolve, reject } = arrivals[data.image];
    return void (data.error ? reject(new Error(data.error)) : resolve(data.bytes));
  }
  try {
    const { head, pixels, packed } = await answer(data);
    postMessage({ id: data.id, head, pixels, packed }, pixels ? [pixels.buffer] : []);
  } catch (error) {
    postMessage({ id: data.id, error: error.message, ended: error instanceof Ended && data.do !== "wake" });
  }
};

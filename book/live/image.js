// For the build only, in a worker: start Python afresh, run code, and give its memory away.

import { begin } from "./wasi.js";

onmessage = async ({ data: { base, parts, code } }) => {
  try {
    const engine = await begin(base, parts);
    engine.turn(code);
    engine.turn(`prepare.wipe(${engine.exports.memory.buffer.byteLength})`);
    const memory = new Blob([engine.exports.memory.buffer]).stream();
    const packed = new Response(memory.pipeThrough(new CompressionStream("gzip")));
    await fetch("memory", { method: "POST", body: await packed.arrayBuffer() });
    postMessage("");
  } catch (error) {
    postMessage(error.message);
  }
};

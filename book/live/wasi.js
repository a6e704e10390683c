// The engine: CPython for WASI in this worker. Nothing outside this file and files.js knows of it,
// but what makes it at build time (image.js).
//
// `wake` starts from a memory image, taken at build time after all imports; `begin` starts afresh,
// which takes longer and serves to take that image. Both give the same four functions:
//   turn(code)            run Python; throws what it printed where it fails
//   read(name)            bytes of a file in /io
//   write(path, bytes)    a file below /reader or /io
//   memory(address, size) bytes of the engine's memory, copied

import { WASI, OpenFile, File, ConsoleStdout, Directory, PreopenDirectory } from "./shim/index.js";
import { fetched, inflated, fromKept, unpacked, folder, Pieces } from "./files.js";

const LIBRARY = "/usr/local/lib/python315.zip";
const ENVIRONMENT = [
  "HOME=/tmp/home", "MPLCONFIGDIR=/tmp/home", "TMPDIR=/tmp", "PYTHONTZPATH=",
  "PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0", "PYTHON_COLORS=0", "TQDM_DISABLE=1",
];

// The parts of the memory come from elsewhere: promises of bytes.
export async function wake(base, parts, memoryParts) {
  const images = memoryParts.map((part) => timed("memory unpacked", part));
  const [module, course] = await Promise.all([
    timed("program compiled", compiled(base + parts.python)),
    timed("course unpacked", inflated(base + parts.course)), ...images,
  ]);
  const engine = await timed("program begun", instance(module, unpacked(course), base, parts));
  const memory = engine.exports.memory;
  memory.grow((parts.size - memory.buffer.byteLength) / 65536);
  const bytes = new Uint8Array(memory.buffer);
  for (const image of images) {
    for (const [start, filled] of unpacked(await image)) bytes.set(filled, +start);
  }
  performance.mark("memory in place");
  return engine;
}

// Marks when a part of the start is done, for benchmarks.
async function timed(name, part) {
  const done = await part;
  performance.mark(name);
  return done;
}

export async function begin(base, parts) {
  const [program, course] = await Promise.all([fetched(base + parts.python), fetched(base + parts.course)]);
  const engine = await instance(await WebAssembly.compile(program), unpacked(course), base, parts);
  engine.exports._initialize();
  return engine;
}

export const keptProgram = (url) => fromKept(url, (copy) => WebAssembly.compileStreaming(copy));

// All of it is here before it is compiled: of tabs that were left while it compiled what was still
// coming, Chromium 156 crashed one in ten.
export async function compiled(url) {
  return await keptProgram(url) ?? WebAssembly.compile(await inflated(url));
}

async function instance(module, course, base, parts) {
  const printed = [];
  const drives = {
    "/usr/local/lib": new Map([["python315.zip", new Pieces(base, parts.library)]]),
    [LIBRARY + "/matplotlib/mpl-data"]: folder(course, "mpl-data/", true),
    "/course": folder(course, "course/", true),
    "/reader": folder(course, "home/", false),
    "/io": new Map(),
    "/tmp": new Map([["home", new Directory(new Map())]]),
  };
  const wasi = new WASI(["/usr/local/bin/python.wasm"], ENVIRONMENT, [
    new OpenFile(new File([])), lines(printed), lines(printed),
    ...Object.entries(drives).map(([path, contents]) => new PreopenDirectory(path, contents)),
  ], { debug: false });
  const host = { call: () => -1 };
  const wasi_snapshot_preview1 = { ...wasi.wasiImport, poll_oneoff: waitUntil };
  const made = await WebAssembly.instantiate(module, { wasi_snapshot_preview1, host });
  wasi.inst = made;

  // Python says until when it sleeps. Version 0.4.2 of the shim looks for that flag four bytes too
  // early and would add the clock's time to it.
  function waitUntil(from, to, number) {
    const view = new DataView(made.exports.memory.buffer);
    view.setUint16(from + 36, view.getUint16(from + 40, true), true);
    return wasi.wasiImport.poll_oneoff(from, to, number);
  }

  return functions(made.exports, drives, printed);
}

function lines(printed) {
  return ConsoleStdout.lineBuffered((line) => printed.push(line));
}

function functions(exports, drives, printed) {
  return {
    exports,
    turn(code) {
      const bytes = new TextEncoder().encode(code), place = exports.host_alloc(bytes.length) >>> 0;
      new Uint8Array(exports.memory.buffer).set(bytes, place);
      printed.length = 0;
      const status = exports.turn(place, bytes.length);
      if (status) throw new Error(printed.join("\n") || `Python ended with status ${status}`);
    },
    read: (name) => drives["/io"].get(name)?.data,
    write(path, bytes) {
      const [, drive, ...rest] = path.split("/"), name = rest.pop();
      let at = drives["/" + drive];
      for (const part of rest) at = at.get(part).contents;
      at.set(name, new File(bytes));
    },
    memory: (address, size) => new Uint8Array(exports.memory.buffer, address, size).slice(),
  };
}

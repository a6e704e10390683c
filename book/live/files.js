// Files for the engine: what is always needed comes in one piece, the rest piece by piece when read.

import { Directory, Fd, File, Inode, wasi } from "./shim/index.js";

// Names hold a hash of what is inside, so that what the browser has kept of a part is right; unless
// it kept a server's bad answer, which it is asked for AGAIN.
const KEPT = { cache: "force-cache" }, AGAIN = { cache: "reload" };

export async function fetched(url) {
  return new Uint8Array(await (await answered(url, KEPT)).arrayBuffer());
}

// A page that stays open while the site is published anew may find its parts gone.
const missing = (why) => new Error(`A part of Python did not come (${why}); try again, or load this page anew`);

async function answered(url, how) {
  const answer = await fetch(url, how).catch(() => ({ status: "no answer" }));
  if (answer.ok) return answer;
  throw missing(answer.status);
}

// Unpacking is most of a start, so what has been unpacked once is kept so, in a storage of the browser
// that it may clear whenever it likes (keep.js fills it).
// Each site has its own, whatever its edition: the name is that of the folder of all editions.
const UNPACKED = `hlm-unpacked ${new URL("../", import.meta.url).pathname}`;

export const storage = async () => globalThis.caches?.open(UNPACKED);

// What `read` makes of what was kept. Where that can't be read it is dropped, and fetched as if new.
export async function fromKept(url, read) {
  try {
    const kept = await (await storage())?.match(url);
    return kept && await read(kept);
  } catch {
    try { await (await storage()).delete(url); } catch { /* no storage, nothing to drop */ }
    return undefined;
  }
}

// Drop all of it, where a start failed: something that can be read may be wrong nevertheless.
export async function forget() {
  try { await caches.delete(UNPACKED); } catch { /* no storage, nothing to drop */ }
}

// Whoever wants to know how many bytes have come puts a function here.
export const progress = { heard: () => {} };

// What has come from the server, packed as it came, by address: keep.js needn't ask for it again.
const copies = new Map();

export function came() {
  const all = new Map(copies);
  copies.clear();
  return all;
}

// What was packed, unpacked.
async function plain(url, how) {
  const answer = await answered(url, how);
  const all = [];
  let heard = 0;
  const counted = new TransformStream({
    transform(part, stream) {
      progress.heard(part.length);
      heard += part.length;
      all.push(part);
      stream.enqueue(part);
    },
    flush: () => void copies.set(url, new Blob(all)),
  });
  try {
    return await new Response(unpacking(answer.body.pipeThrough(counted))).arrayBuffer();
  } catch {
    progress.heard(-heard);
    throw missing("it is not whole");
  }
}

export const unpacking = (stream) => stream.pipeThrough(new DecompressionStream("gzip"));

export async function inflated(url) {
  const kept = await fromKept(url, (copy) => copy.arrayBuffer());
  return new Uint8Array(kept ?? await plain(url, KEPT).catch(() => plain(url, AGAIN)));
}

// The bundle: four bytes with the length of a list [[path, size], …], the list, and the contents.
export function unpacked(bundle) {
  const size = new DataView(bundle.buffer, bundle.byteOffset).getUint32(0, true);
  const list = JSON.parse(new TextDecoder().decode(bundle.subarray(4, 4 + size)));
  let at = 4 + size;
  return list.map(([path, length]) => [path, bundle.subarray(at, at += length)]);
}

export function folder(files, prefix, readonly) {
  const root = new Map();
  for (const [path, bytes] of files) {
    if (!path.startsWith(prefix)) continue;
    const parts = path.slice(prefix.length).split("/"), name = parts.pop();
    let at = root;
    for (const part of parts) {
      if (!at.has(part)) at.set(part, new Directory(new Map()));
      at = at.get(part).contents;
    }
    at.set(name, new File(bytes, { readonly }));
  }
  return root;
}

// A large file that lies on the server in pieces of one size; a piece is fetched when it is read.
// Python waits for what it reads, hence the synchronous request, which a worker may make. A piece that
// doesn't come is an error of reading: an exception thrown through Python's frames would end it.
export class Pieces extends Inode {
  constructor(base, { size, piece, names }) {
    super();
    Object.assign(this, { base, length: size, piece, names, got: new Map() });
  }
  stat() {
    return new wasi.Filestat(this.ino, wasi.FILETYPE_REGULAR_FILE, BigInt(this.length));
  }
  path_open() {
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: new OpenPieces(this) };
  }
  bytes(start, size) {
    const out = new Uint8Array(Math.max(0, Math.min(size, this.length - start)));
    for (let done = 0; done < out.length;) {
      const number = Math.floor((start + done) / this.piece), offset = (start + done) % this.piece;
      const part = this.part(number)?.subarray(offset, offset + out.length - done);
      if (!part?.length) return null;
      out.set(part, done);
      done += part.length;
    }
    return out;
  }
  part(number) {
    if (!this.got.has(number)) {
      const came = this.ask(number) ?? this.ask(number, { "Cache-Control": "no-cache" });
      if (!came) return null;
      this.got.set(number, came);
    }
    return this.got.get(number);
  }
  // A piece, if the answer is good and whole.
  ask(number, headers = {}) {
    const request = new XMLHttpRequest();
    request.open("GET", this.base + this.names[number], false);
    request.responseType = "arraybuffer";
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    try { request.send(); } catch { return null; }
    const whole = Math.min(this.piece, this.length - number * this.piece);
    return request.status === 200 && request.response.byteLength === whole ? new Uint8Array(request.response) : null;
  }
}

class OpenPieces extends Fd {
  constructor(file) {
    super();
    this.file = file;
    this.at = 0;
  }
  fd_fdstat_get() {
    return { ret: 0, fdstat: new wasi.Fdstat(wasi.FILETYPE_REGULAR_FILE, 0) };
  }
  fd_filestat_get() {
    return { ret: 0, filestat: this.file.stat() };
  }
  fd_read(size) {
    const answer = this.fd_pread(size, this.at);
    this.at += answer.data.length;
    return answer;
  }
  fd_pread(size, offset) {
    const data = this.file.bytes(Number(offset), Number(size));
    return data ? { ret: 0, data } : { ret: wasi.ERRNO_IO, data: new Uint8Array() };
  }
  fd_seek(offset, whence) {
    const from = { [wasi.WHENCE_SET]: 0, [wasi.WHENCE_CUR]: this.at, [wasi.WHENCE_END]: this.file.length };
    if (!(whence in from) || from[whence] + Number(offset) < 0) return { ret: wasi.ERRNO_INVAL, offset: 0n };
    this.at = from[whence] + Number(offset);
    return { ret: 0, offset: BigInt(this.at) };
  }
  fd_tell() {
    return { ret: 0, offset: BigInt(this.at) };
  }
}

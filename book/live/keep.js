// A helper of the page: keep what a start needs unpacked, that later starts need not do it again,
// and drop what was kept for earlier editions of this site. A browser without room, or a private
// window, says no; then all stays as it was.

import { storage, unpacking } from "./files.js";

const headers = { "content-type": "application/wasm" }; // as the program must be called

onmessage = async ({ data: { urls, packed } }) => {
  try {
    const store = await storage();
    if (!store) throw new Error("this browser keeps nothing for this address");
    const there = (await store.keys()).map(({ url }) => url);
    for (const url of there.filter((one) => !urls.includes(one))) await store.delete(url);
    for (const url of urls.filter((one) => !there.includes(one))) {
      if (!packed.has(url)) throw new Error("what was kept is gone; a later page keeps it again");
      await store.put(url, new Response(unpacking(packed.get(url).stream()), { headers }));
    }
    postMessage("");
  } catch (error) {
    postMessage(error.message);
  }
};

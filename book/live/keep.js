// A helper of the page: keep what a start needs unpacked, that later starts need not do it again.
// A browser without room, or a private window, says no; then all stays as it was.

import { plain, storage } from "./files.js";

const headers = { "content-type": "application/wasm" }; // as the program must be called

onmessage = async ({ data: urls }) => {
  try {
    const store = await storage();
    if (!store) throw new Error("this browser keeps nothing for this address");
    const there = (await store.keys()).map(({ url }) => url);
    for (const url of there.filter((one) => !urls.includes(one))) await store.delete(url);
    for (const url of urls.filter((one) => !there.includes(one))) {
      await store.put(url, new Response(await plain(url), { headers }));
    }
    postMessage("");
  } catch (error) {
    postMessage(error.message);
  }
};

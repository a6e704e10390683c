// A helper of the page: fetch one packed file and unpack it on a core of its own.

import { came, inflated, progress } from "./files.js";

progress.heard = (bytes) => postMessage({ loaded: bytes });

onmessage = async ({ data: url }) => {
  try {
    const bytes = await inflated(url);
    postMessage({ bytes, packed: came() }, [bytes.buffer]);
  } catch (error) {
    postMessage({ error: error.message });
  }
};

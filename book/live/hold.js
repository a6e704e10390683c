// A worker of all pages, which outlives each of them: it holds Python's program compiled. A browser
// that compiles the same program for the next page finds it here, with all that has been used of it.

import { keptProgram } from "./wasi.js";

let program;

onconnect = ({ ports: [page] }) => {
  page.onmessage = async ({ data: url }) => {
    try {
      program ??= keptProgram(url);
      if (!await program) throw new Error("Python's program is not kept");
      page.postMessage("");
    } catch (error) {
      program = undefined;
      page.postMessage(error.message);
    }
  };
};

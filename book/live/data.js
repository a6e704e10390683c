// "On your own data": a CSV file of the reader's, opened in the page. It goes to Python's memory here
// and nowhere else.

import { cells } from "./cells.js";
import { make, status } from "./dom.js";
import * as python from "./python.js";

const READS = /read_csv\("([^"]+)"\)/;

export function offer() {
  for (const cell of cells.filter(({ printed }) => READS.test(printed))) {
    const id = `own-${cell.id}`, line = status();
    const input = make("input", { type: "file", id, accept: ".csv,text/csv" });
    input.onchange = () => open(cell, input.files[0], line);
    cell.element.before(make("div", { className: "live-data" },
      make("label", { for: id }, `Your own file in its place (CSV; it stays on your machine${python.wasLoaded() ? "" : `; loads ${python.megabytes()} MB once`}): `), input, line));
  }
}

async function open(cell, file, line) {
  if (!file) return;
  const name = file.name.replaceAll(/[\\/"]/g, "_");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const folder = cell.element.dataset.notebook.split("/")[0];
  const write = () => python.send({ do: "write", path: `/reader/${folder}/${name}`, bytes });
  const waited = python.waitingIn(line);
  try {
    await python.wake();
    await write();
    const { head } = await python.ask({ do: "columns", path: name });
    python.remember(write);
    cell.edit(cell.source.replace(READS, `read_csv("${name}")`));
    line.textContent = `${name}: ${head.rows.toLocaleString("en")} rows; columns ${head.columns.join(", ")}. ` +
      "The cell below now reads it; put your columns in place of those of wards.csv, and run.";
  } catch (error) {
    line.textContent = `${name} can't be read as a CSV file: ${error.message.slice(-200)}`;
  } finally {
    waited();
  }
}

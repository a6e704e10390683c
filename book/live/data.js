// "On your own data": a CSV file of the reader's, opened in the page. It goes to Python's memory here
// and nowhere else.

import { cells } from "./cells.js";
import { make, status } from "./dom.js";
import * as python from "./python.js";

const READS = /read_csv\("([^"]+)"[^)]*\)/;

export function offer() {
  for (const cell of cells.filter(({ printed }) => READS.test(printed))) {
    const id = `own-${cell.id}`, line = status();
    const input = make("input", { type: "file", id, accept: ".csv,text/csv" });
    input.onchange = () => open(cell, input.files[0], line);
    cell.element.before(make("div", { className: "live-data" },
      make("label", { for: id }, `Your own file in its place (CSV; it stays on your machine${python.wasLoaded() ? "" : `; loads ${python.megabytes()} MB once`}): `), input, line));
  }
}

function some(names) {
  return names.length > 20 ? `${names.slice(0, 20).join(", ")} and ${names.length - 20} more` : names.join(", ");
}

async function open(cell, file, line) {
  if (!file) return;
  const [, printed] = READS.exec(cell.printed);
  let name = file.name.replaceAll(/[\\/"\n\r]/g, "_");
  if (name === printed) name = `my_${name}`; // the page's own file stays
  const folder = cell.element.dataset.notebook.split("/")[0];
  const write = () => python.send({ do: "write", path: `/reader/${folder}/${name}`, bytes });
  const waited = python.waitingIn(line);
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
    await python.wake();
    await write();
    const { head } = await python.ask({ do: "columns", path: name });
    python.remember(write);
    const reads = `read_csv("${name}"${head.options})`, found = READS.test(cell.source);
    cell.edit(cell.source.replace(READS, () => reads));
    line.textContent = `${name}: ${head.rows.toLocaleString("en")} rows; columns ${some(head.columns)}. ` +
      (found ? "The cell below now reads it. " : `Write pd.${reads} into the cell below. `) +
      `From there on, put your columns in place of those of ${printed} in each cell, and run.`;
  } catch (error) {
    line.textContent = `${name} can't be read as a CSV file: ${error.message.slice(-200)}`;
  } finally {
    waited();
  }
}

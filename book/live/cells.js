// Code cells that can be changed and run, in the order of the page.

import { button, make, rest, status } from "./dom.js";
import { show } from "./outputs.js";
import * as python from "./python.js";

export const cells = [];
let queue = Promise.resolve();
export const afterRun = [];
let lastAnswer; // the cell that gave `answer` its value

export function offerAll() {
  for (const element of document.querySelectorAll("div.cell[data-cell-id]")) {
    if (element.querySelector(".cell_input pre")) cells.push(new Cell(element, cells.length));
  }
  python.listeners.stopped.push(() => cells.forEach((cell) => { cell.ran = null; }));
  python.listeners.woken.push(() => cells.forEach((cell) => cell.label()));
}

class Cell {
  constructor(element, place) {
    Object.assign(this, { element, place, id: element.dataset.cellId, ran: null, editor: null });
    this.pre = element.querySelector(".cell_input pre");
    this.printed = this.pre.textContent.replace(/\n$/, "");
    this.output = element.querySelector(".cell_output");
    this.stored = this.output ? [...this.output.childNodes] : [];
    this.line = status();
    this.runs = button("", () => this.go());
    this.edits = button("Edit", () => this.edit());
    this.restores = button("As printed", () => this.restore(), { hidden: true });
    this.stops = button("Stop", () => python.stop(), { hidden: true });
    this.bar = make("div", { className: "live-bar" }, this.runs, this.edits, this.restores, this.stops, this.line);
    this.home.append(this.bar);
    this.label();
  }

  get source() {
    return this.editor ? this.editor.value : this.printed;
  }

  // Folded code keeps its buttons folded; where a guess is asked for or met they stand in sight.
  get home() {
    return this.guesses && this.pre.closest("details") ? this.element : this.element.querySelector(".cell_input");
  }

  get guesses() {
    if (/\bpredict_first\(/.test(this.printed)) return "Guess here";
    return /\.reveal\(/.test(this.printed) ? "Compare with my guess" : "";
  }

  get isCheck() {
    return /^check\("/m.test(this.printed);
  }

  get isAnswer() {
    return /^answer = \.\.\./m.test(this.printed);
  }

  // Those above that have not run as they stand; and the answer that a check is about, where another
  // has been given since: all are called `answer`.
  get toRunFirst() {
    const above = cells.slice(0, this.place);
    const first = above.filter((cell) => cell.ran !== cell.source);
    const own = this.isCheck && above.findLast((cell) => cell.isAnswer);
    const latest = first.findLast((cell) => cell.isAnswer) ?? lastAnswer;
    return own && own !== latest ? [...first, own] : first;
  }

  label() {
    const loads = python.isAwake() || python.wasLoaded() ? "" : ` (loads ${python.megabytes()} MB once)`;
    const words = this.isCheck ? "Check" : this.guesses || "Run";
    this.runs.textContent = words + loads;
  }

  edit(text = this.source) {
    if (!this.editor) {
      this.editor = make("textarea", { className: "live-editor", spellcheck: false, autocapitalize: "off", "aria-label": "Code of this cell" });
      this.editor.oninput = () => this.changed();
      this.editor.onkeydown = (event) => this.key(event);
      this.pre.hidden = true;
      this.pre.after(this.editor);
      if (document.activeElement === this.edits) this.editor.focus();
      this.edits.hidden = true;
      this.restores.hidden = false;
      this.pre.closest("details")?.setAttribute("open", "");
    }
    this.editor.value = text;
    this.changed();
  }

  changed() {
    this.editor.rows = Math.max(2, this.editor.value.split("\n").length);
    this.element.dispatchEvent(new CustomEvent("edited", { bubbles: true, detail: this }));
  }

  // Shift or Ctrl with Enter runs; Enter alone keeps the indentation of its line.
  key(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (event.shiftKey || event.ctrlKey || event.metaKey) return void this.go();
    const start = this.editor.value.lastIndexOf("\n", this.editor.selectionStart - 1) + 1;
    const line = this.editor.value.slice(start, this.editor.selectionStart);
    const deeper = line.trimEnd().endsWith(":") ? "    " : "";
    document.execCommand("insertText", false, "\n" + /^ */.exec(line)[0] + deeper);
    this.changed();
  }

  restore() {
    this.editor?.remove();
    this.editor = null;
    this.pre.hidden = false;
    this.edits.hidden = false;
    this.restores.hidden = true;
    this.output?.replaceChildren(...this.stored);
    this.ran = null;
    this.line.textContent = "As printed again.";
    this.edits.focus();
    this.element.dispatchEvent(new CustomEvent("edited", { bubbles: true, detail: this }));
  }

  // Run this cell, after those above that have not run as they stand.
  go() {
    queue = queue.then(() => this.goNow());
    return queue;
  }

  async goNow() {
    this.busy(true);
    const waited = python.waitingIn(this.line);
    try {
      await python.wake();
      const above = this.toRunFirst;
      for (const [number, cell] of above.entries()) {
        this.say(`Running the cells above: ${number + 1} of ${above.length} …`);
        if (await cell.run({ quietly: true })) {
          this.say("A cell above failed; its last lines stand there.");
          cell.element.scrollIntoView({ block: "center" });
          return;
        }
      }
      this.say("Running …");
      const failed = await this.run({});
      this.say(failed ? "This failed; its last lines stand below." : "");
    } catch (error) {
      this.say(error.message.slice(-400));
    } finally {
      waited();
      this.busy(false);
    }
  }

  busy(is) {
    rest(this.runs, is);
    if (document.activeElement === this.stops) this.runs.focus();
    this.stops.hidden = !is;
    this.element.classList.toggle("live-running", is);
  }

  say(words) {
    this.line.textContent = words;
  }

  // Tell whether it failed. What a cell puts out as printed needn't be shown again when it is run
  // for the sake of another, unless there is something to move in it.
  async run({ quietly = false }) {
    const source = this.source;
    const { head } = await python.ask({ do: "run", source, name: this.id });
    this.ran = head.failed ? null : source;
    if (this.isAnswer) lastAnswer = this; // also where it failed: it may have set `answer` before
    this.outputs = head.outputs;
    const moves = head.outputs.some(({ kind }) => kind === "prediction" || kind === "answer");
    if (head.failed || !quietly || moves || source !== this.printed) await this.put(head.outputs);
    for (const action of afterRun) action(this, head);
    return head.failed;
  }

  async put(outputs) {
    if (!this.output) {
      this.output = make("div", { className: "cell_output docutils container" });
      this.element.querySelector(".cell_input").closest("div.cell > *").after(this.output);
    }
    delete this.output.dataset.ready;
    this.output.dataset.fromCell = "yes";
    await show(this.output, outputs);
  }
}

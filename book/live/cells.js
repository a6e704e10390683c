// Code cells that can be changed and run, in the order of the page.

import { button, make, rest, status } from "./dom.js";
import { show } from "./outputs.js";
import * as python from "./python.js";

export const cells = [];
const OWN_DATA = "on-your-own-data"; // a section's id
let queue = Promise.resolve(), inLine = 0;
let stops = 0; // each is meant for all that waits in line
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
    this.shown = this.printed; // the code that what is shown comes from
    this.stored = this.output ? [...this.output.childNodes] : [];
    this.line = status();
    // As in a notebook: click into the code to change it. On a phone there is the button.
    this.pre.onclick = ({ pointerType }) => {
      if (pointerType === "mouse" && getSelection().isCollapsed) this.edit(), this.editor.focus();
    };
    this.runs = button("", () => this.go());
    this.edits = button("Edit", () => this.edit());
    this.restores = button("As printed", () => this.restore(), { hidden: true });
    this.stops = button("Stop", () => { stops += 1; python.stop(); }, { hidden: true });
    this.afresh = button("Start Python afresh", () => this.forget(), { hidden: true });
    this.bar = make("div", { className: "live-bar" }, this.runs, this.edits, this.restores, this.stops, this.afresh, this.line);
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

  // What this one builds on: all above it. "On your own data" stands by itself, so there it is the
  // first of the page, which imports, and those of that section.
  get above() {
    const above = cells.slice(0, this.place), section = this.element.closest("section");
    if (section?.id !== OWN_DATA) return above;
    return above.filter((cell) => cell.place === 0 || section.contains(cell.element));
  }

  // Those above that have not run as they stand; and the answer that a check is about, where another
  // has been given since: all are called `answer`.
  get toRunFirst() {
    const { above } = this;
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
    this.say("");
    this.changed();
  }

  changed() {
    this.grow();
    this.mark();
    this.element.dispatchEvent(new CustomEvent("edited", { bubbles: true, detail: this }));
  }

  // As high as its lines are, those that are broken too.
  grow() {
    this.editor.rows = Math.max(2, this.editor.value.split("\n").length);
    this.editor.style.minHeight = "";
    const hidden = this.editor.scrollHeight - this.editor.clientHeight;
    if (hidden > 0) this.editor.style.minHeight = `${this.editor.offsetHeight + hidden}px`;
  }

  // Whether what is shown comes from the code as it stands.
  mark(stale = this.source !== this.shown) {
    this.element.classList.toggle("live-stale", Boolean(this.output) && stale);
  }

  // Shift or Ctrl with Enter runs; Enter alone keeps the indentation of its line.
  key(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (event.shiftKey || event.ctrlKey || event.metaKey) return void (event.repeat || this.go());
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
    this.ran = this.halted = null;
    this.shown = this.printed;
    this.mark();
    this.line.textContent = "As printed again.";
    this.edits.focus();
    this.element.dispatchEvent(new CustomEvent("edited", { bubbles: true, detail: this }));
  }

  // Run this cell, after those above that have not run as they stand.
  go() {
    if (this.waits) return this.waits;
    const mine = stops;
    this.busy(true);
    this.say(inLine ? "Waiting for the cell that runs …" : "");
    inLine += 1;
    this.waits = queue = queue.then(() => mine === stops ? this.goNow() : this.say("Stopped before it ran."))
      .finally(() => {
        inLine -= 1;
        this.waits = null;
        this.busy(false);
      });
    return this.waits;
  }

  async goNow() {
    const waited = python.waitingIn(this.line);
    try {
      await python.wake();
      const above = this.toRunFirst;
      for (const [number, cell] of above.entries()) {
        if (cell.halted === cell.source) {
          return this.blame(cell, "The cell above that did not come to its end has to run first: change it, or run it by itself.");
        }
        this.say(`Running the cells above: ${number + 1} of ${above.length} …`);
        if (await cell.run({ quietly: true })) {
          this.afresh.hidden = false;
          return this.blame(cell, "A cell above failed; its last lines stand there.");
        }
      }
      this.say("Running …");
      const failed = await this.run({});
      this.say(failed ? "This failed; its last lines stand below." : "");
      this.afresh.hidden = !failed;
    } catch (error) {
      this.say(error.message.slice(-400));
    } finally {
      waited();
    }
  }

  // Where what ran before may be the reason: names that were put to another use, say.
  forget() {
    python.drop();
    this.afresh.hidden = true;
    this.say(python.AFRESH);
    this.runs.focus();
  }

  // Say why this cell can't run, and show the one above that is the reason. What stands under it is
  // of an earlier run.
  blame(cell, words) {
    this.say(words);
    this.mark(true);
    cell.element.scrollIntoView({ block: "center" });
  }

  busy(is) {
    rest(this.runs, is);
    rest(this.restores, is);
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
    this.halted = source; // unless it comes to an end
    const { head } = await python.ask({ do: "run", source, name: this.id });
    this.halted = null;
    this.ran = head.failed ? null : source;
    if (this.isAnswer) lastAnswer = this; // also where it failed: it may have set `answer` before
    this.outputs = head.outputs;
    const moves = head.outputs.some(({ kind }) => kind === "prediction" || kind === "answer");
    const unseen = !this.output && head.outputs.length > 0; // exercises store no outputs
    if (head.failed || !quietly || moves || unseen || source !== this.printed) await this.put(head.outputs, source);
    else this.mark();
    for (const action of afterRun) action(this, head);
    return head.failed;
  }

  async put(outputs, source) {
    if (!this.output) {
      this.output = make("div", { className: "cell_output docutils container" });
      this.element.querySelector(".cell_input").closest("div.cell > *").after(this.output);
    }
    this.shown = source;
    this.mark();
    delete this.output.dataset.ready;
    this.output.dataset.fromCell = "yes";
    await show(this.output, outputs);
  }
}

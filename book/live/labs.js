// A lab in the page: native controls, a canvas that Python paints, and the line in words under it.

import { button, make, rest, status } from "./dom.js";
import * as python from "./python.js";

let labs = 0;

// Under a printed lab, a button; nothing is loaded before it is pressed.
export function offer(output) {
  const name = `${output.dataset.lab}_lab`, line = status();
  const start = button("", async () => {
    rest(start, true);
    const waited = python.waitingIn(line);
    try {
      await begin(output, name);
      line.textContent = "";
    } catch (error) {
      line.textContent = `That did not work: ${error.message.slice(-300)}`;
    } finally {
      rest(start, false);
      waited();
    }
  }, { className: "live-start" });
  const label = () => {
    const loads = python.isAwake() || python.wasLoaded() ? "" : ` (loads ${python.megabytes()} MB once)`;
    start.textContent = `Move the controls here${loads}`;
  };
  label();
  python.listeners.woken.push(label);
  const printed = [...output.childNodes];
  python.listeners.stopped.push(() => {
    if (!output.querySelector(".live-lab") || output.dataset.fromCell) return;
    output.replaceChildren(...printed, start, line);
    delete output.dataset.ready;
  });
  output.append(start, line);
}

// Make a lab before it is asked for: what Python does for the first time takes long. A reader who
// has asked while Python was waking comes first.
export async function prepare(output) {
  await python.wake();
  await new Promise((done) => setTimeout(done));
  if (!output.querySelector(".live-lab")) await python.send({ do: "make", lab: `${output.dataset.lab}_lab` });
}

// Show a lab in `host`: one by its function's name, or one that a cell has made.
export async function begin(host, handle) {
  const pressed = performance.now();
  const { head, pixels } = await python.ask({ do: "open", lab: handle });
  const lab = new Lab(handle, head), focused = host.contains(document.activeElement);
  host.replaceChildren(lab.root);
  lab.show(head, pixels);
  // What is seen first is kept with Python; the figure to be moved is made while one looks at it.
  python.send({ do: "make", lab: handle }).catch(() => {});
  host.dataset.ready = Math.round(performance.now() - pressed);
  if (focused) lab.root.querySelector("input, select").focus();
  return lab;
}

class Lab {
  constructor(handle, head) {
    this.handle = handle;
    this.id = `lab-${++labs}`;
    this.parts = new Map(head.controls.map((control) => [control.name, part(this, control)]));
    const buttons = [button("Reset", () => this.move({ reset: true }))];
    if (head.again) buttons.push(button(head.again, () => this.move({ again: true })));
    const controls = make("div", { className: "live-controls" },
      ...[...this.parts.values()].map(({ view }) => view), make("div", {}, ...buttons));
    this.canvas = make("canvas", { role: "img", width: head.picture.width, height: head.picture.height });
    this.canvas.style.width = `${head.width}px`;
    this.pen = this.canvas.getContext("2d", { alpha: false });
    this.line = status({ className: "live-readout" });
    this.news = status({ className: "live-news" });
    this.tasks = make("div", { className: "live-tasks" });
    const picture = make("div", { className: "live-picture" }, this.canvas, this.line, this.news);
    this.root = make("div", { className: "live-lab", role: "group", "aria-label": head.title },
      make("strong", {}, head.title), make("div", { className: "live-body" }, controls, picture, this.tasks));
    this.root.lab = this;
  }

  // Never more than one question is under way. What is wished meanwhile is asked together: the latest
  // value of each control, after a reset or a new draw; a reset forgets what was wished before.
  async move(request) {
    this.wish = request.reset ? request
      : { ...this.wish, ...request, values: { ...this.wish?.values, ...request.values } };
    if (this.busy) return;
    this.busy = true;
    while (this.wish) {
      const wish = this.wish;
      this.wish = null;
      try {
        const { head, pixels } = await python.ask({ do: "move", lab: this.handle, ...wish });
        this.show(head, pixels);
      } catch (error) {
        this.line.textContent = `These settings can't be shown: ${error.message.slice(-300)}`;
      }
    }
    this.busy = false;
  }

  show(head, pixels) {
    this.line.textContent = head.status;
    this.news.textContent = head.news;
    this.tasks.innerHTML = head.tasks;
    const waits = this.wish?.values ?? {}; // moved meanwhile: these stand where the reader put them
    for (const [name, { put }] of this.parts) if (!(name in waits)) put(head.state[name]);
    if (head.refused) return;
    const { width, height } = head.picture;
    this.pen.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), width, height), 0, 0);
    this.canvas.setAttribute("aria-label", head.alt);
  }
}

function part(lab, control) {
  const moved = (value) => lab.move({ values: { [control.name]: value } });
  return { slider, switch: checkbox, menu }[control.kind](control, `${lab.id}-${control.name}`, moved);
}

function checkbox(control, id, moved) {
  const input = make("input", { type: "checkbox", id, checked: control.value, name: control.name });
  input.oninput = () => moved(input.checked);
  const view = make("div", { title: control.help }, input, make("label", { for: id }, control.label));
  return { view, put: (value) => { input.checked = value; } };
}

function menu(control, id, moved) {
  const input = make("select", { id, name: control.name },
    ...control.options.map((option) => new Option(option, option, false, option === control.value)));
  input.oninput = () => moved(input.value);
  const view = make("div", { title: control.help }, make("label", { for: id }, control.label), input);
  return { view, put: (value) => { input.value = value; } };
}

// What a cell has made is gone with the Python that made it.
python.listeners.stopped.push(() => {
  for (const shown of document.querySelectorAll("[data-from-cell] .live-lab")) {
    for (const control of shown.querySelectorAll("input, select, button")) control.disabled = true;
    shown.querySelector("[role=status]").textContent = "Python was stopped: run this cell again to move it.";
  }
});

// A number to type, and a track for pointer and arrow keys; both have the label as their name.
export function slider(control, id, moved) {
  const place = (value) => control.log ? Math.log10(value) : value;
  const range = { min: place(control.low), max: place(control.high), step: control.step, value: place(control.value) };
  const track = make("input", { type: "range", name: control.name, "aria-label": control.label, ...range });
  const step = control.whole ? 1 : control.log ? "any" : control.step;
  const box = make("input", { type: "number", id, min: control.low, max: control.high, step, value: number(control, control.value) });
  track.oninput = () => {
    let value = control.log ? 10 ** +track.value : +track.value;
    value = Math.min(Math.max(value, control.low), control.high);
    value = control.whole ? Math.round(value) : control.log ? +value.toPrecision(3) : value;
    spoken(value);
    moved(value);
  };
  let now = control.value;
  box.onchange = () => {
    if (!box.value) return spoken(now); // nothing, or no number
    let value = Math.min(Math.max(+box.value, control.low), control.high);
    if (control.whole) value = Math.round(value);
    track.value = place(value);
    spoken(value);
    moved(value);
  };
  const spoken = (value) => {
    now = value;
    box.value = number(control, value);
    track.setAttribute("aria-valuetext", box.value);
  };
  spoken(control.value);
  const put = (value) => {
    track.value = place(value);
    if (document.activeElement !== box) spoken(value);
  };
  const view = make("div", { className: "live-slider", title: control.help },
    make("label", { for: id }, control.label), box, track);
  return { view, put };
}

function number(control, value) {
  const decimals = /\.(\d+)f/.exec(control.format);
  return decimals ? value.toFixed(+decimals[1]) : String(+value.toPrecision(6));
}

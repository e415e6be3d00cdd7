// Sliders and fields, steps, keys, details, theme, zoom, the link that carries the state.

const made = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) if (value !== null) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const mathBox = (markup) => { const box = document.createElement("span"); box.innerHTML = `<math>${markup}</math>`; return box; };

function reach(value) {
  const size = Math.abs(value) * 1.25;
  if (!isFinite(size) || size <= 5) return size > 0 && size < 0.05 ? 10 ** Math.ceil(Math.log10(size)) : 5;
  const unit = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 5, 10].map((k) => k * unit).find((most) => most >= size);
}

const spelled = (h) => D.label[h].replace(/(?<=^[^\d_]+)_?(\d+)$/, (_, index) => index.replace(/\d/g, (d) => "\u2080\u2081\u2082\u2083\u2084\u2085\u2086\u2087\u2088\u2089"[d]));
const MOST_ROWS = D.canvas ? 12 : 40; // inputs with a row of their own; the others are found by name
const rowsOfInputs = [];
function buildInputs() {
  for (const h of D.inputs.slice(0, MOST_ROWS)) byId("inputs").append(inputRow(h).row);
  const rest = D.inputs.length - MOST_ROWS;
  if (rest > 0) byId("inputs").append(made("p", { class: "note" }, `${rest.toLocaleString("en")} more inputs: find them by name.`));
}
function inputRow(h) {
  if (D.live && shapeOf(h).length) return matrixRow(h);
  const name = D.label[h], most = reach(tape.value[h]);
  const field = made("input", { type: "text", inputmode: "text", "aria-label": `value of ${name}`, autocomplete: "off", spellcheck: "false", id: `field-${h}` });
  const slider = made("input", { type: "range", min: -most, max: most, step: most / 100, "aria-label": name, id: `slider-${h}` });
  const told = made("output", { for: `slider-${h}`, id: `told-${h}` });
  const row = made("div", { class: "row" }, mathBox(nameOf(h)), slider, field, told);
  if (!D.live) { slider.disabled = true; field.readOnly = true; }
  slider.addEventListener("input", () => change(h, Number(slider.value), slider));
  field.addEventListener("input", () => {
    const value = read(field.value);
    field.setAttribute("aria-invalid", String(Number.isNaN(value)));
    if (!Number.isNaN(value)) change(h, value, field);
  });
  field.addEventListener("blur", () => { field.removeAttribute("aria-invalid"); field.value = exact(tape.value[h]); });
  rowsOfInputs.push({ h, slider, field, told, row });
  return rowsOfInputs[rowsOfInputs.length - 1];
}

function change(h, value, from) {
  tape.value[h] = value;
  update(from);
}

function fillRow({ h, slider, field, told, fill: own }, from) {
  if (own) { own(from); return; }
  const value = tape.value[h];
  if (from !== slider) {
    if (Math.abs(value) > Number(slider.max) && isFinite(value)) { const most = reach(value); slider.min = -most; slider.max = most; slider.step = most / 100; }
    slider.value = value;
  }
  slider.setAttribute("aria-valuetext", D.live ? exact(value) : D.recorded.exact[h]);
  if (from !== field) field.value = D.live ? exact(value) : D.recorded.value[h];
  const gradient = gradientText(h);
  told.textContent = gradient && state.at === null && state.mode === null && !state.practice ? `\u2202${spelled(D.output)}/\u2202${spelled(h)} = ${gradient}` : "";
}

function update(from) {
  if (D.live) { compute(); if (state.mode !== null) pushForward(state.mode); chooseStyle(); }
  for (const row of rowsOfInputs) fillRow(row, from);
  byId("legend").textContent = state.mode === null ? "" : `Below each wire: how it moves when ${spelled(state.mode)} moves by 1.`;
  byId("result").textContent = state.practice || state.at !== null && state.at < view().steps.length && !valueVisible() ? "" : D.outputs.map((h) => `${spelled(h)} = ${valueText(h)}`).join(", ");
  paint();
  write();
  drawSoon();
  if (told) tell(told);
  keep();
}
const valueVisible = () => view().steps.slice(0, state.at).some((step) => step.kind === "seed" || (step.kind === "forward" && isOutput(step.one.unit)));

function write() {
  const card = byId("card"), steps = view().steps;
  byId("steps").classList.toggle("none", !steps.length && view().units.length > 1);
  byId("scrub").max = steps.length;
  byId("scrub").value = state.at === null ? steps.length : state.at;
  byId("scrub").setAttribute("aria-valuetext", state.at === null ? "everything shown" : `step ${state.at} of ${steps.length}`);
  byId("back").disabled = state.at === null;
  if (state.at === null || state.at === 0) {
    card.innerHTML = `<p>${state.at === null ? "Everything is shown." : "Only the inputs are known."} <kbd>\u2192</kbd> steps through the values${state.mode !== null ? ", each with how it moves" : D.scalar ? ", then back through the chain rule, one edge at a time" : ""}.</p>`;
    byId("said").textContent = "";
    return;
  }
  const [what, markup, said] = explain(steps[state.at - 1]);
  card.innerHTML = `<p>${what} \u00b7 step ${state.at} of ${steps.length}</p>${markup}`;
  byId("said").textContent = `Step ${state.at} of ${steps.length}. ${said}.`;
}

let timer = null;
function go(at) {
  const last = view().steps.length;
  state.at = at === null ? null : Math.max(0, Math.min(last, at));
  update(null);
}
function next() { go(state.at === null ? 1 : state.at >= view().steps.length ? state.at : state.at + 1); }
function previous() { if (state.at !== null) go(state.at === 0 ? null : state.at - 1); }
function stop() { clearInterval(timer); timer = null; byId("play").textContent = "\u25b6 Play"; }
function play() {
  if (timer !== null) { stop(); return; }
  if (state.at === null || state.at >= view().steps.length) go(0);
  byId("play").textContent = "\u275a\u275a Pause";
  timer = setInterval(() => { next(); if (state.at >= view().steps.length) stop(); }, Number(byId("speed").value));
}

function buildSteps() {
  if (D.live && D.scalar && !D.arrays) {
    const mode = byId("mode"), moved = D.inputs.filter((h) => D.flows[h]).slice(0, MOST_ROWS);
    mode.append(new Option("backward: all gradients", ""), ...moved.map((h) => new Option(`forward: move ${D.label[h]}`, String(h))));
    mode.hidden = !moved.length;
    mode.addEventListener("change", () => { stop(); state.mode = mode.value === "" ? null : Number(mode.value); state.at = null; update(null); });
  }
  byId("next").addEventListener("click", () => { stop(); next(); });
  byId("back").addEventListener("click", () => { stop(); previous(); });
  byId("reset").addEventListener("click", () => { stop(); go(null); });
  byId("play").addEventListener("click", play);
  byId("speed").addEventListener("change", () => { if (timer !== null) { stop(); play(); } });
  byId("scrub").addEventListener("input", () => { stop(); go(Number(byId("scrub").value)); });
  document.addEventListener("keydown", (event) => {
    if (state.practice || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const act = { ArrowRight: next, ArrowLeft: previous, Home: () => go(0), End: () => go(view().steps.length), Escape: () => go(null), "+": () => zoomBy(1.25), "-": () => zoomBy(0.8), 0: fitAll }[event.key];
    if (act) { stop(); act(); event.preventDefault(); return; }
    if (event.key === " " && !event.target.closest("button")) { play(); event.preventDefault(); }
  });
}

// details of what is under the pointer or has the focus
let told = null;
function tell(what) {
  if (what.handle !== undefined) { tellNode(what.handle); return; }
  const { unit, link } = what, list = [], add = (term, text) => { if (text) list.push(made("dt", {}, term), made("dd", {}, text)); };
  const precise = (number) => (D.live ? exact(number) : "");
  const hidden = state.practice !== null;
  const box = byId("details");
  if (link) {
    const pattern = view().calls[link.target] ? null : D.patterns[D.pattern[link.target]][1][link.position];
    if (!single(link)) { box.replaceChildren(made("p", { class: "note" }, `From ${textOf(link.source)} and its like to ${textOf(link.target)} and its like: point at either of them.`)); return; }
    const formula = `${partial(link.target, link.source)}${pattern ? `<mo>=</mo>${withNames(pattern, link.target)}` : ""}`;
    if (!hidden) { add("local", precise(localOf(link)) || slopeText(link)); add("contribution", precise(shareOf(link)) || shareText(link)); }
    box.replaceChildren(mathBox(formula), made("dl", {}, ...list));
    return;
  }
  if (view().bundles[unit]) { tellBundle(unit); return; }
  const operation = view().unit.get(unit).into.length > 0;
  if (!hidden) {
    add("value", D.live ? precise(tape.value[unit]) : D.recorded.exact[unit]);
    add(state.mode === null ? "gradient" : "tangent", OP[unit] === "constant" ? "" : precise(lowerOf(unit)) || gradientText(unit));
  }
  add("in the inputs", D.whole ? D.whole[unit] : "");
  const uses = view().links.filter((one) => one.source === unit).length;
  add("used", uses > 1 ? `${uses} times` : "");
  add("shape", shapeOf(unit).length ? `(${shapeOf(unit).join(", ")})` : "");
  box.replaceChildren(mathBox(nameOf(unit) + (operation ? `<mo>=</mo>${formulaOf(unit)}` : "")), made("dl", {}, ...list));
  if (!hidden && D.live && isArray(tape.value[unit]) && tape.value[unit].d.length > 1) {
    box.append(made("p", { class: "note" }, "all values"), arrayTable(tape.value[unit], exact));
    if (isArray(gradientOf(unit))) box.append(made("p", { class: "note" }, "all gradients"), arrayTable(gradientOf(unit), exact));
  }
}

function buildDetails() {
  for (const one of views) {
    one.svg.setAttribute("role", "group");
    const attach = (element, what, label) => {
      if (!element) return;
      element.setAttribute("tabindex", "0");
      element.setAttribute("role", "img");
      element.setAttribute("aria-label", label);
      const enter = () => {
        if (told && told.handle === undefined) (told.link ? told.link.edge : told.node).classList.remove("told");
        told = what; element.classList.add("told"); tell(what);
      };
      element.addEventListener("pointerenter", enter);
      element.addEventListener("focus", enter);
    };
    for (const { unit, node } of one.units) attach(node, { unit, node }, `${OP[unit] === "input" || OP[unit] === "constant" ? OP[unit] : "node"} ${textOf(unit)}`);
    for (const link of one.links) attach(link.edge, { link }, `edge from ${textOf(link.source)} to ${textOf(link.target)}`);
  }
}

// zoom and pan by the picture's view box
function frame() { return view().svg.viewBox.baseVal; }
function fit() {
  const { svg, whole } = view();
  svg.setAttribute("viewBox", whole);
  svg.classList.remove("moved");
  svg.classList.add("fitted"); // all of it, however small that is
}
function zoom(times, x, y) {
  const box = frame(), { svg } = view();
  const cx = x === undefined ? box.x + box.width / 2 : x, cy = y === undefined ? box.y + box.height / 2 : y;
  svg.setAttribute("viewBox", `${cx - (cx - box.x) / times} ${cy - (cy - box.y) / times} ${box.width / times} ${box.height / times}`);
  svg.classList.add("moved");
  svg.classList.remove("fitted");
}
const zoomBy = (times) => (isMap() ? zoomMap(times) : zoom(times)), fitAll = () => (isMap() ? fitMap() : fit());
function placeIn(svg, event) { return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()); }
function buildView() {
  for (const one of views) {
    const { svg } = one, fingers = new Map();
    one.whole = svg.getAttribute("viewBox");
    svg.style.setProperty("--wide", `${svg.viewBox.baseVal.width * 0.66}px`);
    svg.addEventListener("wheel", (event) => { const at = placeIn(svg, event); zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, at.x, at.y); event.preventDefault(); }, { passive: false });
    svg.addEventListener("pointerdown", (event) => fingers.set(event.pointerId, event));
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) svg.addEventListener(end, (event) => fingers.delete(event.pointerId));
    svg.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before || (event.pointerType === "touch" && !svg.classList.contains("moved") && fingers.size < 2)) return;
      const others = [...fingers.values()].filter((finger) => finger.pointerId !== event.pointerId);
      if (others.length) {
        const [other] = others, apart = (finger) => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY);
        const at = placeIn(svg, other);
        if (apart(before) > 0) zoom(apart(event) / apart(before), at.x, at.y);
      } else {
        const here = placeIn(svg, event), there = placeIn(svg, before), box = frame();
        svg.setAttribute("viewBox", `${box.x + there.x - here.x} ${box.y + there.y - here.y} ${box.width} ${box.height}`);
        svg.classList.add("moved");
      }
      fingers.set(event.pointerId, event);
    });
  }
  byId("in").addEventListener("click", () => zoomBy(1.25));
  byId("out").addEventListener("click", () => zoomBy(0.8));
  byId("fit").addEventListener("click", fitAll);
  const toggle = byId("functions");
  if (toggle) toggle.addEventListener("click", () => {
    stop();
    views[state.view].box.hidden = true;
    state.view = 1 - state.view;
    views[state.view].box.hidden = false;
    state.at = null; told = null; byId("details").replaceChildren();
    toggle.textContent = state.view ? "Open functions" : "Close functions";
    update(null);
  });
}

// theme: the reader's own choice beats the system's
function buildTheme() {
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    map.color = null;
    drawSoon();
  });
}

// the state in the address: #x=-2&y=5&step=3
function linkText() {
  const few = D.inputs.length <= MOST_ROWS, moved = (h, k) => (isArray(tape.value[h]) ? tape.value[h].d.some((one, i) => one !== START[k].d[i]) : tape.value[h] !== START[k]);
  const told = D.inputs.filter((h, k) => (few && !isArray(tape.value[h])) || moved(h, k));
  const parts = told.map((h) => `${encodeURIComponent(D.label[h])}=${isArray(tape.value[h]) ? tape.value[h].d.join(",") : tape.value[h]}`);
  if (state.at !== null) parts.push(`step=${state.at}`);
  return "#" + parts.join("&");
}
let waiting = null;
function keep() {
  if (!D.live || state.practice || !ready) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    // inside a sandboxed frame there is no history to write to; the state then simply has no address
    try { history.replaceState(null, "", linkText()); } catch (error) { if (error.name !== "SecurityError") throw error; }
  }, 250);
}
function restore() {
  if (!D.live) return;
  for (const part of location.hash.slice(1).split("&").slice(0, 2000)) {
    const at = part.indexOf("=");
    let name;
    try { name = decodeURIComponent(part.slice(0, at)); } catch (error) { if (error instanceof URIError) continue; throw error; }
    const h = D.inputs.find((k) => D.label[k] === name);
    if (h !== undefined && isArray(tape.value[h])) {
      const numbers = part.slice(at + 1).split(",").map(Number);
      if (numbers.length === tape.value[h].d.length && !numbers.some(Number.isNaN) && !D.arrays.fixed.includes(h)) tape.value[h].d = numbers;
      continue;
    }
    const value = Number(part.slice(at + 1));
    if (at > 0 && part.length > at + 1 && !Number.isNaN(value)) {
      if (h !== undefined) tape.value[h] = value;
      else if (name === "step") state.at = Math.max(0, Math.min(view().steps.length, Math.trunc(value)));
    }
  }
}
function buildLink() {
  byId("link").addEventListener("click", async () => {
    const address = location.href.split("#")[0] + linkText(), field = byId("address");
    field.value = address; field.hidden = false; field.focus(); field.select();
    let copied = false;
    if (navigator.clipboard) copied = await navigator.clipboard.writeText(address).then(() => true, () => false);
    byId("said").textContent = copied ? "Link copied." : "The link is in the field.";
  });
  byId("start").addEventListener("click", () => {
    if (state.practice) return; D.inputs.forEach((h, k) => { tape.value[h] = copyOf(START[k]); }); go(state.at); });
}
let ready = false;

// The drawing: finds its elements by their stable ids, fills in numbers, tells what is hidden.

const byId = (id) => document.getElementById(id);
const state = { at: null, view: 0, practice: null, mode: null }; // mode: null backward, else the input that moves
let style = { integers: false, decimals: 2 };

const views = D.views.map((view, number) => {
  const box = byId(`view-${number}`);
  const svg = box.querySelector("svg"), uses = new Map();
  const links = view.links.map(([source, target, position]) => {
    uses.set(source, (uses.get(source) || 0) + 1);
    const at = `${view.prefix}%-n${target}-${position}`, find = (kind) => byId(at.replace("%", kind));
    return { source, target, position, edge: find("edge"), label: find("edge")?.querySelector(".label"), local: find("local"), share: find("contribution") };
  });
  const units = view.units.map((unit) => ({
    unit, node: byId(`${view.prefix}node-n${unit}`), value: byId(`${view.prefix}value-n${unit}`), gradient: byId(`${view.prefix}gradient-n${unit}`),
    into: links.filter((link) => link.target === unit),
  }));
  links.forEach((link) => { link.forks = uses.get(link.source) > 1; });
  const byRoles = Object.keys(view.bundles).length > 0; // what stands for many is not stepped through
  return { ...view, box, svg, units, links, unit: new Map(units.map((one) => [one.unit, one])), reverse: byRoles ? [] : stepsOf(units),
    ahead: byRoles ? [] : units.filter((one) => one.into.length).map((one) => ({ kind: "forward", one })),
    get steps() { return state.mode === null ? this.reverse : this.ahead; } };
});
const view = () => views[state.view];

// A link's slope and what goes back along it; of a closed function the whole of it
function slopeOf(link) {
  const members = view().calls[link.target];
  if (!members) return tape.slope[link.target][link.position];
  const slope = D.arrays ? undefined : throughCall(link.target, members).get(link.source);
  return slope === undefined || !D.flows[link.source] ? null : slope;
}
function shareOf(link) {
  if (!view().calls[link.target]) return tape.share[link.target][link.position];
  const slope = slopeOf(link), up = tape.gradient[link.target];
  return slope === null || up === null ? null : up * slope;
}
const single = (link) => !view().bundles[link.source] && !view().bundles[link.target];
function carries(link) { return Boolean(D.flows[link.source] && D.flows[link.target] && slopeOf(link) !== null); }

// Steps: values in order, the seed, then every link on the way back
function stepsOf(units) {
  const forward = units.filter((one) => one.into.length).map((one) => ({ kind: "forward", one }));
  const back = [];
  for (let i = units.length - 1; i >= 0; i--) {
    for (const link of units[i].into) if (D.flows[link.source] && D.flows[link.target] && link.local) back.push({ kind: "back", one: units[i], link });
  }
  if (!D.scalar) return forward; // several outputs, or an array: there is no one gradient
  const seen = new Map();
  for (const step of back) {
    step.count = (seen.get(step.link.source) || 0) + 1;
    seen.set(step.link.source, step.count);
  }
  for (const step of back) step.last = step.count === seen.get(step.link.source);
  return [...forward, { kind: "seed" }, ...back];
}

function chooseStyle() {
  if (D.decimals !== null) { style = { integers: false, decimals: D.decimals }; return; }
  const whole = (value) => every(value, (number) => number === null || typeof number === "boolean" || !isFinite(number) || Number.isInteger(number));
  const current = view();
  const integers = current.units.every(({ unit }) => OP[unit] === "constant" || [...endsOf(unit, (h) => tape.value[h]), ...endsOf(unit, lowerOf)].every(whole))
    && current.links.every((link) => !single(link) || (whole(slopeOf(link)) && (!link.forks || whole(shareOf(link)))));
  style = { integers, decimals: 2 };
}

// The least and the greatest number of what a unit stands for; of a single node its number
function endsOf(unit, find) {
  const members = view().bundles[unit];
  if (!members) return [find(unit)];
  let least = Infinity, greatest = -Infinity, odd = false, any = false;
  for (const h of members) {
    const number = find(h);
    if (number === null || number === undefined) continue;
    any = true;
    if (number !== number) odd = true;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  return !any ? [null] : odd ? [NaN] : least === greatest ? [least] : [least, greatest];
}
const rangeText = (unit, find) => [...new Set(endsOf(unit, find).map((end) => shown(end, style)))].join(" \u2026 ");
const numberText = (value) => (isArray(value) ? arrayText(value, (one) => shown(one, style)) : shown(value, style));
const valueText = (h) => D.live ? numberText(tape.value[h]) : D.recorded.value[h] || "";
// Below the wire: the gradient, in forward mode the tangent
const lowerOf = (h) => state.mode === null ? gradientOf(h) : D.flows[h] ? tape.tangent[h] : null;
const gradientText = (h) => D.live ? numberText(lowerOf(h)) : D.recorded.gradient[h] || "";
const localOf = (link) => jacobianOf.get(`${link.target} ${link.position}`) || slopeOf(link);
const slopeText = (link) => D.live ? numberText(localOf(link)) : D.recorded.slope[link.target][link.position] || "";
const shareText = (link) => D.live ? numberText(shareOf(link)) : D.recorded.share[link.target][link.position] || "";
const plus = (text) => (text && text[0] !== MINUS ? "+" + text : text);

// What the browser need not do again it is not asked to: texts and classes are remembered
const written = new Map(), away = new Set(), narrow = new Map(), wide = new Set();
for (const one of views) for (const unit of one.units) if (one.bundles[unit.unit]) wide.add(unit.value).add(unit.gradient);
const roomOf = (element) => (wide.has(element) ? 2 * D.room + 3 : D.room);
function put(element, text) {
  if (!element || element.tagName !== "text" || written.get(element) === text) return;
  written.set(element, text);
  if (element.firstChild) element.firstChild.data = text; else element.textContent = text;
  const room = roomOf(element), size = text.length > room ? room / text.length : 1; // longer numbers are set smaller
  if (size !== 1 || narrow.has(element)) {
    if (!narrow.has(element)) narrow.set(element, Number(element.getAttribute("font-size")));
    element.setAttribute("font-size", narrow.get(element) * size);
  }
}
// A number into its element, the entries of an array into their own
const cells = new Map();
function fill(element, value, sign) {
  if (!element) return;
  if (!isArray(value)) { if (element.tagName === "text") put(element, sign ? plus(shown(value, style)) : shown(value, style)); return; }
  if (!cells.has(element)) cells.set(element, [...element.querySelectorAll("text[data-i]")].map((cell) => [cell, Number(cell.dataset.i)]));
  for (const [cell, i] of cells.get(element)) put(cell, shown(value.d[i], style));
}
function hide(element, hidden) {
  if (!element || away.has(element) === hidden) return;
  if (hidden) away.add(element); else away.delete(element);
  element.classList.toggle("off", hidden);
}

function paint() {
  const current = view(), steps = current.steps, at = state.at === null ? steps.length : state.at;
  const done = new Set(steps.slice(0, at)), seeded = state.at === null || steps.slice(0, at).some((step) => step.kind === "seed");
  const arrived = new Map();
  for (const step of done) {
    if (step.kind === "back" && D.live) arrived.set(step.link.source, plusOf(arrived.get(step.link.source) || 0, shareOf(step.link) || 0));
    else if (step.kind === "back") arrived.set(step.link.source, null);
  }
  const values = new Set(steps.filter((step) => step.kind === "forward" && !done.has(step)).map((step) => step.one.unit));
  const reached = new Set(steps.filter((step) => step.kind === "back").map((step) => step.link.source));
  for (const { unit, value, gradient } of current.units) {
    const many = view().bundles[unit] !== undefined;
    if (D.live && many) put(value, rangeText(unit, (h) => tape.value[h])); else if (D.live) fill(value, tape.value[unit]);
    hide(value, values.has(unit) || hiddenByPractice("value", unit));
    const whole = state.at === null || !arrived.has(unit) || !D.live;
    if (D.live && many) put(gradient, rangeText(unit, lowerOf)); else if (D.live) fill(gradient, whole ? lowerOf(unit) : arrived.get(unit));
    const visible = state.at === null || (state.mode !== null ? !values.has(unit) : isOutput(unit) ? seeded : reached.has(unit) ? arrived.has(unit) : seeded && at === steps.length);
    hide(gradient, !visible || hiddenByPractice("gradient", unit));
  }
  const backs = new Map(steps.filter((step) => step.kind === "back").map((step) => [step.link, step]));
  for (const link of current.links) {
    if (D.live && link.local) { fill(link.local, localOf(link)); fill(link.share, shareOf(link), true); }
    const later = (state.mode !== null ? values.has(link.target) : backs.has(link) && !done.has(backs.get(link))) || hiddenByPractice("gradient", link.source);
    hide(link.label, later);
    hide(link.share, later || state.mode !== null);
  }
  hide(current.svg.querySelector(".legend"), state.mode !== null);
  if (!state.practice) mark(state.at === null || state.at === 0 ? null : steps[at - 1]);
}

function isOutput(unit) { return D.outputs.includes(unit) || D.outputs.includes(view().alias[unit]); }

let marked = null;
function mark(step) {
  if (step === marked) return;
  marked = step;
  const current = view();
  for (const { node } of current.units) node.classList.remove("cur", "forward", "backward");
  for (const { edge } of current.links) edge.classList.remove("cur", "in");
  if (!step) return;
  follow(step.kind === "back" ? step.link.edge : step.kind === "forward" ? step.one.node : null);
  if (step.kind === "forward") {
    step.one.node.classList.add("cur", "forward");
    for (const { edge } of step.one.into) edge.classList.add("in");
  } else if (step.kind === "seed") {
    const last = current.units.find(({ unit }) => isOutput(unit));
    if (last) last.node.classList.add("cur", "backward");
  } else {
    step.link.edge.classList.add("cur");
    step.one.node.classList.add("cur", "backward");
  }
}

// Where the picture is wider than its place, what the step is about comes to the middle
function follow(element) {
  const { box } = view();
  if (!element || box.scrollWidth <= box.clientWidth) return;
  const here = element.getBoundingClientRect(), around = box.getBoundingClientRect();
  box.scrollLeft += (here.left + here.right - around.left - around.right) / 2;
}

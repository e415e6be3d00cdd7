// Data, state, descent, controls. What is seen is drawn by playground_views.js.
const GIVEN = JSON.parse(document.getElementById("tables").textContent);
const $ = (id) => document.getElementById(id);

function unpack(name) { // operations and static arguments stand once in the page
  const { op, params, ...rest } = GIVEN.tables[name];
  return { op: op.map((k) => GIVEN.ops[k]), params: params.map((k) => GIVEN.params[k]), ...rest };
}

let seed = 1;
function random() { // mulberry32, by Tommy Ettinger
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const SHAPES = { // a point of class c at the share t of its curve
  circles: (c, t) => [Math.cos(2 * Math.PI * t) * (c ? 0.45 : 0.95), Math.sin(2 * Math.PI * t) * (c ? 0.45 : 0.95)],
  spiral: (c, t) => [t * Math.sin(4 * (c + t)), t * Math.cos(4 * (c + t))],
  xor: (c, t, i) => {
    const a = 0.1 + 0.9 * random(), b = 0.1 + 0.9 * random(), s = i % 2 ? 1 : -1;
    return [a * s, b * s * (c ? -1 : 1)];
  },
  moons: (c, t) => [(c ? 0.35 : -0.35) + (c ? -0.7 : 0.7) * Math.cos(Math.PI * t), (c ? 0.2 : -0.15) + (c ? -0.7 : 0.7) * Math.sin(Math.PI * t)],
  blobs: (c) => {
    const turn = Math.PI / 2 + (2 * Math.PI * c) / 3;
    return [0.65 * Math.cos(turn) + 0.15 * normal(), 0.65 * Math.sin(turn) + 0.15 * normal()];
  },
};

function make(name, noise, each) {
  const points = [], classes = name === "spiral" || name === "blobs" ? 3 : 2;
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < each; i++) {
      const [x, y] = SHAPES[name](c, i / each, i);
      points.push([x + noise * normal(), y + noise * normal(), c]);
    }
  return { points, classes };
}

function fill(data, X, y) {
  data.points.forEach(([a, b, c], i) => {
    X.d[2 * i] = a;
    X.d[2 * i + 1] = b;
    y.d[i] = c;
  });
}

let state = null, running = false;

function begin() {
  const depth = Number($("depth").value), width = Number($("width").value);
  $("depth-told").textContent = depth;
  $("width-told").textContent = width;
  seed = 7;
  const noise = Number($("noise").value), data = make($("data").value, noise, 80), held = make($("data").value, noise, 80);
  const table = unpack(`${$("loss").value}-${depth}-${depth ? $("activation").value : "none"}`);
  const sizes = { N: data.points.length, C: data.classes };
  for (let layer = 1; layer <= depth; layer++) sizes[`H${layer}`] = width;
  const inputs = {}, parameters = {}, moving = {}, squares = {};
  for (let h = 0; h < table.op.length; h++) if (table.op[h] === "input") inputs[h] = array(fixed(table.params[h].shape, sizes));
  for (const name of Object.keys(table.names)) {
    const h = table.names[name];
    if (!/^[Wb]\d$/.test(name)) continue;
    parameters[name] = inputs[h];
    if (name[0] === "W") for (let i = 0; i < inputs[h].d.length; i++) inputs[h].d[i] = normal() * Math.sqrt(2 / inputs[h].s[0]);
    moving[name] = new Float64Array(inputs[h].d.length);
    squares[name] = new Float64Array(inputs[h].d.length);
  }
  const { X, y } = table.names, others = { ...inputs, [X]: array(inputs[X].s), [y]: array(inputs[y].s) };
  fill(data, inputs[X], inputs[y]);
  fill(held, others[X], others[y]);
  state = {
    depth, width, data, held, table, sizes, inputs, others, parameters, moving, squares, step: 0, losses: [], heldLosses: [], values: null,
    all: table.needed.map(Boolean), ahead: behind(table, ["S", ...Array.from({ length: depth }, (_, k) => `h${k + 1}`)]), forward: behind(table, ["S", "data"]),
  };
  measure();
  build();
  show();
  tell();
}

function measure() {
  const { table, inputs, sizes } = state;
  inputs[table.names.lam].d[0] = Number($("lam").value);
  state.values = evaluate(table, inputs, sizes, state.all);
  state.loss = state.values[table.names.L].d[0];
  state.accuracy = share(state.values, state.data);
}

function judge() { // the new points, which no step has seen
  const values = evaluate(state.table, state.others, state.sizes, state.forward);
  state.heldLoss = values[state.table.names.data].d[0];
  state.heldAccuracy = share(values, state.held);
}

function share(values, data) {
  const scores = values[state.table.names.S].d, c = state.sizes.C;
  return data.points.reduce((right, point, i) => right + (best(scores, i * c, c) === point[2] ? 1 : 0), 0) / data.points.length;
}

function best(d, at, c) {
  let k = 0;
  for (let j = 1; j < c; j++) if (d[at + j] > d[at + k]) k = j;
  return k;
}

function advance() {
  const rate = Number($("rate").value), adam = $("rule").value === "Adam", t = ++state.step;
  for (const name in state.parameters) {
    const p = state.parameters[name].d, g = state.values[state.table.names[`dL_d${name}`]].d, m = state.moving[name], v = state.squares[name];
    for (let i = 0; i < p.length; i++) {
      if (!adam) { p[i] -= rate * g[i]; continue; }
      m[i] = 0.9 * m[i] + 0.1 * g[i];
      v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
      p[i] -= rate * (m[i] / (1 - 0.9 ** t)) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
    }
  }
  measure();
}

let drawing = 0; // milliseconds that the last picture took; learning gets as much

function play() {
  if (!running) return;
  const until = performance.now() + Math.min(120, Math.max(12, drawing));
  do advance(); while (Number.isFinite(state.loss) && performance.now() < until);
  if (!Number.isFinite(state.loss)) toggle();
  const began = performance.now();
  show();
  drawing = performance.now() - began;
  requestAnimationFrame(play);
}

function toggle() {
  running = !running;
  $("run").textContent = running ? "Pause" : "Start";
  if (running) requestAnimationFrame(play);
  else tell();
}

function summary() {
  const now = `step ${state.step}, loss ${state.loss.toFixed(4)}, ${(100 * state.accuracy).toFixed(1)} % right`;
  return Number.isFinite(state.loss) ? `${now}; ${(100 * state.heldAccuracy).toFixed(1)} % of new points` : `${now}; the learning rate is too large`;
}

function tell() { // spoken when something has come to rest, not sixty times a second
  $("spoken").textContent = summary();
  $("map").setAttribute("aria-label", `regions of the ${state.sizes.C} classes and the examples; ${summary()}`);
}

function preset() { // an address such as #data=spiral&depth=2 sets the controls
  for (const pair of location.hash.slice(1).split("&")) {
    const [id, value] = pair.split("=", 2), control = CONTROLS.includes(id) ? $(id) : null;
    if (!control || value === undefined) continue;
    const before = control.value;
    control.value = value;
    if (control.value !== value) control.value = before; // no such choice
  }
}

const CONTROLS = ["data", "noise", "depth", "width", "activation", "loss", "lam", "rule", "rate", "lines"];

function start() {
  preset();
  addEventListener("hashchange", () => { preset(); begin(); });
  $("run").addEventListener("click", toggle);
  $("step").addEventListener("click", () => { advance(); show(); tell(); });
  $("again").addEventListener("click", begin);
  for (const id of ["data", "depth", "width", "activation", "noise", "loss"]) $(id).addEventListener("input", begin);
  for (const id of ["lam", "lines"]) $(id).addEventListener("input", () => { measure(); show(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show());
  begin();
}

// Arrays are {s: shape, d: Float64Array}. Tables come from Python; see playground.py.
const GIVEN = JSON.parse(document.getElementById("tables").textContent);
const $ = (id) => document.getElementById(id);
const count = (shape) => shape.reduce((a, b) => a * b, 1);
const array = (s) => ({ s, d: new Float64Array(count(s)) });
const fixed = (shape, sizes) => shape.map((one) => (typeof one === "string" ? sizes[one] : one));

function steps(shape, from) { // strides of an operand inside a result's shape, 0 where it is repeated
  const out = new Array(shape.length).fill(0);
  let step = 1;
  for (let k = 1; k <= from.length; k++) {
    const size = from[from.length - k];
    out[shape.length - k] = size === 1 ? 0 : step;
    step *= size;
  }
  return out;
}

function elementwise(op, operands, shape) {
  const f = OPS[op][0], out = array(shape), n = out.d.length;
  const whole = operands.map((one) => one.d.length === n), single = operands.map((one) => one.d.length === 1);
  if (operands.every((one, k) => whole[k] || single[k])) {
    const [a, b, c] = operands.map((one) => one.d), [u, v, w] = whole.map(Number);
    if (operands.length === 1) for (let i = 0; i < n; i++) out.d[i] = f(a[i * u]);
    else if (operands.length === 2) for (let i = 0; i < n; i++) out.d[i] = f(a[i * u], b[i * v]);
    else for (let i = 0; i < n; i++) out.d[i] = f(a[i * u], b[i * v], c[i * w]);
    return out;
  }
  const columns = shape[shape.length - 1], rows = n / columns; // at most two axes here
  const moves = operands.map((one) => steps(shape, one.s));
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      out.d[i * columns + j] = f(...operands.map((one, k) => one.d[(shape.length > 1 ? i * moves[k][0] : 0) + j * moves[k][shape.length - 1]]));
  return out;
}

function matmul(a, b, shape) {
  const out = array(shape), [n, m] = a.s, p = b.s[1];
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) {
      const left = a.d[i * m + k];
      if (left !== 0) for (let j = 0; j < p; j++) out.d[i * p + j] += left * b.d[k * p + j];
    }
  return out;
}

function reduce(op, x, axis, shape) {
  const out = array(shape), largest = op === "max";
  if (largest) out.d.fill(-Infinity);
  const columns = x.s.length > 1 ? x.s[1] : 1;
  const at = axis === null || x.s.length === 1 ? () => 0 : axis === 0 ? (i) => i % columns : (i) => Math.floor(i / columns);
  for (let i = 0; i < x.d.length; i++) {
    const place = at(i);
    out.d[place] = largest ? Math.max(out.d[place], x.d[i]) : out.d[place] + x.d[i];
  }
  if (op === "mean") for (let i = 0; i < out.d.length; i++) out.d[i] /= x.d.length / out.d.length;
  return out;
}

function spread(x, shape) {
  const out = array(shape), move = steps(shape, x.s), columns = shape[shape.length - 1] || 1;
  for (let i = 0; i < out.d.length; i++)
    out.d[i] = x.d[shape.length > 1 ? Math.floor(i / columns) * move[0] + (i % columns) * move[1] : shape.length ? i * move[0] : 0];
  return out;
}

function compute(op, params, shape, operands) {
  const [a, b] = operands;
  if (OPS[op]) return elementwise(op, operands, shape);
  if (op === "matmul") return matmul(a, b, shape);
  if (op === "sum" || op === "mean" || op === "max") return reduce(op, a, params.axis, shape);
  if (op === "stop_gradient") return a;
  if (op === "broadcast_to") return spread(a, shape);
  if (op === "transpose") {
    const out = array(shape), [n, m] = a.s;
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) out.d[j * n + i] = a.d[i * m + j];
    return out;
  }
  if (op === "einsum" && params.subscripts === "a->ab") return spread({ s: [a.s[0], 1], d: a.d }, shape);
  if (op === "pick") {
    const out = array(shape);
    for (let i = 0; i < shape[0]; i++) out.d[i] = a.d[i * a.s[1] + b.d[i]];
    return out;
  }
  if (op === "scatter" && params.op === "pick") {
    const out = array(shape);
    for (let i = 0; i < shape[0]; i++) out.d[i * shape[1] + b.d[i]] += a.d[i];
    return out;
  }
  throw new Error(`no ${op}`);
}

function evaluate(table, inputs, sizes, wanted) {
  const values = new Array(table.op.length);
  for (let h = 0; h < table.op.length; h++) {
    const op = table.op[h], params = table.params[h];
    if (!wanted[h]) continue;
    if (op === "constant") {
      const value = typeof params.value === "string" ? sizes[params.value] : params.value;
      values[h] = { s: [], d: Float64Array.of(value) };
    } else if (op === "input") values[h] = inputs[h];
    else values[h] = compute(op, params, fixed(params.shape, sizes), table.from[h].map((one) => values[one]));
  }
  return values;
}

function behind(table, names) { // the nodes that these depend on
  const mark = new Array(table.op.length).fill(false);
  for (const name of names) if (name in table.names) mark[table.names[name]] = true;
  for (let h = mark.length - 1; h >= 0; h--) if (mark[h]) for (const one of table.from[h]) mark[one] = true;
  return mark;
}

let seed = 1;
function random() { // mulberry32, by Tommy Ettinger
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

function make(name, noise) {
  const points = [], each = 80, classes = name === "spiral" || name === "blobs" ? 3 : 2;
  for (let c = 0; c < classes; c++)
    for (let i = 0; i < each; i++) {
      const t = i / each, turn = 2 * Math.PI * t;
      let x, y;
      if (name === "circles") [x, y] = [Math.cos(turn) * (c ? 0.45 : 0.95), Math.sin(turn) * (c ? 0.45 : 0.95)];
      else if (name === "spiral") [x, y] = [t * Math.sin(4 * (c + t)), t * Math.cos(4 * (c + t))];
      else if (name === "xor") { const a = 0.1 + 0.9 * random(), b = 0.1 + 0.9 * random(), s = i % 2 ? 1 : -1; [x, y] = [a * s, b * s * (c ? -1 : 1)]; }
      else if (name === "moons") [x, y] = c ? [0.6 - Math.cos(turn / 2) * 0.7 - 0.25, 0.2 - Math.sin(turn / 2) * 0.7] : [Math.cos(turn / 2) * 0.7 - 0.35, Math.sin(turn / 2) * 0.7 - 0.15];
      else [x, y] = [0.65 * Math.cos(2 * Math.PI * c / 3 + 1.57) + 0.15 * normal(), 0.65 * Math.sin(2 * Math.PI * c / 3 + 1.57) + 0.15 * normal()];
      points.push([x + noise * normal(), y + noise * normal(), c]);
    }
  return { points, classes };
}

let state = null, running = false;

function begin() {
  const depth = Number($("depth").value), width = Number($("width").value);
  $("depth-told").textContent = depth;
  $("width-told").textContent = width;
  seed = 7;
  const data = make($("data").value, Number($("noise").value)), n = data.points.length;
  const table = GIVEN.tables[`${depth}-${depth ? $("activation").value : "none"}`];
  const sizes = { N: n, C: data.classes, H1: width, H2: width, H3: width };
  const inputs = {}, parameters = {};
  for (let h = 0; h < table.op.length; h++) if (table.op[h] === "input") inputs[h] = array(fixed(table.params[h].shape, sizes));
  for (const name of Object.keys(table.names)) {
    const h = table.names[name];
    if (!/^[Wb]\d$/.test(name)) continue;
    parameters[name] = inputs[h];
    if (name[0] === "W") for (let i = 0; i < inputs[h].d.length; i++) inputs[h].d[i] = normal() * Math.sqrt(2 / inputs[h].s[0]);
  }
  data.points.forEach(([x, y, c], i) => {
    inputs[table.names.X].d[2 * i] = x;
    inputs[table.names.X].d[2 * i + 1] = y;
    inputs[table.names.y].d[i] = c;
  });
  const moving = {}, squares = {};
  for (const name in parameters) { moving[name] = new Float64Array(parameters[name].d.length); squares[name] = new Float64Array(parameters[name].d.length); }
  state = { depth, width, data, table, sizes, inputs, parameters, moving, squares, step: 0, losses: [], values: null,
    all: table.needed.map(Boolean), ahead: behind(table, ["S", ...[1, 2, 3].map((k) => `h${k}`)]) };
  measure();
  show(true);
}

function measure() {
  const { table, inputs, sizes } = state;
  inputs[table.names.lam].d[0] = Number($("lam").value);
  state.values = evaluate(table, inputs, sizes, state.all);
  state.loss = state.values[table.names.L].d[0];
  const scores = state.values[table.names.S], c = sizes.C;
  let right = 0;
  state.data.points.forEach((point, i) => { right += best(scores.d, i * c, c) === point[2] ? 1 : 0; });
  state.accuracy = right / state.data.points.length;
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
  state.losses.push(state.loss);
  measure();
}

const rgb = (color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));
const ink = (role) => getComputedStyle(document.documentElement).getPropertyValue(`--${role}`).trim();
const REACH = 1.3;

function field(cells) { // scores and hidden values over the plane
  const { table, sizes, inputs } = state, points = array([cells * cells, 2]);
  for (let i = 0; i < cells; i++) for (let j = 0; j < cells; j++) {
    points.d[2 * (i * cells + j)] = -REACH + 2 * REACH * (j + 0.5) / cells;
    points.d[2 * (i * cells + j) + 1] = REACH - 2 * REACH * (i + 0.5) / cells;
  }
  return evaluate(table, { ...inputs, [table.names.X]: points }, { ...sizes, N: cells * cells }, state.ahead);
}

function paint(canvas, cells, color) { // color(i) -> [r, g, b, a]
  const small = document.createElement("canvas"), pen = canvas.getContext("2d");
  small.width = small.height = cells;
  const image = small.getContext("2d").createImageData(cells, cells);
  for (let i = 0; i < cells * cells; i++) image.data.set(color(i), 4 * i);
  small.getContext("2d").putImageData(image, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(small, 0, 0, canvas.width, canvas.height);
  return pen;
}

function show(fresh) {
  const { table, sizes, data } = state, cells = 48, values = field(cells), c = sizes.C, scores = values[table.names.S].d;
  const colors = GIVEN.colors.map(rgb);
  const pen = paint($("map"), cells, (i) => {
    const k = best(scores, i * c, c);
    let total = 0;
    for (let j = 0; j < c; j++) total += Math.exp(scores[i * c + j] - scores[i * c + k]);
    return [...colors[k], 26 + 100 * (1 / total - 1 / c) / (1 - 1 / c)];
  });
  for (const [x, y, k] of data.points) {
    pen.beginPath();
    pen.arc((x + REACH) / (2 * REACH) * 360, (REACH - y) / (2 * REACH) * 360, 3.2, 0, 7);
    pen.fillStyle = GIVEN.colors[k];
    pen.fill();
    pen.strokeStyle = ink("background");
    pen.lineWidth = 0.7;
    pen.stroke();
  }
  curve();
  neurons(values, cells, fresh);
  graph(fresh);
  $("told").textContent = `step ${state.step}, loss ${state.loss.toFixed(4)}, ${(100 * state.accuracy).toFixed(1)} % right`;
}

function curve() {
  const pen = $("curve").getContext("2d"), all = state.losses;
  pen.clearRect(0, 0, 360, 360);
  const top = Math.max(1.2, ...all.slice(0, 1)), finite = (v) => Math.min(v, top);
  pen.fillStyle = ink("muted");
  pen.font = "12px Helvetica, Arial, sans-serif";
  pen.fillText(top.toFixed(2), 4, 16);
  pen.fillText("0", 4, 354);
  pen.strokeStyle = ink("gate-border");
  pen.lineWidth = 2;
  pen.beginPath();
  const every = Math.max(1, Math.floor(all.length / 340));
  for (let i = 0; i < all.length; i += every) pen.lineTo(10 + 340 * i / Math.max(1, all.length - 1), 350 - 340 * finite(all[i]) / top);
  pen.stroke();
}

function neurons(values, cells, fresh) {
  const box = $("neurons"), names = [];
  for (let layer = 1; layer <= state.depth; layer++) for (let k = 0; k < state.width; k++) names.push([layer, k]);
  if (fresh) {
    box.replaceChildren(...names.map(([layer, k]) => {
      const one = document.createElement("canvas");
      one.width = one.height = 72;
      one.setAttribute("role", "img");
      one.setAttribute("aria-label", `layer ${layer}, neuron ${k + 1}`);
      one.title = `layer ${layer}, neuron ${k + 1}`;
      return one;
    }));
  }
  const up = rgb(GIVEN.colors[1]), down = rgb(GIVEN.colors[0]);
  names.forEach(([layer, k], place) => {
    const d = values[state.table.names[`h${layer}`]].d, w = state.width;
    let largest = 1e-12;
    for (let i = k; i < d.length; i += w) largest = Math.max(largest, Math.abs(d[i]));
    paint(box.children[place], cells, (i) => [...(d[i * w + k] > 0 ? up : down), 190 * Math.abs(d[i * w + k]) / largest]);
  });
}

function size(one) {
  let total = 0;
  for (const v of one.d) total += Math.abs(v);
  return total / one.d.length;
}
const told = (v) => (v === 0 ? "0" : Math.abs(v) >= 0.001 && Math.abs(v) < 1000 ? v.toPrecision(3) : v.toExponential(1));

function graph(fresh) { // the named nodes from left to right, parameters above the sums they enter
  const { table, values, depth } = state, n = table.names, stages = [[["X", n.X, null, "input"]]];
  for (let layer = 1; layer <= depth + 1; layer++) {
    const last = layer === depth + 1, sum = last ? "S" : `z${layer}`;
    stages.push([[`W${layer}`, n[`W${layer}`], n[`dL_dW${layer}`], "input"], [`b${layer}`, n[`b${layer}`], n[`dL_db${layer}`], "input"],
      [sum, n[sum], table.slopes[sum] ?? null, ""]]);
    if (!last && `h${layer}` in n) stages.push([[`h${layer}`, n[`h${layer}`], null, ""]]);
  }
  stages.push([["R", n.R, null, ""], ["data", n.data, null, ""], ["L", n.L, null, "output"]]);
  if (fresh) {
    $("graph").replaceChildren(...stages.map((stage) => {
      const column = document.createElement("div");
      column.className = "stage";
      column.append(...stage.map(([name, , , kind]) => {
        const card = document.createElement("div");
        card.className = `card ${kind}`;
        card.innerHTML = "<b></b><span class=value></span><span class=slope></span>";
        card.firstChild.textContent = name;
        return card;
      }));
      return column;
    }));
  }
  stages.forEach((stage, i) => stage.forEach(([name, h, g], j) => {
    const card = $("graph").children[i].children[j];
    card.children[1].textContent = told(size(values[h]));
    card.children[2].textContent = name === "L" ? "1" : g === null ? "" : told(size(values[g]));
  }));
}

function play() {
  if (!running) return;
  const until = performance.now() + 12;
  do advance(); while (performance.now() < until);
  if (!Number.isFinite(state.loss)) toggle();
  show(false);
  requestAnimationFrame(play);
}

function toggle() {
  running = !running;
  $("run").textContent = running ? "Pause" : "Start";
  if (running) requestAnimationFrame(play);
}

$("run").addEventListener("click", toggle);
$("step").addEventListener("click", () => { advance(); show(false); });
$("again").addEventListener("click", begin);
for (const id of ["data", "depth", "width", "activation", "noise"]) $(id).addEventListener("input", begin);
begin();

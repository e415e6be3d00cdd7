// What is seen: regions, curve, network with a map in every neuron, the graph with values and gradients.
const rgb = (color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));
const ink = (role) => getComputedStyle(document.documentElement).getPropertyValue(`--${role}`).trim();
const REACH = 1.3, CELLS = 56, UP = GIVEN.colors[1], DOWN = GIVEN.colors[0];
const low = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

function svg(tag, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  if (text !== undefined) made.textContent = text;
  return made;
}

const plane = array([CELLS * CELLS, 2]);
for (let i = 0; i < CELLS; i++) for (let j = 0; j < CELLS; j++) {
  plane.d[2 * (i * CELLS + j)] = -REACH + 2 * REACH * (j + 0.5) / CELLS;
  plane.d[2 * (i * CELLS + j) + 1] = REACH - 2 * REACH * (i + 0.5) / CELLS;
}

function field() { // scores and hidden values over the plane
  const { table, sizes, inputs } = state;
  return evaluate(table, { ...inputs, [table.names.X]: plane }, { ...sizes, N: CELLS * CELLS }, state.ahead);
}

function paint(canvas, fill) { // one pixel a cell; fill(bytes) writes red, green, blue, opacity of each
  const pen = canvas.getContext("2d"), image = pen.createImageData(CELLS, CELLS);
  fill(image.data);
  pen.putImageData(image, 0, 0);
}

function put(bytes, i, [red, green, blue], opacity) {
  bytes[4 * i] = red;
  bytes[4 * i + 1] = green;
  bytes[4 * i + 2] = blue;
  bytes[4 * i + 3] = opacity;
}

let net = null, wires = null;
const grid = document.createElement("canvas");
grid.width = grid.height = CELLS;

function build() {
  net = buildNetwork();
  wires = buildGraph();
}

function show() {
  const values = field();
  judge();
  state.losses.push([state.step, state.loss, state.heldLoss]);
  regions(values);
  curve();
  drawNetwork(values);
  drawGraph();
  $("told").textContent = summary();
}

function regions(values) {
  const { table, sizes, data } = state, c = sizes.C, scores = values[table.names.S].d, colors = GIVEN.colors.map(rgb);
  paint(grid, (bytes) => {
    for (let i = 0; i < CELLS * CELLS; i++) {
      const k = best(scores, i * c, c);
      let total = 0;
      for (let j = 0; j < c; j++) total += Math.exp(scores[i * c + j] - scores[i * c + k]);
      put(bytes, i, colors[k], 26 + 100 * (1 / total - 1 / c) / (1 - 1 / c));
    }
  });
  const canvas = $("map"), pen = canvas.getContext("2d"), size = canvas.width;
  pen.clearRect(0, 0, size, size);
  pen.drawImage(grid, 0, 0, size, size);
  pen.strokeStyle = ink("background");
  pen.lineWidth = 1.4;
  for (const [x, y, k] of data.points) {
    pen.beginPath();
    pen.arc((x + REACH) / (2 * REACH) * size, (REACH - y) / (2 * REACH) * size, 6.4, 0, 7);
    pen.fillStyle = GIVEN.colors[k];
    pen.fill();
    pen.stroke();
  }
}

function curve() {
  const canvas = $("curve"), pen = canvas.getContext("2d"), all = state.losses, size = canvas.width;
  const left = 70, right = size - 20, upper = 24, lower = size - 60;
  const top = Math.max(0.1, Math.min(3, Math.max(...all.slice(0, 40).map((one) => one[1])) * 1.1));
  const last = Math.max(1, state.step), across = (step) => left + (right - left) * step / last;
  const down = (loss) => lower - (lower - upper) * Math.min(Number.isFinite(loss) ? loss : top, top) / top;
  pen.clearRect(0, 0, size, size);
  pen.font = "24px Helvetica, Arial, sans-serif";
  pen.lineWidth = 1.5;
  for (let k = 0; k <= 4; k++) {
    pen.strokeStyle = ink("cluster-border");
    pen.beginPath();
    pen.moveTo(left, down(top * k / 4));
    pen.lineTo(right, down(top * k / 4));
    pen.stroke();
    pen.fillStyle = ink("muted");
    pen.textAlign = "right";
    pen.fillText((top * k / 4).toFixed(2), left - 8, down(top * k / 4) + 8);
  }
  pen.textAlign = "center";
  pen.fillText("0", left, size - 26);
  if (state.step) pen.fillText(`step ${state.step}`, right - 60, size - 26);
  const every = Math.max(1, Math.floor(all.length / 350));
  for (const [place, role, dashes] of [[2, "output-border", [10, 8]], [1, "gate-border", []]]) {
    pen.strokeStyle = ink(role);
    pen.lineWidth = 4;
    pen.setLineDash(dashes);
    pen.beginPath();
    all.forEach((one, i) => { if (i % every === 0 || i === all.length - 1) pen.lineTo(across(one[0]), down(one[place])); });
    pen.stroke();
  }
  pen.setLineDash([]);
}

// The network: a column per layer, a line per weight.
const TILE = 46, PITCH = 54, APART = 128;

function buildNetwork() {
  const { depth, width, sizes } = state, columns = [2, ...Array(depth).fill(width), sizes.C], box = $("network");
  const tallest = Math.max(...columns), high = tallest * PITCH + 26, wide = APART * (columns.length - 1) + TILE + 40;
  const spot = (layer, k) => [20 + TILE / 2 + APART * layer, 26 + PITCH * (k + 0.5 + (tallest - columns[layer]) / 2)];
  const sheet = svg("svg", { width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, "aria-hidden": "true" }), lines = [], tiles = [];
  for (let layer = 0; layer <= depth; layer++)
    for (let i = 0; i < columns[layer]; i++)
      for (let j = 0; j < columns[layer + 1]; j++) {
        const [x, y] = spot(layer, i), [u, v] = spot(layer + 1, j);
        const line = svg("path", { d: `M${x},${y}C${x + 50},${y} ${u - 50},${v} ${u},${v}`, fill: "none" });
        lines.push([line, `W${layer + 1}`, i * columns[layer + 1] + j]);
        sheet.append(line);
      }
  columns.forEach((count, layer) => {
    const heading = layer === 0 ? "input" : layer > depth ? "scores" : `h${low(layer)}`;
    sheet.append(svg("text", { x: spot(layer, 0)[0], y: 14, "text-anchor": "middle", class: "heading" }, heading));
  });
  const made = [sheet];
  columns.forEach((count, layer) => {
    for (let k = 0; k < count; k++) {
      const [x, y] = spot(layer, k), one = document.createElement("canvas");
      one.width = one.height = CELLS;
      one.style.left = `${x - TILE / 2}px`;
      one.style.top = `${y - TILE / 2}px`;
      const name = layer === 0 ? `x${low(k + 1)}` : layer > depth ? `score of class ${k + 1}` : `layer ${layer}, neuron ${k + 1}`;
      one.setAttribute("role", "img");
      one.setAttribute("aria-label", name);
      one.title = name;
      if (layer > 0 && layer <= depth) one.className = "neuron";
      if (layer > depth) one.style.borderColor = GIVEN.colors[k];
      tiles.push([one, layer, k]);
      made.push(one);
    }
  });
  box.replaceChildren(...made);
  box.style.width = `${wide}px`;
  box.style.height = `${high}px`;
  return { lines, tiles };
}

function drawNetwork(values) {
  const { table, depth, width, sizes } = state, up = rgb(UP), down = rgb(DOWN), rest = GIVEN.rest[$("activation").value];
  for (const [canvas, layer, k] of net.tiles) {
    const first = layer === 0, w = first ? 2 : layer > depth ? sizes.C : width;
    const d = first ? plane.d : values[table.names[layer > depth ? "S" : `h${layer}`]].d;
    const zero = layer > 0 && layer <= depth ? rest : 0;
    let largest = 1e-12;
    for (let i = k; i < d.length; i += w) largest = Math.max(largest, Math.abs(d[i] - zero));
    paint(canvas, (bytes) => {
      for (let i = 0, at = k; at < d.length; i++, at += w) put(bytes, i, d[at] > zero ? up : down, 205 * Math.abs(d[at] - zero) / largest);
    });
  }
  const slopes = $("lines").value === "gradients", shown = {};
  for (let layer = 1; layer <= depth + 1; layer++) {
    const d = slopes ? state.values[table.names[`dL_dW${layer}`]].d : state.parameters[`W${layer}`].d;
    shown[`W${layer}`] = [d, d.reduce((most, one) => Math.max(most, Math.abs(one)), 1e-300)];
  }
  for (const [line, name, place] of net.lines) {
    const [d, most] = shown[name], part = Number.isFinite(d[place] / most) ? d[place] / most : 0;
    line.setAttribute("stroke", part > 0 ? UP : DOWN);
    line.setAttribute("stroke-width", (0.4 + 4.2 * Math.abs(part)).toFixed(2));
    line.setAttribute("stroke-opacity", (0.18 + 0.72 * Math.abs(part)).toFixed(2));
  }
}

// The graph: named nodes from left to right, parameters above the sums they enter; gradients run back along the red lines.
const WIDE = 104, HIGH = 62, STEP = 134, ROW = 108;

function describe() { // [name, handle of the value, handle of the gradient or its number, column, row, kind, users]
  const { table, depth } = state, n = table.names, found = [["X", n.X, null, 0, 1, "input", [depth ? "z1" : "S"]]];
  for (let layer = 1; layer <= depth + 1; layer++) {
    const end = layer > depth, sum = end ? "S" : `z${layer}`, column = 2 * layer - 1;
    found.push([`W${layer}`, n[`W${layer}`], n[`dL_dW${layer}`], column - 0.42, 0, "input", [sum]]);
    found.push([`b${layer}`, n[`b${layer}`], n[`dL_db${layer}`], column + 0.42, 0, "input", [sum]]);
    found.push([sum, n[sum], table.slopes[sum] ?? null, column, 1, "", [end ? "data" : `h${layer}`]]);
    if (!end) found.push([`h${layer}`, n[`h${layer}`], table.slopes[`h${layer}`] ?? null, column + 1, 1, "", [layer === depth ? "S" : `z${layer + 1}`]]);
  }
  const column = 2 * depth + 2;
  found.push(["data", n.data, 1, column, 1, "", ["L"]], ["R", n.R, 1, column + 0.5, 0, "", ["L"]], ["L", n.L, 1, column + 1, 1, "output", []]);
  return found.map(([name, value, slope, ...rest]) => [name, value, typeof slope === "number" && ["data", "R", "L"].includes(name) ? { seed: 1 } : slope, ...rest]);
}

function buildGraph() {
  const nodes = describe(), far = Math.max(...nodes.map((one) => one[3])), wide = far * STEP + WIDE + 16, high = ROW + HIGH + 20;
  const sheet = svg("svg", { width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": "computational graph; its numbers stand in the table below" });
  const corner = (column, row) => [8 + column * STEP, 8 + row * ROW], places = {}, cards = [], flows = [];
  for (const [name, , , column, row] of nodes) places[name] = corner(column, row);
  for (const [name, , slope, , row, , users] of nodes)
    for (const user of users) {
      const [x, y] = places[name], [u, v] = places[user], above = row === 0;
      const from = above ? [x + WIDE / 2, y + HIGH] : [x + WIDE, y + HIGH / 2 - 5], to = above ? [u + WIDE / 2 + (x < u ? -14 : 14), v] : [u, v + HIGH / 2 - 5];
      const path = (shift) => (above
        ? `M${from[0] + shift},${from[1]}C${from[0] + shift},${from[1] + 24} ${to[0] + shift},${to[1] - 24} ${to[0] + shift},${to[1]}`
        : `M${from[0]},${from[1] + shift}L${to[0]},${to[1] + shift}`);
      sheet.append(svg("path", { d: path(0), class: "wire", fill: "none" }));
      const back = svg("path", { d: path(above ? 7 : 12), class: "back", fill: "none" });
      if (slope !== null) { sheet.append(back); flows.push([back, slope]); }
    }
  for (const [name, value, slope, , , kind] of nodes) {
    const [x, y] = places[name], number = svg("text", { x: x + WIDE - 8, y: y + 19, class: "value" }), red = svg("text", { x: x + WIDE - 8, y: y + 41, class: "slope" });
    const bar = svg("rect", { x: x + 8, y: y + 49, width: 0, height: 5, rx: 2.5, class: "bar" });
    sheet.append(svg("rect", { x, y, width: WIDE, height: HIGH, rx: 9, class: `card ${kind}` }), svg("text", { x: x + 9, y: y + 20, class: name.length > 2 ? "name long" : "name" }, name.replace(/\d/, low)), number, red, bar);
    cards.push([name, value, slope, number, red, bar]);
  }
  $("graph").replaceChildren(sheet);
  const rows = cards.map(([name]) => {
    const row = document.createElement("tr");
    row.innerHTML = "<th scope=row></th><td class=value></td><td class=slope></td>";
    row.firstChild.textContent = name;
    return row;
  });
  $("numbers").replaceChildren(...rows);
  return { cards, flows, rows };
}

function mean(one) {
  let total = 0;
  for (const v of one.d) total += Math.abs(v);
  return total / one.d.length;
}
const short = (v) => (v === 0 ? "0" : Math.abs(v) >= 0.001 && Math.abs(v) < 1000 ? v.toPrecision(3) : v.toExponential(1).replace("-", "−"));
const strength = (v) => (v > 0 ? Math.min(1, Math.max(0, (Math.log10(v) + 8) / 8)) : 0); // 1e-8 … 1 on a logarithmic scale; 0 for NaN

function drawGraph() {
  const slopeOf = (slope) => (slope === null ? null : slope.seed ?? mean(state.values[slope]));
  wires.cards.forEach(([, value, slope, number, red, bar], k) => {
    const size = slopeOf(slope);
    number.textContent = short(mean(state.values[value]));
    red.textContent = size === null ? "" : short(size);
    bar.setAttribute("width", size === null ? 0 : (strength(size) * (WIDE - 16)).toFixed(1));
    wires.rows[k].children[1].textContent = number.textContent;
    wires.rows[k].children[2].textContent = red.textContent;
  });
  for (const [path, slope] of wires.flows) path.setAttribute("stroke-width", (0.3 + 5 * strength(slopeOf(slope))).toFixed(2));
}

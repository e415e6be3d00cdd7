// Every node of a graph that is too large to be drawn whole: a canvas with zoom, pan, and details of what is under the pointer.

const CELL_WIDE = 168, CELL_HIGH = 56, NODE_WIDE = 124, NODE_HIGH = 36;
const MOST_LINES = 20000, NEAREST = 3, FAR = 8 * 168;
const map = { k: 1, x: 0, y: 0, chosen: null, at: null, drawn: false, box: null, pen: null, color: null, columns: null, bounds: null };

const xOf = (h) => D.canvas.column[h] * CELL_WIDE;
const yOf = (h) => D.canvas.row[h] * CELL_HIGH;
const isMap = () => map.box !== null && !map.box.hidden;

function buildCanvas() {
  if (!D.canvas) return;
  const toggle = byId("all");
  map.box = byId("map");
  map.pen = map.box.getContext("2d");
  map.at = new Map();
  let wide = 0, high = 0;
  for (let h = 0; h < SIZE; h++) {
    if (D.canvas.column[h] < 0) continue;
    map.at.set(D.canvas.column[h] * 1e7 + D.canvas.row[h], h);
    wide = Math.max(wide, D.canvas.column[h]); high = Math.max(high, D.canvas.row[h]);
  }
  map.bounds = [wide * CELL_WIDE + NODE_WIDE, high * CELL_HIGH + NODE_HIGH];
  toggle.hidden = false;
  toggle.addEventListener("click", () => showMap(map.box.hidden));
  new ResizeObserver(() => { if (isMap()) { if (!map.drawn) fitMap(); drawSoon(); } }).observe(map.box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { map.color = null; drawSoon(); });
  const fingers = new Map(), place = (event) => [event.offsetX, event.offsetY];
  map.box.addEventListener("wheel", (event) => { zoomMap(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...place(event)); event.preventDefault(); }, { passive: false });
  map.box.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, place(event)); map.box.setPointerCapture(event.pointerId); choose(nodeAt(...place(event))); });
  for (const end of ["pointerup", "pointercancel"]) map.box.addEventListener(end, (event) => fingers.delete(event.pointerId));
  map.box.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId), here = place(event);
    if (!before) { if (event.pointerType === "mouse") { const h = nodeAt(...here); if (h !== null) choose(h); } return; }
    const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    if (other) {
      const apart = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]);
      if (apart(before) > 0) zoomMap(apart(here) / apart(before), ...other);
    } else { map.x += here[0] - before[0]; map.y += here[1] - before[1]; drawSoon(); }
    fingers.set(event.pointerId, here);
  });
  map.box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const h = map.chosen, act = {
      ArrowLeft: () => walk(h === null ? undefined : D.from[h].find((k) => D.canvas.column[k] >= 0)),
      ArrowRight: () => walk(h === null ? undefined : users(h).find((k) => D.canvas.column[k] >= 0)),
      ArrowUp: () => walk(beside(-1)), ArrowDown: () => walk(beside(1)),
      "+": () => zoomMap(1.25), "-": () => zoomMap(0.8), 0: fitMap,
    }[event.key];
    if (act) { act(); event.preventDefault(); event.stopPropagation(); }
  });
}

function showMap(shown) {
  map.box.hidden = !shown;
  views[state.view].box.hidden = shown;
  byId("all").textContent = shown ? "Picture by roles" : "All nodes";
  if (byId("functions")) byId("functions").hidden = shown;
  if (shown) { if (!map.drawn) fitMap(); drawSoon(); }
}

// From the keyboard: along the arrows, and to the neighbour in the same column; without a choice to the output
function walk(h) {
  if (map.chosen === null) h = D.output;
  if (h === undefined) { byId("said").textContent = "There is nothing further."; return; }
  choose(h); bringInto(h);
  byId("said").textContent = `${D.label[h]}, value ${valueText(h)}${gradientText(h) ? `, gradient ${gradientText(h)}` : ""}`;
}
function beside(step) {
  if (map.chosen === null) return undefined;
  const column = D.canvas.column[map.chosen] * 1e7;
  for (let row = D.canvas.row[map.chosen] + step, tries = 0; row >= 0 && tries < SIZE; row += step, tries++) {
    const h = map.at.get(column + row);
    if (h !== undefined) return h;
    if (row > map.bounds[1] / CELL_HIGH) break;
  }
  return undefined;
}

function choose(h) { if (h === null || h === map.chosen) return; map.chosen = h; tellNode(h); drawSoon(); }

// Bring a node into the middle, near enough to be read
function bringInto(h) {
  map.k = Math.max(map.k, 0.9);
  map.x = map.box.clientWidth / 2 - (xOf(h) + NODE_WIDE / 2) * map.k;
  map.y = map.box.clientHeight / 2 - (yOf(h) + NODE_HIGH / 2) * map.k;
  drawSoon();
}

function nodeAt(x, y) {
  const wx = (x - map.x) / map.k, wy = (y - map.y) / map.k, column = Math.floor(wx / CELL_WIDE), row = Math.floor(wy / CELL_HIGH);
  const inside = map.at.get(column * 1e7 + row);
  if (map.k > 0.3) return inside !== undefined && wx - column * CELL_WIDE <= NODE_WIDE && wy - row * CELL_HIGH <= NODE_HIGH ? inside : null;
  for (let away = 0; away <= NEAREST; away++) {
    for (let dc = -away; dc <= away; dc++) for (let dr = -away; dr <= away; dr++) {
      const h = map.at.get((column + dc) * 1e7 + row + dr);
      if (h !== undefined) return h;
    }
  }
  return null;
}

function fitMap() {
  const { clientWidth: wide, clientHeight: high } = map.box;
  if (!wide || !high) return;
  map.drawn = true;
  map.k = Math.min((wide - 32) / map.bounds[0], (high - 32) / map.bounds[1], 2);
  map.x = (wide - map.bounds[0] * map.k) / 2;
  map.y = (high - map.bounds[1] * map.k) / 2;
  drawSoon();
}
function zoomMap(times, x = map.box.clientWidth / 2, y = map.box.clientHeight / 2) {
  const k = Math.min(4, Math.max(1e-4, map.k * times)), real = k / map.k;
  map.x = x - (x - map.x) * real; map.y = y - (y - map.y) * real; map.k = k;
  drawSoon();
}

let drawing = 0;
function drawSoon() { if (isMap() && !drawing) drawing = requestAnimationFrame(() => { drawing = 0; drawMap(); }); }

function drawMap() {
  const { box, pen, k, x, y } = map, ratio = window.devicePixelRatio || 1, wide = box.clientWidth, high = box.clientHeight;
  if (!wide || !high) return;
  if (box.width !== Math.round(wide * ratio) || box.height !== Math.round(high * ratio)) { box.width = Math.round(wide * ratio); box.height = Math.round(high * ratio); }
  if (map.color === null) {
    const style_ = getComputedStyle(document.documentElement), names = ["background", "text", "muted", "wire", "value", "gradient", "input-fill", "input-border", "gate-fill", "gate-border", "output-fill", "output-border"];
    map.color = Object.fromEntries(names.map((name) => [name, style_.getPropertyValue(`--${name}`).trim()]));
  }
  const color = map.color, role = (h) => (isOutput(h) ? "output" : D.from[h].length ? "gate" : "input");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = color.background;
  pen.fillRect(0, 0, wide, high);
  pen.setTransform(ratio * k, 0, 0, ratio * k, ratio * x, ratio * y);
  const left = -x / k - CELL_WIDE, right = (wide - x) / k, top = -y / k - CELL_HIGH, bottom = (high - y) / k, seen = [];
  for (let h = 0; h < SIZE; h++) {
    if (D.canvas.column[h] < 0) continue;
    const nx = xOf(h), ny = yOf(h);
    if (nx >= left && nx <= right && ny >= top && ny <= bottom) seen.push(h);
  }
  box.dataset.seen = seen.length; // for tests, and for nobody else
  const line = (from, to) => {
    const x0 = xOf(from) + NODE_WIDE, y0 = yOf(from) + NODE_HIGH / 2, x1 = xOf(to), y1 = yOf(to) + NODE_HIGH / 2, bend = Math.min(Math.abs(x1 - x0) / 2 + 8, 90);
    pen.moveTo(x0, y0);
    pen.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  };
  if (seen.length < MOST_LINES) {
    pen.strokeStyle = color.wire;
    pen.lineWidth = Math.max(1.2, 0.6 / k);
    for (const far of [true, false]) { // what comes from far away must not hide what is near
      pen.globalAlpha = far ? Math.min(0.3, 60 / seen.length) : k < 0.3 ? 0.5 : 0.75;
      pen.beginPath();
      for (const h of seen) for (const from of D.from[h]) if (D.canvas.column[from] >= 0 && far === Math.abs(xOf(h) - xOf(from)) + Math.abs(yOf(h) - yOf(from)) > FAR) line(from, h);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
  const least = 1.6 / k; // a node is never less than a dot
  for (const kind of ["gate", "input", "output"]) {
    pen.fillStyle = k < 0.3 ? color[`${kind}-border`] : color[`${kind}-fill`];
    pen.strokeStyle = color[`${kind}-border`];
    pen.lineWidth = 1.2;
    pen.beginPath();
    for (const h of seen) {
      if (role(h) !== kind) continue;
      if (k < 0.3) pen.rect(xOf(h), yOf(h), Math.max(NODE_WIDE, least), Math.max(NODE_HIGH, least)); else pen.roundRect(xOf(h), yOf(h), NODE_WIDE, NODE_HIGH, 6);
    }
    pen.fill();
    if (k >= 0.3) pen.stroke();
  }
  if (k >= 0.3) {
    pen.textAlign = "center";
    const middle = NODE_WIDE / 2, write = (text, h, dx, dy, font, fill, room) => { pen.font = font; pen.fillStyle = fill; pen.fillText(text, xOf(h) + dx, yOf(h) + dy, room); };
    for (const h of seen) {
      write(D.from[h].length ? `${D.label[h]} = ${OP[h]}` : D.label[h], h, middle, 14, "11px system-ui, sans-serif", color.text, NODE_WIDE - 8);
      if (state.practice) continue;
      const gradient = gradientText(h);
      write(valueText(h), h, gradient ? middle / 2 + 1 : middle, 30, "bold 12px system-ui, sans-serif", color.value, gradient ? middle - 8 : NODE_WIDE - 8);
      if (gradient) write(gradient, h, middle * 1.5 - 1, 30, "12px system-ui, sans-serif", color.gradient, middle - 8);
    }
  }
  const h = map.chosen;
  if (h === null || D.canvas.column[h] < 0) return;
  pen.lineWidth = Math.max(2.4, 1.6 / k);
  for (const [stroke, ends] of [[color.value, D.from[h].map((from) => [from, h])], [color.gradient, users(h).slice(0, 2000).map((to) => [h, to])]]) {
    pen.strokeStyle = stroke;
    pen.beginPath();
    for (const [from, to] of ends) if (D.canvas.column[from] >= 0 && D.canvas.column[to] >= 0) line(from, to);
    pen.stroke();
  }
  pen.strokeStyle = color.text;
  pen.lineWidth = Math.max(2.4, 2 / k);
  pen.strokeRect(xOf(h) - 3, yOf(h) - 3, NODE_WIDE + 6, NODE_HIGH + 6);
}

// The graph on arrays: instructions one after the other, forward and backward alike. A scalar is a number, an array {s, d}.

const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);
const made_ = (shape, data) => (shape.length ? { s: shape, d: data } : data[0]);
function entry(a, i) { return isArray(a) ? a.d[i] : a; }
function isArray(a) { return typeof a === "object" && a !== null; }
function plainOf(value) { return isArray(value) ? { s: value.s, d: value.d.map(plainOf) } : typeof value === "string" ? NAMED[value] : value; }
function plusOf(a, b) { return isArray(a) || isArray(b) ? { s: (isArray(a) ? a : b).s, d: (isArray(a) ? a : b).d.map((_, i) => entry(a, i) + entry(b, i)) } : a + b; }
function every(a, test) { return isArray(a) ? a.d.every(test) : test(a); }
function shapeOf(h) { return D.arrays ? D.arrays.shapes[h] : []; }

// Which rows or columns are shown of many: the first five, a gap, the last
function shownPlaces(count) { return count <= 6 ? [...Array(count).keys()] : [0, 1, 2, 3, 4, null, count - 1]; }
function rowsOf(a) {
  const [high, wide] = a.s.length === 1 ? [a.s[0], 1] : a.s;
  return shownPlaces(high).map((i) => (i === null ? null : shownPlaces(wide).map((j) => (j === null ? null : a.d[i * wide + j]))));
}
function arrayText(a, write) {
  if (a.s.length > 2) return `array (${a.s.join(", ")})`;
  const rows = rowsOf(a).map((row) => (row === null ? "\u2026" : row.map((one) => (one === null ? "\u2026" : write(one)))));
  if (a.s.length === 1) return `[${rows.map((row) => (Array.isArray(row) ? row[0] : row)).join(", ")}]`;
  return `[${rows.map((row) => (Array.isArray(row) ? `[${row.join(", ")}]` : row)).join(", ")}]`;
}
function arrayMath(a, write) {
  if (a.s.length > 2) return `<mtext>${arrayText(a, write)}</mtext>`;
  const cell = (one) => `<mtd>${one}</mtd>`, wide = a.s.length === 1 ? 1 : shownPlaces(a.s[1]).length;
  const rows = rowsOf(a).map((row) => (row === null ? cell("<mo>\u22ee</mo>").repeat(wide) : row.map((one) => cell(one === null ? "<mo>\u22ef</mo>" : write(one))).join("")));
  return `<mrow><mo>[</mo><mtable class="matrix">${rows.map((row) => `<mtr>${row}</mtr>`).join("")}</mtable><mo>]</mo></mrow>`;
}
// All of an array, for the details
function arrayTable(a, write) {
  const wide = a.s[a.s.length - 1], table = made("table", {});
  for (let i = 0; i < Math.min(a.d.length / wide, 60); i++) table.append(made("tr", {}, ...a.d.slice(i * wide, i * wide + Math.min(wide, 60)).map((one) => made("td", {}, write(one)))));
  return made("div", { class: "whole", tabindex: "0", role: "region", "aria-label": "all entries" }, table);
}

function stridesOf(shape) {
  const strides = new Array(shape.length);
  for (let k = shape.length - 1, step = 1; k >= 0; k--) { strides[k] = step; step *= shape[k]; }
  return strides;
}

// For each entry of a result which entry of an operand it is made from, by NumPy's broadcasting
function spreadPlaces(shape, given) {
  const strides = stridesOf(given), lead = shape.length - given.length, places = new Int32Array(sizeOf(shape)), at = new Array(shape.length).fill(0);
  for (let i = 0; i < places.length; i++) {
    let place = 0;
    for (let k = 0; k < given.length; k++) if (given[k] !== 1) place += at[lead + k] * strides[k];
    places[i] = place;
    for (let k = shape.length - 1; k >= 0; k--) { if (++at[k] < shape[k]) break; at[k] = 0; }
  }
  return places;
}

// A contraction: over the indices of the result, of each the sum over all others; the sum is compensated (Neumaier 1974)
function contraction(inputs, output, sizes, divisor, shape) {
  const free = [...new Set(output)], bound = sizes.map((_, index) => index).filter((index) => !free.includes(index));
  const stepOf = (indices) => { const strides = stridesOf(indices.map((index) => sizes[index])); return (index) => indices.reduce((sum, one, k) => sum + (one === index ? strides[k] : 0), 0); };
  const steps = inputs.map(stepOf), outer = free.map((index) => ({ size: sizes[index], to: stepOf(output)(index), by: steps.map((step) => step(index)) }));
  const inner = bound.map((index) => ({ size: sizes[index], by: steps.map((step) => step(index)) }));
  const offsets = (axes, count) => {
    let all = [new Array(count).fill(0)];
    for (const { size, by } of axes) { const longer = []; for (const one of all) for (let i = 0; i < size; i++) longer.push(one.map((o, k) => o + i * by[k])); all = longer; }
    return all;
  };
  const places = offsets(outer.map(({ size, to, by }) => ({ size, by: [...by, to] })), inputs.length + 1), terms = offsets(inner, inputs.length), whole = sizeOf(output.map((index) => sizes[index]));
  return (operands) => {
    const data = new Array(whole).fill(0);
    for (const place of places) {
      let sum = 0, lost = 0;
      for (const term of terms) {
        let product = 1;
        for (let k = 0; k < operands.length; k++) product *= Number(entry(operands[k], place[k] + term[k]));
        const next = sum + product;
        if (Math.abs(sum) >= Math.abs(product)) lost += sum - next + product; else lost += product - next + sum;
        sum = next;
      }
      data[place[inputs.length]] = (isFinite(lost) ? sum + lost : sum) / divisor;
    }
    return made_(shape, data);
  };
}

function reduction(kind, groups, shape) {
  const count = sizeOf(shape);
  return (operand) => {
    const found = new Array(count).fill(kind === "max" ? -Infinity : kind === "min" ? Infinity : kind === "prod" ? 1 : 0);
    const largest = kind === "norm" ? new Array(count).fill(0) : null;
    if (largest) groups.forEach((to, i) => { largest[to] = Math.max(largest[to], Math.abs(entry(operand, i))); });
    groups.forEach((to, i) => {
      const x = Number(entry(operand, i));
      if (kind === "max") found[to] = x !== x || found[to] !== found[to] ? NaN : Math.max(found[to], x);
      else if (kind === "min") found[to] = x !== x || found[to] !== found[to] ? NaN : Math.min(found[to], x);
      else if (kind === "prod") found[to] *= x;
      else { const scale = largest[to] > 0 && isFinite(largest[to]) ? 2 ** Math.floor(Math.log2(largest[to])) : 1; found[to] += (x / scale) * (x / scale); }
    });
    if (largest) found.forEach((sum, to) => { found[to] = Math.sqrt(sum) * (largest[to] > 0 && isFinite(largest[to]) ? 2 ** Math.floor(Math.log2(largest[to])) : 1); });
    return made_(shape, found);
  };
}

function instruction([node, kind, ...rest]) {
  if (kind === "x") return () => tape.value[node];
  if (kind === "c") { const value = plainOf(rest[0]); return () => value; }
  if (kind === "e") {
    const [op, operands, shape, shapes] = rest, kernel = OPS[op][0];
    if (!shape.length) return (R) => kernel(...operands.map((k) => R[k]));
    const spread = shapes.map((given) => (given.length ? spreadPlaces(shape, given) : null)), count = sizeOf(shape);
    return (R) => {
      const data = new Array(count), given = operands.map((k) => R[k]);
      for (let i = 0; i < count; i++) data[i] = kernel(...given.map((one, k) => (typeof one === "object" ? one.d[spread[k] ? spread[k][i] : i] : one)));
      return { s: shape, d: data };
    };
  }
  if (kind === "t") { const [operands, ...terms] = rest, run = contraction(...terms); return (R) => run(operands.map((k) => R[k])); }
  if (kind === "r") { const [op, operand, groups, shape] = rest, run = reduction(op, groups, shape); return (R) => run(R[operand]); }
  if (kind === "q") {
    const [op, operand, lines, long, shape] = rest;
    return (R) => {
      const given = R[operand].d, data = new Array(given.length);
      let total = 0;
      lines.forEach((at, i) => { total = i % long === 0 ? given[at] : op === "cumsum" ? total + given[at] : total * given[at]; data[at] = total; });
      return { s: shape, d: data };
    };
  }
  if (kind === "s") {
    const [operand, places, shape] = rest, count = sizeOf(shape);
    return (R) => {
      const data = new Array(count).fill(0), given = R[operand], all = typeof given === "object" ? given.d : [given];
      all.forEach((one, i) => { const to = places === null ? i : places[i]; if (to >= 0) data[to] += one; });
      return made_(shape, data);
    };
  }
  const [operands, places, shape] = rest;
  return (R) => {
    const all = operands.length === 1 && typeof R[operands[0]] === "object" ? R[operands[0]].d : operands.flatMap((k) => (typeof R[k] === "object" ? R[k].d : [R[k]]));
    return made_(shape, places === null ? all : places.map((from) => (from < 0 ? 0 : all[from])));
  };
}

const program = D.arrays.code.map((line) => [line[0], instruction(line)]);
const jacobianOf = new Map();

function computeArrays() {
  const R = [];
  for (const [node, run] of program) R[node] = run(R);
  const { value, slope, share, gradient } = tape;
  const full = (given, shape) => (shape.length && typeof given !== "object" ? { s: shape, d: new Array(sizeOf(shape)).fill(given) } : given);
  for (let h = 0; h < SIZE; h++) if (R[h] !== undefined) value[h] = R[h];
  gradient.fill(null);
  share.forEach((row) => row.fill(null));
  for (const [h, place] of D.arrays.arrived) gradient[h] = full(R[place], shapeOf(h));
  for (const [h, k, place] of D.arrays.shares) share[h][k] = full(R[place], shapeOf(D.from[h][k]));
  for (const [h, k, rows] of D.arrays.jacobians) {
    const wide = sizeOf(shapeOf(D.from[h][k])), data = rows.flatMap((row) => { const given = full(R[row], [wide]); return given.d; });
    jacobianOf.set(`${h} ${k}`, { s: [rows.length, wide], d: data });
  }
  for (let h = 0; h < SIZE; h++) {
    D.from[h].forEach((from, k) => {
      const scalar = !shapeOf(h).length && D.from[h].every((one) => !shapeOf(one).length) && Object.hasOwn(OPS, OP[h]);
      slope[h][k] = scalar && OPS[OP[h]][1][k] && D.flows[h] && D.flows[from] ? Number(OPS[OP[h]][1][k](...D.from[h].map((one) => value[one]), value[h])) : null;
    });
  }
}

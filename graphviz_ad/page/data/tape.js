// The graph on numbers: values forward, slopes on every edge, gradients backward. The twin of derive/tape.py.

const D = JSON.parse(document.getElementById("graph").textContent);
const SIZE = D.op.length;
const NAMED = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
const OP = D.op.map((k) => D.ops[k]);
const tape = { value: new Array(SIZE).fill(null), slope: D.from.map((from) => from.map(() => null)), share: D.from.map((from) => from.map(() => null)), gradient: new Array(SIZE).fill(null), tangent: new Array(SIZE).fill(0) };
for (const [h, value] of Object.entries(D.value)) tape.value[h] = plainOf(value);
const copyOf = (value) => (isArray(value) ? { s: value.s, d: [...value.d] } : value);
const START = D.inputs.map((h) => copyOf(tape.value[h]));

function compute() {
  if (D.arrays) { computeArrays(); return; }
  const { value, slope, share, gradient } = tape;
  for (let h = 0; h < SIZE; h++) {
    const from = D.from[h];
    if (!from.length || !Object.hasOwn(OPS, OP[h])) continue; // without a kernel: nothing that the output needs
    const [kernel, slopes] = OPS[OP[h]];
    const given = from.map((k) => value[k]);
    value[h] = kernel(...given);
    for (let k = 0; k < from.length; k++) slope[h][k] = slopes[k] && D.flows[h] && D.flows[from[k]] ? Number(slopes[k](...given, value[h])) : null;
  }
  gradient.fill(null);
  if (!D.scalar) return; // several outputs: there is no one gradient
  gradient[D.output] = 1;
  for (let h = SIZE - 1; h >= 0; h--) {
    const from = D.from[h], selecting = OP[h] === "where";
    for (let k = 0; k < from.length; k++) {
      const local = slope[h][k];
      share[h][k] = gradient[h] === null || local === null || (selecting && local === 0) ? null : gradient[h] * local;
      if (share[h][k] !== null) gradient[from[k]] = gradient[from[k]] === null ? share[h][k] : gradient[from[k]] + share[h][k];
    }
  }
}

// Forward mode: how every node moves when one input moves by 1
function pushForward(input) {
  const { slope, tangent } = tape;
  for (let h = 0; h < SIZE; h++) {
    let total = h === input ? 1 : 0;
    for (let k = 0; k < slope[h].length; k++) {
      const local = slope[h][k];
      if (local !== null && !(OP[h] === "where" && local === 0)) total += local * tangent[D.from[h][k]];
    }
    tangent[h] = total;
  }
}

// What arrives, 0 where the output does not depend on it, null where no derivative flows
function gradientOf(h) {
  if (tape.gradient[h] !== null || !D.flows[h] || !D.scalar) return tape.gradient[h];
  return shapeOf(h).length ? { s: shapeOf(h), d: new Array(shapeOf(h).reduce((all, size) => all * size, 1)).fill(0) } : 0;
}

// The slopes of a closed function by its sources: the chain rule run inside of it alone
function throughCall(unit, members) {
  const arrived = new Map([[unit, 1]]);
  for (let i = members.length - 1; i >= 0; i--) {
    const h = members[i], up = arrived.get(h);
    if (up === undefined) continue;
    D.from[h].forEach((k, position) => {
      const local = tape.slope[h][position];
      if (local !== null && !(OP[h] === "where" && local === 0)) arrived.set(k, (arrived.get(k) || 0) + up * local);
    });
  }
  return arrived;
}

// Arrays {s: shape, d: Float64Array} and the evaluation of a graph's table; tables come from Python, see playground.py.
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
  if (op === "expand_dims" || (op === "scatter" && params.op === "expand_dims")) return { s: shape, d: a.d };
  if (op === "einsum" && params.subscripts === "a->ab") return spread({ s: [a.s[0], 1], d: a.d }, shape);
  if (op === "einsum" && params.subscripts === "ab->ac") {
    const rows = [a.s[0], 1];
    return spread(reduce("sum", a, 1, rows), shape);
  }
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

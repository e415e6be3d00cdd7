// One function per operation on JavaScript numbers: the twins of kernels/python.py, within 4 units in the last place of it.
// Every declaration starts at the beginning of a line; a page takes those that its graph needs, and what they call.

const PI = Math.PI;

function truth(c) { return c !== c || !!c; }

// arithmetic

function copy(x) { return x; }
function add(x, y) { return x + y; }
function sub(x, y) { return x - y; }
function mul(x, y) { return x * y; }
function div(x, y) { return x / y; }
function neg(x) { return -x; }
function reciprocal(x) { return 1 / x; }
function square(x) { return x * x; }
function sqrt(x) { return Math.sqrt(x); }
function cbrt(x) { return Math.cbrt(x); }
function deg2rad(x) { return x * (PI / 180); }
function rad2deg(x) { return x * (180 / PI); }
function fmod(x, y) { return x % y; }

// C's pow: one to any power is one, and so is anything to the power 0; JavaScript says NaN for 1**Infinity.
// The small whole powers come by multiplication, where each step rounds once.
function power(x, y) {
  if (x === 1 || y === 0) return 1;
  if (x === -1 && (y === Infinity || y === -Infinity)) return 1;
  if (y === 2) return x * x;
  if (y === 0.5 && x > 0) return Math.sqrt(x);
  if (y === -1) return 1 / x;
  return Math.pow(x, y);
}

// The remainder with the sign of the divisor; the zero, too.
function mod(x, y) {
  if (y == 0) return NaN;
  const r = x % y;
  if (r === 0) return y > 0 ? 0 : -0;
  return (r < 0) === (y < 0) ? r : r + y;
}

// Scaled by a power of two, so that nothing overflows and the scaling rounds nothing.
function hypot(x, y) {
  x = Math.abs(x); y = Math.abs(y);
  if (x === Infinity || y === Infinity) return Infinity;
  const most = Math.max(x, y);
  if (!(most > 0)) return most;
  const scale = most > 1e150 ? 2 ** -600 : most < 1e-150 ? 2 ** 600 : 1;
  x *= scale; y *= scale;
  return Math.sqrt(x * x + y * y) / scale;
}

// exponentials and logarithms

function exp(x) { return Math.exp(x); }
function exp2(x) { return Math.pow(2, x); }
function expm1(x) { return Math.expm1(x); }
function log(x) { return Math.log(x); }
function log2(x) { return Math.log2(x); }
function log10(x) { return Math.log10(x); }
function log1p(x) { return Math.log1p(x); }
function logaddexp(x, y) {
  if (x === y) return x + Math.LN2;
  const high = x > y ? x : y, low = x > y ? y : x;
  return high + Math.log1p(Math.exp(low - high));
}
function xlogy(x, y) { return x == 0 && y === y ? 0 : x * Math.log(y); }

// trigonometric

function sin(x) { return Math.sin(x); }
function cos(x) { return Math.cos(x); }
function tan(x) { return Math.tan(x); }
function sec(x) { return 1 / Math.cos(x); }
function csc(x) { return 1 / Math.sin(x); }
function cot(x) { return 1 / Math.tan(x); }
function asin(x) { return Math.asin(x); }
function acos(x) { return Math.acos(x); }
function atan(x) { return Math.atan(x); }
function atan2(y, x) { return Math.atan2(y, x); }
function acot(x) { return x == 0 ? PI / 2 : Math.atan(1 / x); }
function asec(x) {
  if (x >= 1) return Math.atan(Math.sqrt(x - 1) * Math.sqrt(x + 1));
  return x <= -1 ? PI - Math.atan(Math.sqrt(-x - 1) * Math.sqrt(1 - x)) : NaN;
}
function acsc(x) {
  const size = Math.abs(x);
  if (!(size >= 1)) return NaN;
  return Math.sign(x) * Math.atan2(1, Math.sqrt(size - 1) * Math.sqrt(size + 1));
}
// sin(pi*x)/(pi*x) with the multiples of pi taken out exactly
function sinc(x) {
  if (x == 0) return 1;
  if (!isFinite(x)) return NaN;
  let turn = x % 2;
  if (turn > 1) turn -= 2; else if (turn < -1) turn += 2;
  if (turn > 0.5) turn = 1 - turn; else if (turn < -0.5) turn = -1 - turn;
  return Math.abs(turn) > 1e-8 ? Math.sin(PI * turn) / (PI * x) : turn / x;
}
// Orders 0 and 1 alone, which slopes of sinc ask for; order 1 by its power series near 0 (DLMF 10.53.1)
function spherical_jn(n, x) {
  if (x !== x) return NaN;
  if (!isFinite(x)) return 0;
  if (n === 0) return x === 0 ? 1 : Math.sin(x) / x;
  if (n !== 1) return NaN;
  if (Math.abs(x) >= 1) return (Math.sin(x) / x - Math.cos(x)) / x;
  const s = x * x / 2;
  let term = x / 3, total = term;
  for (let k = 1; k < 10; k++) { term *= -s / (k * (2 * k + 3)); total += term; }
  return total;
}

// hyperbolic

function sinh(x) { return Math.sinh(x); }
function cosh(x) { return Math.cosh(x); }
function tanh(x) { return Math.tanh(x); }
function sech(x) { return 1 / Math.cosh(x); }
function csch(x) { return 1 / Math.sinh(x); }
function coth(x) { return 1 / Math.tanh(x); }
function asinh(x) { return Math.asinh(x); }
function acosh(x) {
  if (x >= 1 && x < 2) { const t = x - 1; return Math.log1p(t + Math.sqrt(t * (x + 1))); }
  return Math.acosh(x);
}
function atanh(x) { return Math.atanh(x); }
function asech(x) {
  if (!(x >= 0 && x <= 1)) return NaN;
  return x < 1e-9 ? Math.LN2 - Math.log(x) : Math.asinh(Math.sqrt((1 - x) * (1 + x)) / x);
}
function acsch(x) {
  return Math.abs(x) < 1e-300 && x !== 0 ? Math.sign(x) * (Math.LN2 - Math.log(Math.abs(x))) : Math.asinh(1 / x);
}
function acoth(x) {
  if (x > 1) return 0.5 * Math.log1p(2 / (x - 1));
  if (x < -1) return -0.5 * Math.log1p(2 / (-x - 1));
  return x === 1 || x === -1 ? x * Infinity : NaN;
}

// piecewise

function abs(x) { return Math.abs(x); }
function sign(x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
function floor(x) { return Math.floor(x); }
function ceil(x) { return Math.ceil(x); }
function trunc(x) { return Math.trunc(x); }
// halves to the even neighbour
function round(x) {
  const below = Math.floor(x), rest = x - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 || !isFinite(x) ? below : below + 1;
}
function maximum(x, y) { return x >= y || x !== x ? x : y; }
function minimum(x, y) { return x <= y || x !== x ? x : y; }
function clip(x, lo, hi) { return minimum(maximum(x, lo), hi); }
function heaviside(x, h0) { return x > 0 ? 1 : x < 0 ? 0 : x == 0 ? (h0 === undefined ? 0.5 : h0) : x; }
function where(c, a, b) { return truth(c) ? a : b; }
function less(x, y) { return x < y; }
function less_equal(x, y) { return x <= y; }
function greater(x, y) { return x > y; }
function greater_equal(x, y) { return x >= y; }
function equal(x, y) { return x == y; }
function not_equal(x, y) { return x != y; }
function logical_and(x, y) { return truth(x) && truth(y); }
function logical_or(x, y) { return truth(x) || truth(y); }
function logical_not(x) { return !truth(x); }

// activations

function sigmoid(x) {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const t = Math.exp(x);
  return t / (1 + t);
}
function logit(x) {
  return x > 0.25 && x < 0.75 ? Math.log1p((2 * x - 1) / (1 - x)) : Math.log(x) - Math.log1p(-x);
}
function softplus(x) { return (x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x))); }
function logsigmoid(x) { return -softplus(-x); }
function relu(x) { return x <= 0 ? 0 : x; }
function relu6(x) { return clip(x, 0, 6); }
function leaky_relu(x, alpha) { return x > 0 ? x : alpha * x; }
function elu(x, alpha) { return x > 0 ? x : alpha * Math.expm1(x); }
function selu(x) { return x > 0 ? 1.0507009873554805 * x : 1.0507009873554805 * 1.6732632423543772 * Math.expm1(x); }
function celu(x, alpha) { return x > 0 ? x : alpha * Math.expm1(x / alpha); }
function gelu(x) { return x > -40 || x !== x ? 0.5 * x * erfc(-x / Math.sqrt(2)) : 0 * x; }
function gelu_tanh(x) { return x > -20 || x !== x ? x * sigmoid(Math.sqrt(8 / PI) * (x + 0.044715 * x * x * x)) : 0 * x; }
function silu(x) { return x * sigmoid(x); }
function mish(x) { return x * Math.tanh(softplus(x)); }
function softsign(x) { return x / (1 + Math.abs(x)); }
function hardtanh(x) { return clip(x, -1, 1); }
function hardsigmoid(x) { return clip(x + 3, 0, 6) / 6; }
function hardswish(x) { return x * clip(x + 3, 0, 6) / 6; }
function softshrink(x, lambd) { return x > lambd ? x - lambd : x < -lambd ? x + lambd : x === x ? 0 : x; }
// near 0 from the continued fraction of tanh (DLMF 4.39.1), where the difference cancels
function tanhshrink(x) {
  if (!(x > -1.3 && x < 1.3)) return x - Math.tanh(x);
  const s = x * x;
  let tail = 21;
  for (let k = 19; k >= 5; k -= 2) tail = k + s / tail;
  const q = s / (3 + s / tail);
  return s ? x * q / (1 + q) : x * s;
}

// error function: its power series (DLMF 7.6.1), from its far end, up to 1; its complement by the continued fraction
// (DLMF 7.9.1), from its far end too, beyond 0.75

function erf(x) {
  const size = Math.abs(x), s = x * x;
  if (size > 1) return Math.sign(x) * (1 - erfc(size));
  let total = 0;
  for (let k = 20; k >= 0; k--) total = 1 / (2 * k + 1) - s / (k + 1) * total;
  return 1.1283791670955126 * x * total;
}
function erfc(x) {
  if (x < 0.75) return 1 - erf(x);
  if (x > 27.3) return 0;
  let tail = x;
  for (let k = Math.ceil(30 + 150 / (x * x)); k > 0; k--) tail = x + k / 2 / tail;
  return x === x ? 0.5641895835477563 * expnegsquare(x) / tail : x;
}
// exp(-x**2): the head of x has so few digits that its square is exact
function expnegsquare(x) {
  const head = Math.round(x * 1048576) / 1048576;
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}
// The lower incomplete gamma function of order 2 alone, which slopes of celu ask for
function lowergamma(a, x) {
  if (a !== 2 || !(x >= 0)) return NaN;
  if (x >= 3) return 1 - (1 + x) * Math.exp(-x);
  let term = 0.5, total = 0.5;
  for (let k = 3; k < 60; k++) { term *= x / k; total += term; }
  return x * x * Math.exp(-x) * total;
}
// The principal real branch, by Newton's and Halley's iterations; the series at the branch point is equation 4.22 of
// Corless et al. 1996
function lambertw(x) {
  const gap = (x + 0.36787944117144233) - 1.2428753672788363e-17;
  if (!(gap >= 0)) return NaN;
  if (x === Infinity || x === 0) return x;
  if (x > 3) {
    const target = Math.log(x);
    let w = target - Math.log(target);
    for (let k = 0; k < 5; k++) w *= (1 + target - Math.log(w)) / (1 + w);
    return w;
  }
  const p = Math.sqrt(2 * Math.E * gap);
  let w = 0;
  if (p < 0.05) {
    const series = [226287557 / 37623398400, -1963 / 204120, 680863 / 43545600, -221 / 8505, 769 / 17280, -43 / 540, 11 / 72, -1 / 3, 1, -1];
    for (const coefficient of series) w = w * p + coefficient;
    return w;
  }
  w = x > -0.2 ? x / (1 + x) : -1 + p - p * p / 3;
  for (let k = 0; k < 5; k++) {
    const residual = w - x * Math.exp(-w);
    if (residual === 0) break;
    w -= residual / (w + 1 - (w + 2) * residual / (2 * w + 2));
  }
  return w;
}

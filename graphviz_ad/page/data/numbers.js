// How numbers are shown and read: the twin of scene/numbers.py, tested against it.

const MINUS = "\u2212";

// toFixed rounds exact halves up, Python to the even neighbour. A half with d decimals is an odd multiple of 2**-(d + 1).
function fixed(size, d) {
  const text = size.toFixed(d), k = size * 2 ** (d + 1);
  if (size < 1e9 && Number.isInteger(k) && k % 2 !== 0 && "13579".includes(text[text.length - 1])) return (size * (1 - 2 ** -50)).toFixed(d);
  return text;
}

function scientific(size, d) {
  const text = size.toExponential(d), at = text.indexOf("e"), power = Number(text.slice(at + 1));
  const unit = 10 ** (power - d);
  if (unit >= 1 && size < 2 ** 53 && size % unit === unit / 2 && "13579".includes(text[at - 1])) return (size * (1 - 2 ** -50)).toExponential(d);
  return text;
}

function shown(number, style) {
  if (number === null || number === undefined) return "";
  if (typeof number === "boolean") return number ? "true" : "false";
  if (!isFinite(number)) return number !== number ? "NaN" : number > 0 ? "\u221e" : MINUS + "\u221e";
  const sign = number < 0 ? MINUS : "", size = Math.abs(number), d = style.decimals;
  if (style.integers && Number.isInteger(size) && size < 1e9) return sign + String(size);
  if (number === 0) return fixed(0, d);
  const plain = size < 1e9 ? fixed(size, d) : "1e9";
  if (size >= 0.01 && Number(plain) < 1e4) return Number(plain) ? sign + plain : plain;
  if (size >= 1e-4 && size < 0.01) return sign + fixed(size, d - Number(size.toExponential().split("e")[1]));
  const [mantissa, power] = scientific(size, d).split("e");
  return `${sign}${mantissa}e${power.startsWith("-") ? MINUS : ""}${power.slice(1)}`;
}

function exact(number) {
  if (isArray(number)) return number.d.length <= 36 ? arrayText(number, exact) : `array (${number.s.join(", ")})`;
  if (number === null || number === undefined) return "";
  return Object.is(number, -0) ? MINUS + "0" : String(number).replace(/-/g, MINUS).replace("Infinity", "\u221e");
}

// A number as people type it: decimals, powers of ten, fractions, products with pi or e, square roots.
function read(text) {
  const tokens = text.replace(/\u2212|\u2013/g, "-").replace(/[\u00b7\u00d7]/g, "*").replace(/\u03c0/g, "pi").replace(/\u221e/g, "inf")
    .replace(/(\d),(\d)/g, "$1.$2").match(/\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|[a-z]+|\*\*|[-+*/()^]|\S/gi) || [];
  const names = { pi: Math.PI, e: Math.E, inf: Infinity }, functions = { sqrt: Math.sqrt, exp: Math.exp, ln: Math.log, log: Math.log };
  let at = 0, depth = 0;
  function sum() {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-") value = tokens[at++] === "+" ? value + product() : value - product();
    return value;
  }
  function product() {
    let value = signed();
    for (;;) {
      if (tokens[at] === "*" || tokens[at] === "/") value = tokens[at++] === "*" ? value * signed() : value / signed();
      else if (/^(pi|sqrt|exp|ln|log|\()$/.test(tokens[at])) value *= power(); // 2\u03c0, 3sqrt(2): as people write
      else return value;
    }
  }
  function signed() {
    let sign = 1;
    while (tokens[at] === "-" || tokens[at] === "+") if (tokens[at++] === "-") sign = -sign;
    return sign * power();
  }
  function power() {
    const base = atom();
    if (tokens[at] !== "**" && tokens[at] !== "^") return base;
    at++;
    return Math.pow(base, signed());
  }
  function atom() {
    const token = tokens[at++];
    if (token === undefined || ++depth > 200) return NaN;
    if (token === "(") { const value = sum(); return tokens[at++] === ")" ? value : NaN; }
    if (/^[\d.]/.test(token)) return Number(token);
    if (Object.hasOwn(functions, token) && tokens[at] === "(") { at++; const value = functions[token](sum()); return tokens[at++] === ")" ? value : NaN; }
    return Object.hasOwn(names, token) ? names[token] : NaN;
  }
  if (tokens.length > 100) return NaN;
  const value = sum();
  return at === tokens.length ? value : NaN;
}

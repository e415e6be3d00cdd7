// The chain rule written out: formulas with names, with numbers, and the number that comes of it.

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
// Names of large graphs are written here, not in the file: w12 is w with an index
function plainName(name) {
  const found = /^([a-z]+)_?(\d+)$/i.exec(name);
  return found ? `<msub><mi>${found[1]}</mi><mn>${found[2]}</mn></msub>` : `<mi>${escaped(name)}</mi>`;
}
const called = (h) => (view().alias[h] === undefined ? h : view().alias[h]);
const nameOf = (h) => OP[h] === "constant" ? `<mn>${escaped(D.label[h].replace("-", MINUS))}</mn>` : D.math[called(h)] || plainName(D.label[called(h)]);
const textOf = (h) => D.label[called(h)];
const number = (text, kind) => `<mn class="${kind}">${text.replace(/e(.*)$/, "\u00b710^$1")}</mn>`.replace(/\u00b710\^([^<]*)<\/mn>$/, (_, power) => `</mn><mo>\u00b7</mo><msup><mn>10</mn><mn>${power}</mn></msup>`);
const fence = (text) => `<mrow><mo>(</mo>${text}<mo>)</mo></mrow>`;
const factor = (text, kind) => (text[0] === MINUS ? fence(number(text, kind)) : number(text, kind));
const partial = (over, under) => `<mfrac><mrow><mo>\u2202</mo>${nameOf(over)}</mrow><mrow><mo>\u2202</mo>${nameOf(under)}</mrow></mfrac>`;
const rows = (lines) => `<math display="block"><mtable>${lines.map(([left, sign, right]) => `<mtr><mtd>${left}</mtd><mtd><mo>${sign}</mo></mtd><mtd>${right}</mtd></mtr>`).join("")}</mtable></math>`;

function filled(template, h, write) {
  return template.replace(/\{(\()?(\w+)\)?\}/g, (_, wrapped, slot) => write(slot === "o" ? h : D.from[h][Number(slot)], Boolean(wrapped)));
}
const withNames = (template, h) => filled(template, h, nameOf);
// Numbers in formulas: fenced where they have a sign, arrays as matrices
const numberOf = (value, text, kind, wrapped) => (D.live && isArray(value) ? arrayMath(value, (one) => number(shown(one, style), kind)) : (wrapped ? factor : number)(text, kind));
const withNumbers = (template, h) => filled(template, h, (k, wrapped) => numberOf(tape.value[k], valueText(k), "v", wrapped));
const speaks = (template) => template.includes("{");

function formulaOf(unit) {
  const members = view().calls[unit];
  if (!members) return withNames(D.patterns[D.pattern[unit]][0], unit);
  const sources = view().links.filter((link) => link.target === unit).map((link) => nameOf(link.source));
  return `<mi>${escaped(D.callNames[unit] || "")}</mi>${fence(sources.join("<mo>,</mo>"))}`;
}

function explainForward({ one: { unit } }) {
  const value = valueText(unit), lines = [[nameOf(unit), "=", formulaOf(unit)]];
  if (!view().calls[unit]) {
    const template = D.patterns[D.pattern[unit]][0];
    if (speaks(template) && D.from[unit].length) lines.push(["", "=", withNumbers(template, unit)]);
  }
  lines.push(["", "=", numberOf(tape.value[unit], value, "v")]);
  if (state.mode !== null) return explainTangent(unit, value, lines);
  return ["Forward: a value", rows(lines), `${textOf(unit)} = ${value}`];
}

function explainTangent(unit, value, lines) {
  const x = state.mode, moving = view().links.filter((link) => link.target === unit && carries(link)), tangent = gradientText(unit);
  if (!moving.length || !D.flows[unit]) return ["Forward: a value, and nothing moves it", rows(lines), `${textOf(unit)} = ${value}`];
  const sum = (parts) => parts.join("<mo>+</mo>");
  lines.push([partial(unit, x), "=", sum(moving.map((link) => `${partial(unit, link.source)}<mo>\u00b7</mo>${partial(link.source, x)}`))]);
  lines.push(["", "=", sum(moving.map((link) => `${factor(slopeText(link), "m")}<mo>\u00b7</mo>${factor(gradientText(link.source), "g")}`))]);
  lines.push(["", "=", number(tangent, "g")]);
  return ["Forward: a value and how it moves", rows(lines), `${textOf(unit)} = ${value}, and it moves by ${tangent} when ${textOf(x)} moves by 1`];
}

function explainSeed() {
  const f = D.output;
  return ["Backward begins: the output by itself", rows([[partial(f, f), "=", number(D.live ? shown(1, style) : "1", "g")]]), "The gradient of the output by itself is 1"];
}

function explainBack(step) {
  const { link, one: { unit } } = step, f = D.output, source = link.source;
  const up = gradientText(unit), local = slopeText(link), share = shareText(link);
  const lines = [], arrayed = D.live && (isArray(tape.value[unit]) || isArray(tape.value[source]));
  const template = view().calls[unit] ? null : D.patterns[D.pattern[unit]][1][link.position];
  if (template !== null && speaks(template)) {
    lines.push([partial(unit, source), "=", withNames(template, unit)]);
    const put = withNumbers(template, unit), plain = number(local, "v");
    if (put !== plain && !arrayed) lines.push(["", "=", put]);
    if (local) lines.push(["", "=", numberOf(localOf(link), local, "m")]);
  } else if (local) lines.push([partial(unit, source), "=", numberOf(localOf(link), local, "m")]);
  if (share === "" && D.live) {
    return ["Backward: this branch is not taken", rows(lines), `Nothing goes back to ${textOf(source)}: this branch is not taken`];
  }
  if (arrayed) { // as a column the gradient is the transposed Jacobian times what arrives
    const turned = isArray(localOf(link)) ? `<msup><mrow>${partial(unit, source)}</mrow><mo>\u22a4</mo></msup><mo>\u00b7</mo>${partial(f, unit)}` : Object.hasOwn(OPS, OP[unit]) && String(shapeOf(unit)) === String(shapeOf(source)) ? `${partial(f, unit)}<mo>\u2299</mo>${partial(unit, source)}` : null;
    lines.push([partial(f, source), link.forks ? "+=" : "=", turned || `<mtext>pullback of </mtext>${partial(f, unit)}`], ["", "=", numberOf(shareOf(link), share, "g")]);
  } else {
    lines.push([partial(f, source), link.forks ? "+=" : "=", `${partial(f, unit)}<mo>\u00b7</mo>${partial(unit, source)}`]);
    lines.push(["", "=", `${factor(up, "g")}<mo>\u00b7</mo>${factor(local, "m")}`], ["", "=", number(share, "g")]);
  }
  let said = arrayed ? `The gradient by ${textOf(source)} gets ${share}, what arrives at ${textOf(unit)} pulled back` : `The gradient by ${textOf(source)} gets upstream ${up} times local ${local} = ${share}`;
  if (link.forks && step.count > 1) {
    const so = view().steps.filter((other) => other.kind === "back" && other.link.source === source && other.count <= step.count).map((other) => other.link).filter((other) => shareText(other));
    const sum = D.live ? so.reduce((all, other) => plusOf(all, shareOf(other) || 0), 0) : null, total = D.live ? numberText(sum) : gradientText(source);
    lines.push([partial(f, source), "=", so.map((other, k) => (k ? "<mo>+</mo>" : "") + numberOf(shareOf(other), shareText(other), "g", k > 0)).join("")], ["", "=", numberOf(sum, total, "g")]);
    said += `; ${step.last ? "the sum of all shares" : "the sum so far"} is ${total}`;
  }
  return [link.forks ? `Backward: share ${step.count}${step.last ? ", the last: the gradient is the sum" : ""}` : "Backward: upstream \u00d7 local", rows(lines), said];
}

function explain(step) { return step.kind === "forward" ? explainForward(step) : step.kind === "seed" ? explainSeed() : explainBack(step); }

// Practice: numbers are hidden and asked for one by one; wrong answers are told what they look like.

// The same numbers for the same seed here and in practice.py: Mulberry32, a 32-bit generator
function dice(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), s | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
function drawn(start, u) {
  if (Number.isInteger(start)) { const k = Math.floor(u * 10); return k < 5 ? k - 5 : k - 4; }
  return Math.floor((start + (2 * u - 1) * Math.max(1, Math.abs(start))) * 10 + 0.5) / 10;
}
function vary(seed) {
  const next = dice(seed);
  for (let tries = 0; tries < 50; tries++) {
    D.inputs.forEach((h, k) => { tape.value[h] = drawn(START[k], next()); });
    compute();
    const fair = (h) => { const v = Number(tape.value[h]), g = gradientOf(h); return Math.abs(v) < 1e4 && (g === null || Math.abs(g) < 1e4); };
    if (tape.value.every((_, h) => !D.needed[h] || fair(h))) return;
  }
  D.inputs.forEach((h, k) => { tape.value[h] = START[k]; });
  compute();
}

function hiddenByPractice(kind, unit) { return state.practice !== null && state.practice.hidden.has(`${kind} ${unit}`); }

function questions(what) {
  const { units } = view(), list = [];
  if (what !== "gradients") for (const one of units) if (one.into.length && one.into.every(single)) list.push({ kind: "value", one });
  if (what !== "values") {
    for (let i = units.length - 1; i >= 0; i--) {
      if (OP[units[i].unit] !== "constant" && units[i].gradient && !isOutput(units[i].unit) && D.flows[units[i].unit] && view().links.every((link) => link.source !== units[i].unit || single(link)) && !view().bundles[units[i].unit]) list.push({ kind: "gradient", one: units[i] });
    }
  }
  return list;
}

const answerOf = ({ kind, one }) => Number(kind === "value" ? tape.value[one.unit] : gradientOf(one.unit));
// rounded to two decimals, or to half a percent where that is less
const near = (given, wanted) => Math.abs(given - wanted) <= Math.max(0.00501, 0.00501 * Math.abs(wanted)) || given === wanted;

function diagnosis(question, given) {
  const { kind, one: { unit, into } } = question, wanted = answerOf(question);
  const gate = (h) => `the gate that makes ${textOf(h)}`;
  if (near(given, -wanted)) return `The sign is wrong${kind === "value" ? ` at ${gate(unit)}` : ""}.`;
  if (kind === "value") {
    const [a, b] = into.map((link) => Number(tape.value[link.source]));
    const others = [["add", a + b, "the sum"], ["sub", a - b, "the difference"], ["mul", a * b, "the product"], ["div", a / b, "the quotient"]];
    const found = into.length === 2 && others.find(([op, number]) => op !== OP[unit] && near(given, number));
    return found ? `That is ${found[2]}; ${gate(unit)} does something else.` : `Look at ${gate(unit)} again.`;
  }
  const uses = view().links.filter((link) => link.source === unit && carries(link));
  for (const link of uses) {
    const share = shareOf(link), slope = slopeOf(link), up = gradientOf(link.target);
    if (uses.length > 1 && share !== null && near(given, share)) return `That is the share that comes back from ${textOf(link.target)}; ${textOf(unit)} is used ${uses.length} times: add all shares.`;
    if (near(given, slope)) return `That is the local derivative at ${gate(link.target)}; multiply it by what arrives there.`;
    if (near(given, up)) return `That is what arrives at ${textOf(link.target)}; multiply it by the local derivative at ${gate(link.target)}.`;
    if (share !== null && near(given, up + slope)) return "Upstream and local derivative are multiplied, not added.";
    for (const other of view().unit.get(link.target).into) {
      if (other !== link && near(given, shareOf(other))) return `That is what goes to the other operand at ${gate(link.target)}.`;
    }
  }
  if (near(given, Number(tape.value[unit]))) return `That is the value of ${textOf(unit)}, not its gradient.`;
  return uses.length ? `Look at ${uses.map((link) => gate(link.target)).join(" and ")} again: upstream times local.` : "Nothing comes back to this wire.";
}

function startPractice(seed, what) {
  stop();
  state.at = state.mode = null;
  byId("mode").value = "";
  vary(seed);
  const list = questions(what);
  state.practice = { seed, what, list, at: 0, right: 0, tries: 0, hidden: new Set(list.map(({ kind, one }) => `${kind} ${one.unit}`)) };
  // a value that is asked for later must not be told by the gradients before it
  document.body.classList.add("practising");
  for (const { slider, field } of rowsOfInputs) { slider.disabled = true; field.readOnly = true; }
  update(null);
  ask("");
}
function stopPractice() {
  state.practice = null;
  document.body.classList.remove("practising");
  for (const { slider, field } of rowsOfInputs) { slider.disabled = false; field.readOnly = false; }
  buildPractice();
  update(null);
}

function ask(message, good) {
  const game = state.practice, box = byId("practice");
  const ends = made("button", {}, "Stop");
  ends.addEventListener("click", stopPractice);
  const said = made("p", { class: good ? "right" : "wrong", role: "status" }, message);
  for (const one of view().units) one.node.classList.remove("cur");
  if (game.at >= game.list.length) {
    const again = made("button", { class: "main" }, "New numbers");
    again.addEventListener("click", () => startPractice(game.seed + 1, game.what));
    box.replaceChildren(made("h2", {}, "Practice"), said, made("p", { id: "score" }, `${game.right} of ${game.list.length} right at the first try.`), made("div", { class: "buttons" }, again, ends));
    again.focus();
    return;
  }
  const question = game.list[game.at], { kind, one } = question;
  one.node.classList.add("cur");
  const asked = mathBox(kind === "value" ? `${nameOf(one.unit)}<mo>=</mo>${formulaOf(one.unit)}<mo>=</mo>` : `${partial(D.output, one.unit)}<mo>=</mo>`);
  const field = made("input", { type: "text", id: "answer", autocomplete: "off", size: "10", "aria-label": kind === "value" ? `value of ${textOf(one.unit)}` : `gradient by ${textOf(one.unit)}` });
  const check = made("button", { class: "main", type: "submit" }, "Check"), show = made("button", { type: "button" }, "Show");
  const form = made("form", { class: "buttons" }, asked, field, check, show);
  form.addEventListener("submit", (event) => { event.preventDefault(); answer(field.value); });
  show.addEventListener("click", () => { game.tries = 1; reveal(`It is ${shown(answerOf(question), style)}.`, false); });
  box.replaceChildren(made("h2", {}, `Practice \u00b7 question ${game.at + 1} of ${game.list.length} \u00b7 seed ${game.seed}`), form, said, made("div", { class: "buttons" }, ends));
  if (ready) field.focus();
}
function answer(text) {
  const game = state.practice, question = game.list[game.at], given = read(text);
  if (Number.isNaN(given)) { ask("That is not a number. Fractions, powers and pi are fine: 1/3, 2**-1, pi/4.", false); return; }
  if (near(given, answerOf(question))) { if (!game.tries) game.right++; reveal("Right.", true); return; }
  game.tries++;
  ask(diagnosis(question, given), false);
}
function reveal(message, good) {
  const game = state.practice, { kind, one } = game.list[game.at];
  game.hidden.delete(`${kind} ${one.unit}`);
  game.at++;
  game.tries = 0;
  paint();
  ask(message, good);
}

function buildPractice() {
  if (!D.live || !D.inputs.length || D.arrays || !D.scalar) return;
  const what = made("select", { "aria-label": "what to practise", id: "what" }, made("option", { value: "both" }, "values and gradients"), made("option", { value: "values" }, "values"), made("option", { value: "gradients" }, "gradients"));
  const seed = made("input", { type: "number", "aria-label": "seed", min: "0", max: "4294967295", value: "1", id: "seed" });
  const start = made("button", { id: "practise" }, "Practise");
  start.addEventListener("click", () => startPractice(Math.trunc(Number(seed.value)) >>> 0, what.value));
  byId("practice").replaceChildren(made("h2", {}, "Practice"), made("p", { class: "note" }, "Numbers are hidden and asked for one by one; the seed decides the inputs."), made("div", { class: "buttons" }, what, seed, start));
}

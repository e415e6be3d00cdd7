buildInputs();
buildSteps();
buildDetails();
buildView();
buildTheme();
buildLink();
buildCanvas();
buildSearch();
buildPractice();
restore();
if (D.practice) startPractice(D.practice.seed, D.practice.what); else update(null);
ready = true;
window.addEventListener("hashchange", () => { if (!state.practice) { restore(); update(null); } });

// For programs around the page: gradviz.set({x: 1}) moves inputs, gradviz.get() reads every number.
window.gradviz = Object.freeze({
  set(values) {
    for (const [name, value] of Object.entries(values)) {
      const h = D.inputs.find((k) => D.label[k] === name);
      if (h === undefined || !D.live) throw new RangeError(`${name} is no input that can be moved`);
      if (isArray(tape.value[h])) {
        const numbers = [value].flat(Infinity).map(Number);
        if (numbers.length !== tape.value[h].d.length) throw new RangeError(`${name} has ${tape.value[h].d.length} entries`);
        tape.value[h] = { s: tape.value[h].s, d: numbers };
      } else tape.value[h] = Number(value);
    }
    update(null);
  },
  get: () => ({ label: [...D.label], value: [...tape.value], slope: tape.slope.map((row) => [...row]), share: tape.share.map((row) => [...row]), gradient: tape.value.map((_, h) => gradientOf(h)) }),
  jacobian: (h, position) => jacobianOf.get(`${h} ${position}`),
  show: (number, decimals, integers) => shown(number, { decimals, integers }),
  read,
});

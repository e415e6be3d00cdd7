// The editor of an array: a window of fields that moves over it, keys as in a spreadsheet, pasting, a slider for one entry.

const WINDOW = 6;

// Numbers as they are copied from a spreadsheet, from NumPy or from a file: rows by lines or inner brackets
function readTable(text) {
  const lines = text.trim().replace(/^(array|tensor|Array)\(/, "").replace(/,?\s*dtype=.*$/, "").replace(/\]\s*,?\s*\[/g, "\n").replace(/[[\]()]/g, " ").split(/[\n;]+/);
  const rows = lines.map((line) => line.trim().split(line.includes("\t") ? /\t/ : line.includes(",") ? /\s*,\s*/ : /\s+/).filter((word) => word.trim() !== "").map(read)).filter((row) => row.length);
  return rows.length && rows.every((row) => row.every((number) => !Number.isNaN(number))) ? rows : null;
}

function matrixRow(h) {
  const name = D.label[h], shape = shapeOf(h), wide = shape[shape.length - 1], high = sizeOf(shape) / wide; // more axes: their rows one below the other
  const flat = shape.length === 1, fixed = !D.live || D.arrays.fixed.includes(h);
  const at = { i: 0, j: 0, top: 0, left: 0 };
  const grid = made("div", { class: "cells", role: "group", "aria-label": `entries of ${name}, shape ${shape.join(" by ")}` });
  const fields = [], shownHigh = Math.min(high, WINDOW), shownWide = Math.min(wide, WINDOW);
  grid.style.setProperty("--columns", shownWide);
  const place = (i, j) => { // the name of an entry, by all of its indices
    if (flat) return `${j}`;
    const indices = [j]; let rest = i;
    for (let k = shape.length - 2; k >= 0; k--) { indices.unshift(rest % shape[k]); rest = Math.floor(rest / shape[k]); }
    return indices.join(", ");
  };
  const set = (i, j, number) => { if (i < high && j < wide) tape.value[h].d[i * wide + j] = number; };
  const slider = made("input", { type: "range", id: `slider-${h}`, step: "any" }), told = made("output", { for: `slider-${h}`, id: `told-${h}` });
  const go_ = made("input", { type: "text", class: "goto", size: "7", "aria-label": `go to an entry of ${name}`, placeholder: flat ? "index" : "row, column" });
  const more = made("p", { class: "note" });
  const row = made("div", { class: "matrix-row" }, made("p", {}, mathBox(nameOf(h)), made("span", { class: "m" }, ` (${shape.join(", ")}${flat ? "," : ""})${fixed && D.live ? " fixed in this page" : ""}`)), grid);
  const big = high > WINDOW || wide > WINDOW;
  if (big) row.append(made("div", { class: "buttons" }, go_, more));
  row.append(slider, told);
  const select = (i, j, focus) => {
    at.i = Math.max(0, Math.min(high - 1, i)); at.j = Math.max(0, Math.min(wide - 1, j));
    at.top = Math.max(Math.min(at.top, at.i), at.i - shownHigh + 1);
    at.left = Math.max(Math.min(at.left, at.j), at.j - shownWide + 1);
    fill(null);
    if (focus) { const field = fields[(at.i - at.top) * shownWide + at.j - at.left]; field.focus(); field.select(); }
  };
  for (let k = 0; k < shownHigh * shownWide; k++) {
    const field = made("input", { type: "text", autocomplete: "off", spellcheck: "false" });
    const here = () => [at.top + Math.floor(k / shownWide), at.left + (k % shownWide)];
    field.readOnly = fixed;
    field.addEventListener("focus", () => { const [i, j] = here(); if (i !== at.i || j !== at.j) select(i, j); });
    field.addEventListener("input", () => {
      const number = read(field.value);
      field.setAttribute("aria-invalid", String(Number.isNaN(number)));
      if (!Number.isNaN(number)) { set(...here(), number); update(field); }
    });
    field.addEventListener("blur", () => { field.removeAttribute("aria-invalid"); fill(null); });
    field.addEventListener("keydown", (event) => {
      const [i, j] = here(), start = field.selectionStart === 0 && (field.selectionEnd === 0 || field.selectionEnd === field.value.length), end = field.selectionEnd === field.value.length;
      const move = { ArrowUp: [i - 1, j], ArrowDown: [i + 1, j], Enter: [i + 1, j], PageUp: [i - WINDOW, j], PageDown: [i + WINDOW, j], ArrowLeft: start ? [i, j - 1] : null, ArrowRight: end ? [i, j + 1] : null }[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      select(...move, true);
    });
    field.addEventListener("paste", (event) => {
      const rows = readTable(event.clipboardData.getData("text"));
      if (fixed || rows === null || (rows.length === 1 && rows[0].length === 1)) return;
      event.preventDefault();
      const [i, j] = here(), column = flat && rows.every((one) => one.length === 1);
      if (column) rows.forEach(([number], k) => set(0, j + k, number)); else rows.forEach((numbers, down) => numbers.forEach((number, across) => set(i + down, j + across, number)));
      update(null);
      byId("said").textContent = `${rows.flat().length} numbers pasted into ${name}.`;
    });
    fields.push(field);
    grid.append(field);
  }
  slider.disabled = fixed;
  slider.addEventListener("input", () => { set(at.i, at.j, Number(slider.value)); update(slider); });
  go_.addEventListener("change", () => {
    const words = go_.value.split(/[\s,]+/).filter(Boolean).map(Number);
    if (words.length !== shape.length || words.some((one, k) => !Number.isInteger(one) || one < 0 || one >= shape[k])) { go_.setAttribute("aria-invalid", "true"); return; }
    go_.removeAttribute("aria-invalid");
    select(words.slice(0, -1).reduce((sum, one, k) => sum * shape[k] + one, 0), words[words.length - 1], true);
  });
  function fill(from) {
    const value = tape.value[h], lower = lowerOf(h), mine = (i, j) => entry(value, i * wide + j);
    fields.forEach((field, k) => {
      const i = at.top + Math.floor(k / shownWide), j = at.left + (k % shownWide);
      if (field !== from) field.value = exact(mine(i, j));
      const label = `${name}[${place(i, j)}]`;
      if (field.getAttribute("aria-label") !== label) field.setAttribute("aria-label", label);
      field.classList.toggle("here", i === at.i && j === at.j);
    });
    const number = Number(mine(at.i, at.j));
    if (from !== slider) { const most = reach(number); slider.min = -most; slider.max = most; slider.step = most / 100; slider.value = number; }
    const label = `${name}[${place(at.i, at.j)}]`;
    if (slider.getAttribute("aria-label") !== label) slider.setAttribute("aria-label", label);
    slider.setAttribute("aria-valuetext", exact(number));
    told.textContent = `${label} = ${exact(number)}${lower === null || state.at !== null ? "" : `, \u2202${spelled(D.output)}/\u2202${label} = ${shown(entry(lower, at.i * wide + at.j), style)}`}`;
    if (big) more.textContent = flat ? `entries ${at.left} to ${at.left + shownWide - 1} of ${wide}` : `rows ${at.top} to ${at.top + shownHigh - 1} of ${high}, columns ${at.left} to ${at.left + shownWide - 1} of ${wide}`;
  }
  rowsOfInputs.push({ h, slider, field: fields[0], told, row, fill });
  return rowsOfInputs[rowsOfInputs.length - 1];
}

// Finding any node of a graph that is too large to be drawn whole, and walking from node to node.

const MOST_HOPS = 12;
let usersOf = null;

function users(h) {
  if (usersOf === null) {
    usersOf = new Map();
    D.from.forEach((from, k) => { for (const one of new Set(from)) { if (!usersOf.has(one)) usersOf.set(one, []); usersOf.get(one).push(k); } });
  }
  return usersOf.get(h) || [];
}

let extra = null; // the slider of an input that has no row of its own
function dropExtra() {
  if (extra !== null) rowsOfInputs.splice(rowsOfInputs.indexOf(extra), 1);
  extra = null;
}

function tellNode(h) {
  told = { handle: h };
  const list = [], add = (term, ...what) => list.push(made("dt", {}, term), made("dd", {}, ...what));
  if (state.practice === null) {
    add("value", D.live ? exact(tape.value[h]) : D.recorded.exact[h]);
    const lower = D.live ? exact(lowerOf(h)) : D.recorded.gradient[h];
    if (lower && OP[h] !== "constant") add(state.mode === null ? "gradient" : "tangent", lower);
    D.from[h].forEach((k, position) => {
      const slope = D.live ? tape.slope[h][position] : null, share = D.live ? tape.share[h][position] : null;
      if (slope !== null) add(`local by ${D.label[k]}`, exact(slope) + (share === null ? "" : `, upstream \u00d7 local = ${exact(share)}`));
    });
  }
  if (D.from[h].length) add("operands", ...hops(D.from[h]));
  if (users(h).length) add("used by", ...hops(users(h)));
  const formula = D.from[h].length ? `<mo>=</mo>${withNames(D.patterns[D.pattern[h]][0], h)}` : "";
  if (extra !== null && extra.h === h) {
    byId("details").replaceChildren(mathBox(nameOf(h)), extra.row, made("dl", {}, ...list));
    return;
  }
  dropExtra();
  byId("details").replaceChildren(mathBox(nameOf(h) + formula), made("dl", {}, ...list));
  if (D.live && !state.practice && D.inputs.includes(h) && !rowsOfInputs.some((row) => row.h === h)) {
    extra = inputRow(h);
    fillRow(extra, null);
    byId("details").firstChild.after(extra.row);
  }
}

const hop = (k) => {
  const button = made("button", { type: "button" }, D.label[k]);
  button.addEventListener("click", () => { tellNode(k); if (D.canvas && D.canvas.column[k] >= 0) { map.chosen = k; if (isMap()) bringInto(k); } });
  return button;
};
const hops = (handles) => (handles.length > MOST_HOPS ? [...handles.slice(0, MOST_HOPS).map(hop), ` and ${(handles.length - MOST_HOPS).toLocaleString("en")} more`] : handles.map(hop));

// What a unit of many stands for
function tellBundle(unit) {
  const members = view().bundles[unit], list = [], add = (term, ...what) => list.push(made("dt", {}, term), made("dd", {}, ...what));
  dropExtra();
  const ends = (find) => endsOf(unit, find).map(exact).join(" \u2026 ");
  if (state.practice === null && D.live) {
    add("values", ends((h) => tape.value[h]));
    if (ends(lowerOf)) add(state.mode === null ? "gradients" : "tangents", ends(lowerOf));
  }
  add("nodes", ...hops(members));
  byId("details").replaceChildren(made("p", {}, `${members.length.toLocaleString("en")} nodes of one role`), made("dl", {}, ...list));
}

function buildSearch() {
  const drawn = view().units.length;
  if (D.op.length <= drawn || D.op.length <= 80) return;
  const field = byId("find");
  field.hidden = false;
  if (D.canvas) byId("details").parentElement.prepend(field.previousElementSibling, field, byId("details")); // first what is looked for
  field.placeholder = `find one of ${D.op.length.toLocaleString("en")} nodes by name`;
  field.addEventListener("input", () => {
    const name = field.value.trim();
    if (!name) return;
    const exactly = D.label.indexOf(name), h = exactly >= 0 ? exactly : D.label.findIndex((label, k) => OP[k] !== "constant" && label.startsWith(name));
    if (h >= 0) {
      tellNode(h);
      if (D.canvas && D.canvas.column[h] >= 0) { map.chosen = h; if (isMap()) bringInto(h); }
    } else byId("details").replaceChildren(made("p", { class: "note" }, `no node is named ${name}`));
  });
}

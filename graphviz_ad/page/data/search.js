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

function tellNode(h) {
  told = { handle: h };
  const list = [], add = (term, ...what) => list.push(made("dt", {}, term), made("dd", {}, ...what));
  const hops = (handles) => {
    const buttons = handles.slice(0, MOST_HOPS).map((k) => {
      const button = made("button", { type: "button" }, D.label[k]);
      button.addEventListener("click", () => tellNode(k));
      return button;
    });
    return handles.length > MOST_HOPS ? [...buttons, ` and ${handles.length - MOST_HOPS} more`] : buttons;
  };
  if (state.practice === null) {
    add("value", D.live ? exact(tape.value[h]) : D.recorded.exact[h]);
    const lower = D.live ? exact(lowerOf(h)) : D.recorded.gradient[h];
    if (lower && OP[h] !== "constant") add(state.mode === null ? "gradient" : "tangent", lower);
  }
  if (D.from[h].length) add("operands", ...hops(D.from[h]));
  if (users(h).length) add("used by", ...hops(users(h)));
  const formula = D.from[h].length ? `<mo>=</mo>${withNames(D.patterns[D.pattern[h]][0], h)}` : "";
  byId("details").replaceChildren(mathBox(nameOf(h) + formula), made("dl", {}, ...list));
}

function buildSearch() {
  const drawn = view().units.length;
  if (D.op.length <= drawn || D.op.length <= 80) return;
  const field = byId("find");
  field.hidden = false;
  field.placeholder = `find one of ${D.op.length.toLocaleString("en")} nodes by name`;
  field.addEventListener("input", () => {
    const name = field.value.trim();
    if (!name) return;
    const exactly = D.label.indexOf(name), h = exactly >= 0 ? exactly : D.label.findIndex((label, k) => OP[k] !== "constant" && label.startsWith(name));
    if (h >= 0) tellNode(h); else byId("details").replaceChildren(made("p", { class: "note" }, `no node is named ${name}`));
  });
}

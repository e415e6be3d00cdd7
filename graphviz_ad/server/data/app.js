// The editor: sends what is typed, shows what comes back. Everything that comes back is text, never markup.
"use strict";

const byId = (id) => document.getElementById(id);
const values = new Map();
let turn = 0, waiting = null, shownPage = "";

function state() {
  return { text: byId("text").value, values: Object.fromEntries([...values].filter(([, value]) => value !== "")) };
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return answer;
}

function fault(error) {
  byId("fault").hidden = !error;
  byId("fault").textContent = error ? error.message : "";
  byId("text").setAttribute("aria-invalid", String(Boolean(error)));
}

function fields(inputs) {
  const box = byId("values"), wanted = inputs.map((input) => input.name).join("\n");
  for (const input of box.querySelectorAll("input")) if (input.placeholder === "") input.placeholder = "value";
  if (box.dataset.names === wanted) return;
  box.dataset.names = wanted;
  box.replaceChildren();
  for (const { name, default: start } of inputs) {
    const label = document.createElement("label"), field = document.createElement("input");
    label.textContent = name;
    field.id = `value of ${name}`;
    label.htmlFor = field.id;
    field.value = values.get(name) || "";
    field.placeholder = start || "value";
    field.autocomplete = "off";
    field.addEventListener("input", () => { values.set(name, field.value.trim()); soon(); });
    box.append(label, field);
  }
}

async function refresh() {
  const mine = ++turn, asked = state();
  history.replaceState(null, "", "#" + new URLSearchParams({ text: asked.text, ...Object.fromEntries(Object.entries(asked.values).map(([k, v]) => ["=" + k, v])) }));
  if (!asked.text.trim()) { fault(null); return; }
  let answer;
  try {
    answer = await (await post("api/draw", asked)).json();
  } catch (error) {
    fault({ message: `the app does not answer: ${error.message}` });
    return;
  }
  if (mine !== turn) return; // something newer has been typed
  fault(answer.error);
  if (answer.error) return;
  fields(answer.inputs);
  byId("value").textContent = answer.value ? `${answer.outputs.join(", ")} = ${answer.value}` : answer.missing.length ? `${answer.missing.join(", ")}: no value yet, the sliders start at 1` : "";
  if (answer.page !== shownPage) { shownPage = answer.page; byId("picture").src = answer.page; }
  const report = await (await post("api/check", asked)).json();
  if (mine !== turn) return;
  byId("report").hidden = Boolean(report.error);
  if (report.error) return;
  byId("verdict").textContent = report.verdict;
  byId("lines").replaceChildren(...report.lines.map((line) => { const item = document.createElement("li"); item.textContent = line; return item; }));
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 250);
}

function load(text, given) {
  byId("text").value = text;
  values.clear();
  for (const [name, value] of Object.entries(given)) values.set(name, String(value));
  byId("values").dataset.names = "";
  refresh();
}

byId("text").addEventListener("input", soon);
byId("editor").addEventListener("submit", (event) => event.preventDefault());
byId("download").addEventListener("change", async () => {
  const format = byId("download").value;
  byId("download").value = "";
  if (!format) return;
  const answer = await post("api/file", { ...state(), format });
  if (!answer.ok) { fault((await answer.json()).error); return; }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `gradviz.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
byId("link").addEventListener("click", () => navigator.clipboard.writeText(location.href));

(async () => {
  const examples = await (await fetch("api/examples")).json();
  examples.forEach(({ title }, k) => byId("examples").append(new Option(title, String(k))));
  byId("examples").addEventListener("change", () => {
    const one = examples[Number(byId("examples").value)];
    if (byId("examples").value !== "") load(one.text, one.values);
  });
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.get("text")) load(given.get("text"), Object.fromEntries([...given].filter(([key]) => key.startsWith("=")).map(([key, value]) => [key.slice(1), value])));
  else load(examples[0].text, examples[0].values);
})();

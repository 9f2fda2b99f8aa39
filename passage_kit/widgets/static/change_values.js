// The panel of values: the distinct values of a column with what each becomes, forms for new steps, and the steps.

const MARKS = [[".", "point: 1.250"], [",", "comma: 1,250"], [" ", "space: 1 250"], ["'", "apostrophe: 1'250"]];
const KINDS_OF_STEPS = [
  ["replace", "Replace text"],
  ["split", "Split into two columns"],
  ["join", "Join with another column"],
  ["case", "Change case"],
  ["number", "Remove thousands separators"],
  ["date", "Order of day and month"],
  ["country", "Countries as codes"],
];

function button(key, text, click, attributes = {}) {
  return element("button", { type: "button", "data-key": key, text, onclick: click, ...attributes });
}

function choice(label, options) {
  const select = element("select", { "aria-label": label });
  select.append(...options.map(([value, text]) => new Option(text, value)));
  return select;
}

function typed(label, value = "", attributes = {}) {
  const input = element("input", { type: "text", "aria-label": label, autocomplete: "off", spellcheck: "false", ...attributes });
  input.value = value;
  return input;
}

function labelled(text, input) {
  return element("label", { class: "passage-part" }, element("span", { text }), input);
}

// The parts of the form of each kind of step, and a function that reads what it needs of them.
function formOf(kind, column, columns) {
  if (kind === "replace") {
    const [find, put] = [typed("Text to replace"), typed("Replacement", "", { placeholder: "nothing" })];
    const pattern = element("input", { type: "checkbox" });
    const box = element("label", { class: "passage-box" }, pattern, " is a regular expression");
    return [[labelled("Replace", find), labelled("by", put), box], () => ({ find: find.value, put: put.value, pattern: pattern.checked })];
  }
  if (kind === "split") {
    const [first, second] = [typed("First new column", `${column} 1`), typed("Second new column", `${column} 2`)];
    const separator = typed("Separator", " ", { size: 4 });
    const at = choice("Which separator", [["last", "at the last one"], ["first", "at the first one"]]);
    const parts = [labelled("First column", first), labelled("Second column", second), labelled("Separator", separator), labelled("Split", at)];
    return [parts, () => ({ into: [first.value.trim(), second.value.trim()], separator: separator.value, at: at.value })];
  }
  if (kind === "join") {
    const other = choice("Other column", columns.filter((name) => name !== column).map((name) => [name, name]));
    const [separator, into] = [typed("Text between", " ", { size: 4 }), typed("New column", `${column} joined`)];
    const parts = [labelled("With column", other), labelled("Text between", separator), labelled("New column", into)];
    return [parts, () => ({ others: [other.value], separator: separator.value, into: into.value.trim() })];
  }
  if (kind === "case") {
    const to = choice("Case", [["lower", "small letters"], ["upper", "CAPITAL LETTERS"], ["title", "Capitals At The Beginning"]]);
    return [[labelled("Write with", to)], () => ({ to: to.value })];
  }
  if (kind === "number") {
    const mark = choice("Thousands separator", MARKS);
    return [[labelled("Separator", mark)], () => ({ thousands: mark.value })];
  }
  if (kind === "date") {
    const order = choice("Order of day and month", [["DMY", "day first: 03/04 is 3 April"], ["MDY", "month first: 03/04 is March 4"]]);
    return [[labelled("Dates have the", order)], () => ({ order: order.value })];
  }
  return [[element("span", { class: "passage-quiet", text: "Names of countries become codes, such as DE for Germany." })], () => ({})];
}

function render({ model, el }) {
  el.classList.add("passage-review", "passage-changes");
  const ask = (what, given = {}) => model.send({ do: what, with: given });
  const drafts = new Map(); // typed values that are not sent
  const opened = new Set(); // steps whose line and code are shown
  let content = {};

  const column = element("select", { "aria-label": "Column", onchange: () => chosen() });
  const [search, setText] = searchField("part of a value", (text) => ask("view", { text }));
  const target = element("span", { class: "passage-quiet", role: "status" });
  const head = element("div", { class: "passage-filters" }, element("label", {}, "Column ", column), search, target);
  const values = element("div");
  const pages = element("div", { class: "passage-pager" });
  const form = element("div", { class: "passage-form" });
  const steps = element("div");
  el.append(head, values, pages, form, steps);

  function valueRow({ value, shown, rows, becomes, reason }, list) {
    const of = content.view.column;
    const key = `becomes ${of} ${value}`;
    const blank = becomes === "";
    const put = (text) => {
      drafts.delete(key);
      ask("map", { column: of, value, becomes: text });
    };
    const input = typed(`What ${value} becomes`, drafts.get(key) ?? becomes ?? "", {
      "data-key": key,
      placeholder: blank ? "blank" : "as it is",
      size: 12,
      ...(list ? { list } : {}),
    });
    input.addEventListener("input", () => drafts.set(key, input.value));
    input.addEventListener("change", () => put(input.value.trim() || null));
    // Both have one key, so that the focus stays at the place where one follows the other.
    const back = button(`other ${key}`, "As it was", () => put(null), { "aria-label": `Leave ${value} as it was` });
    const clear = button(`other ${key}`, "Blank", () => put(""), { "aria-label": `Make ${value} blank` });
    const given = becomes !== null && becomes !== undefined;
    const left = reason ? element("div", { class: "passage-left-out", text: `Left out: ${reason}` }) : null;
    const change = element("div", { class: "passage-becomes" }, input, given ? back : clear);
    const long = element("span", { class: "passage-quiet", text: "too long to change here" });
    return element(
      "tr",
      {},
      element("th", { scope: "row", text: shown }),
      element("td", { class: "passage-number", text: rows.toLocaleString("en") }),
      element("td", {}, value === null ? long : change, left),
    );
  }

  function valuesTable() {
    const name = `Values of ${content.view.column}`;
    const list = content.choices.length ? `choices-${model.get("ident")}` : "";
    const heads = ["Value", "Rows", "Becomes"].map((text) =>
      element("th", { scope: "col", class: text === "Rows" && "passage-number", text }),
    );
    const head = element("thead", {}, element("tr", {}, ...heads));
    const body = element("tbody", {}, ...content.values.map((one) => valueRow(one, list)));
    const table = element("table", {}, element("caption", { class: "passage-spoken", text: name }), head, body);
    const parts = [element("div", { class: "passage-scroll", role: "region", tabindex: 0, "aria-label": name }, table)];
    if (list) parts.push(element("datalist", { id: list }, ...content.choices.map((value) => element("option", { value }))));
    return parts;
  }

  function pager() {
    const { view, found, pages: count, blanks } = content;
    const step = (by, label, off) => button(`page${by}`, label, () => ask("view", { page: view.page + by }), { disabled: off });
    const blank = blanks ? `, ${blanks.toLocaleString("en")} blank` : "";
    const said = `${found.toLocaleString("en")} different value${found === 1 ? "" : "s"}${blank}`;
    const status = element("span", { role: "status", text: count > 1 ? `${said}, page ${view.page + 1} of ${count.toLocaleString("en")}` : said });
    return count > 1 ? [step(-1, "Previous", view.page === 0), status, step(1, "Next", view.page + 1 >= count)] : [status];
  }

  const kind = choice("Another change of the column", KINDS_OF_STEPS);
  const parts = element("div", { class: "passage-parts" });
  let read = () => ({});
  let drawnFor = "";

  function showForm(anew = false) {
    const key = JSON.stringify([kind.value, column.value, content.columns]);
    if (key === drawnFor && !anew) return;
    drawnFor = key;
    const [made, reader] = formOf(kind.value, column.value, content.columns);
    read = reader;
    parts.replaceChildren(...made);
  }

  const add = () => ask("add", { column: column.value, step: kind.value, how: read() });
  parts.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input[type=text]")) add();
  });
  kind.addEventListener("change", () => showForm(true));

  function chosen() {
    ask("view", { column: column.value });
    showForm();
  }

  const adding = button("add", "Add step", add);
  form.append(element("p", { class: "passage-subtitle", text: "Another change of this column" }));
  form.append(element("div", { class: "passage-adding" }, labelled("Change", kind), parts, adding));

  function example({ before, after, rows }) {
    const sign = element("span", { class: "passage-arrow", "aria-hidden": "true", text: " → " });
    const becomes = element("span", { class: "passage-spoken", text: "becomes" });
    const often = rows > 1 ? element("span", { class: "passage-quiet", text: ` (${rows.toLocaleString("en")} rows)` }) : null;
    return element("li", {}, element("span", { text: before }), sign, becomes, element("b", { text: after || "blank" }), often);
  }

  function stepCard(step) {
    const { number, says, on, touched, problem, examples, line, python } = step;
    const named = `step ${number + 1}`;
    const box = element("input", { type: "checkbox", "data-key": `on ${number}`, "aria-label": `Apply ${named}` });
    box.checked = on;
    box.addEventListener("change", () => ask("switch", { number, on: box.checked }));
    const state = !on ? "off" : problem || (touched ? `${touched.toLocaleString("en")} row${touched === 1 ? "" : "s"}` : "changes nothing");
    const move = (by, text, label, off) => button(`${label} ${number}`, text, () => ask("move", { number, by }), { "aria-label": `${label} ${named}`, disabled: off });
    const back = button(`back ${number}`, "Take back", () => ask("take back", { number }), { "aria-label": `Take back ${named}` });
    const summary = element("summary", { "data-key": `line ${number}`, text: "In the plan, and in Python" });
    const code = (label, text) => element("pre", { tabindex: 0, "aria-label": `${label} of ${named}`, text });
    const details = element("details", { open: opened.has(line) }, summary, code("Line in the plan", line), code("Python", python));
    details.addEventListener("toggle", () => opened[details.open ? "add" : "delete"](line));
    return element(
      "li",
      { class: on ? "passage-step-card" : "passage-step-card passage-off", "aria-label": named },
      element("div", { class: "passage-step-head" }, element("label", {}, box, ` ${says}`), element("span", { class: "passage-quiet", text: state })),
      examples.length ? element("ul", { class: "passage-examples" }, ...examples.map(example)) : null,
      element(
        "div",
        { class: "passage-buttons" },
        move(-1, "↑", "Move up", number === 0),
        move(1, "↓", "Move down", number === content.steps.length - 1),
        back,
      ),
      details,
    );
  }

  function stepList() {
    const title = element("p", { class: "passage-subtitle", text: "Your steps, in order" });
    const none = element("p", { class: "passage-quiet", text: "None yet: every value goes on as it is." });
    return [title, content.steps.length ? element("ol", { class: "passage-steps" }, ...content.steps.map(stepCard)) : none];
  }

  return listen(model, (told) => {
    content = told;
    if (!content.columns) return;
    if ([...column.options].map((option) => option.value).join("\n") !== content.columns.join("\n")) {
      column.replaceChildren(...content.columns.map((name) => new Option(name, name)));
    }
    column.value = content.view.column;
    setText(content.view.text);
    target.textContent = content.target ? `goes to ${content.target}` : "not stored, or part of a join";
    redraw(values, ...valuesTable());
    redraw(pages, ...pager());
    showForm();
    redraw(steps, ...stepList());
  });
}

export default { initialize, render };

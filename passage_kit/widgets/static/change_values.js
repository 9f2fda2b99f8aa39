// The panel of values: the distinct values of a column with what each becomes, forms for new steps, and the steps.

function marks() {
  return [
    [".", gettext("point: {example}", { example: "1.250" })],
    [",", gettext("comma: {example}", { example: "1,250" })],
    [" ", gettext("space: {example}", { example: "1 250" })],
    ["'", gettext("apostrophe: {example}", { example: "1'250" })],
  ];
}

function kindsOfSteps() {
  return [
    ["replace", gettext("Replace text")],
    ["split", gettext("Split into two columns")],
    ["join", gettext("Join with another column")],
    ["case", gettext("Change case")],
    ["number", gettext("Remove thousands separators")],
    ["date", gettext("Order of day and month")],
    ["country", gettext("Countries as codes")],
  ];
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
    const [find, put] = [typed(gettext("Text to replace")), typed(gettext("Replacement"), "", { placeholder: gettext("nothing") })];
    const pattern = element("input", { type: "checkbox" });
    const box = element("label", { class: "passage-box" }, pattern, ` ${gettext("is a regular expression")}`);
    return [[labelled(gettext("Replace"), find), labelled(gettext("by"), put), box], () => ({ find: find.value, put: put.value, pattern: pattern.checked })];
  }
  if (kind === "split") {
    const [first, second] = [typed(gettext("First new column"), `${column} 1`), typed(gettext("Second new column"), `${column} 2`)];
    const separator = typed(gettext("Separator"), " ", { size: 4 });
    const at = choice(gettext("Which separator"), [["last", gettext("at the last one")], ["first", gettext("at the first one")]]);
    const parts = [
      labelled(gettext("First column"), first),
      labelled(gettext("Second column"), second),
      labelled(gettext("Separator"), separator),
      labelled(gettext("Split"), at),
    ];
    return [parts, () => ({ into: [first.value.trim(), second.value.trim()], separator: separator.value, at: at.value })];
  }
  if (kind === "join") {
    const other = choice(gettext("Other column"), columns.filter((name) => name !== column).map((name) => [name, name]));
    const made = gettext("{column} joined", { column });
    const [separator, into] = [typed(gettext("Text between"), " ", { size: 4 }), typed(gettext("New column"), made)];
    const parts = [labelled(gettext("With column"), other), labelled(gettext("Text between"), separator), labelled(gettext("New column"), into)];
    return [parts, () => ({ others: [other.value], separator: separator.value, into: into.value.trim() })];
  }
  if (kind === "case") {
    const cases = [["lower", gettext("small letters")], ["upper", gettext("CAPITAL LETTERS")], ["title", gettext("Capitals At The Beginning")]];
    const to = choice(gettext("Case"), cases);
    return [[labelled(gettext("Write with"), to)], () => ({ to: to.value })];
  }
  if (kind === "number") {
    const mark = choice(gettext("Thousands separator"), marks());
    return [[labelled(gettext("Separator"), mark)], () => ({ thousands: mark.value })];
  }
  if (kind === "date") {
    const orders = [
      ["DMY", gettext("day first: 03/04 is 3 April")],
      ["MDY", gettext("month first: 03/04 is March 4")],
      ["excel", gettext("a number of days, as Excel counts: 45123 is 16 July 2023")],
    ];
    const order = choice(gettext("Order of day and month"), orders);
    return [[labelled(gettext("Dates have the"), order)], () => ({ order: order.value })];
  }
  return [[element("span", { class: "passage-quiet", text: gettext("Names of countries become codes, such as DE for Germany.") })], () => ({})];
}

function render({ model, el }) {
  el.classList.add("passage-review", "passage-changes");
  const ask = (what, given = {}) => model.send({ do: what, with: given });
  const drafts = new Map(); // typed values that are not sent
  const opened = new Set(); // steps whose line and code are shown
  let content = {};

  const column = element("select", { "aria-label": gettext("Column"), onchange: () => chosen() });
  const [search, setText] = searchField(gettext("part of a value"), (text) => ask("view", { text }));
  const target = element("span", { class: "passage-quiet", role: "status" });
  const head = element("div", { class: "passage-filters" }, element("label", {}, `${gettext("Column")} `, column), search, target);
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
    const input = typed(gettext("What {value} becomes", { value }), drafts.get(key) ?? becomes ?? "", {
      "data-key": key,
      placeholder: blank ? gettext("blank") : gettext("as it is"),
      size: 12,
      ...(list ? { list } : {}),
    });
    input.addEventListener("input", () => drafts.set(key, input.value));
    input.addEventListener("change", () => put(input.value.trim() || null));
    // Both have one key, so that the focus stays at the place where one follows the other.
    const back = button(`other ${key}`, gettext("As it was"), () => put(null), { "aria-label": gettext("Leave {value} as it was", { value }) });
    const clear = button(`other ${key}`, gettext("Blank"), () => put(""), { "aria-label": gettext("Make {value} blank", { value }) });
    const given = becomes !== null && becomes !== undefined;
    const left = reason ? element("div", { class: "passage-left-out", text: gettext("Left out: {reason}", { reason }) }) : null;
    const change = element("div", { class: "passage-becomes" }, input, given ? back : clear);
    const long = element("span", { class: "passage-quiet", text: gettext("too long to change here") });
    return element(
      "tr",
      {},
      element("th", { scope: "row", text: shown }),
      element("td", { class: "passage-number", text: number(rows) }),
      element("td", {}, value === null ? long : change, left),
    );
  }

  function valuesTable() {
    const name = gettext("Values of {column}", { column: content.view.column });
    const list = content.choices.length ? `choices-${model.get("ident")}` : "";
    const heads = [gettext("Value"), gettext("Rows"), gettext("Becomes")].map((text, at) =>
      element("th", { scope: "col", class: at === 1 && "passage-number", text }),
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
    const different = ngettext("{count} different value", "{count} different values", found);
    const said = blanks ? `${different}, ${ngettext("{count} blank", "{count} blanks", blanks)}` : different;
    const status = element("span", { role: "status", text: count > 1 ? onPage(said, view.page, count) : said });
    return count > 1 ? [step(-1, gettext("Previous"), view.page === 0), status, step(1, gettext("Next"), view.page + 1 >= count)] : [status];
  }

  const kind = choice(gettext("Another change of the column"), kindsOfSteps());
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

  const adding = button("add", gettext("Add step"), add);
  form.append(element("p", { class: "passage-subtitle", text: gettext("Another change of this column") }));
  form.append(element("div", { class: "passage-adding" }, labelled(gettext("Change"), kind), parts, adding));

  function example({ before, after, rows }) {
    const sign = element("span", { class: "passage-arrow", "aria-hidden": "true", text: " → " });
    const becomes = element("span", { class: "passage-spoken", text: gettext("becomes") });
    const often = rows > 1 ? element("span", { class: "passage-quiet", text: ` (${ngettext("{count} row", "{count} rows", rows)})` }) : null;
    return element("li", {}, element("span", { text: before }), sign, becomes, element("b", { text: after || gettext("blank") }), often);
  }

  function stepCard(step) {
    const { number, says, on, touched, problem, examples, line, python } = step;
    const at = number + 1;
    const box = element("input", { type: "checkbox", "data-key": `on ${number}`, "aria-label": gettext("Apply step {at}", { at }) });
    box.checked = on;
    box.addEventListener("change", () => ask("switch", { number, on: box.checked }));
    const state = !on ? gettext("off") : problem || (touched ? ngettext("{count} row", "{count} rows", touched) : gettext("changes nothing"));
    const move = (by, text, label, off) => button(`by ${by} ${number}`, text, () => ask("move", { number, by }), { "aria-label": label, disabled: off });
    const back = button(`back ${number}`, gettext("Take back"), () => ask("take back", { number }), { "aria-label": gettext("Take back step {at}", { at }) });
    const summary = element("summary", { "data-key": `line ${number}`, text: gettext("In the plan, and in Python") });
    const code = (label, text) => element("pre", { tabindex: 0, "aria-label": label, text });
    const inPlan = code(gettext("Line in the plan of step {at}", { at }), line);
    const details = element("details", { open: opened.has(line) }, summary, inPlan, code(gettext("Python of step {at}", { at }), python));
    details.addEventListener("toggle", () => opened[details.open ? "add" : "delete"](line));
    return element(
      "li",
      { class: on ? "passage-step-card" : "passage-step-card passage-off", "aria-label": gettext("step {at}", { at }) },
      element("div", { class: "passage-step-head" }, element("label", {}, box, ` ${says}`), element("span", { class: "passage-quiet", text: state })),
      examples.length ? element("ul", { class: "passage-examples" }, ...examples.map(example)) : null,
      element(
        "div",
        { class: "passage-buttons" },
        move(-1, "↑", gettext("Move up step {at}", { at }), number === 0),
        move(1, "↓", gettext("Move down step {at}", { at }), number === content.steps.length - 1),
        back,
      ),
      details,
    );
  }

  function stepList() {
    const title = element("p", { class: "passage-subtitle", text: gettext("Your steps, in order") });
    const none = element("p", { class: "passage-quiet", text: gettext("None yet: every value goes on as it is.") });
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
    target.textContent = content.target ? gettext("goes to {target}", { target: content.target }) : gettext("not stored, or part of a join");
    redraw(values, ...valuesTable());
    redrawChanged(pages, ...pager());
    showForm();
    redraw(steps, ...stepList());
  });
}

export default { initialize, render };

// The panel of findings: a table of the kinds, and the values of one kind with a field to correct each.

function ask(model, what, given = {}) {
  model.send({ do: what, with: given });
}

function button(key, text, click, attributes = {}) {
  return element("button", { type: "button", "data-key": key, text, onclick: click, ...attributes });
}

function headed(label, titles, rows) {
  const head = titles.map((title) => element("th", { scope: "col", text: title }));
  const table = element(
    "table",
    {},
    element("caption", { class: "passage-spoken", text: label }),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  return element("div", { class: "passage-scroll", tabindex: 0, role: "region", "aria-label": label }, table);
}

function about(nextStep, code = "") {
  const name = code ? element("code", { class: "passage-code-name", text: code }) : null;
  return element("span", { class: "passage-stays" }, element("span", { class: "passage-next", text: `${nextStep} ` }), name);
}

function kindsTable(model, { kinds, filter, corrections }) {
  const rows = kinds.map(({ code, effect, findings, meaning, next_step }) => {
    const pressed = String(code === filter.code);
    const name = button(`kind-${code}-${effect}`, meaning, () => ask(model, "view", { code }), { "aria-pressed": pressed });
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, name, about(next_step, code)),
      element("td", { text: effect }),
      element("td", { class: "passage-number", text: findings.toLocaleString("en") }),
    );
  });
  if (corrections) {
    const own = button("kind-corrections", "Your corrections", () => ask(model, "view", { code: "corrections" }), {
      "aria-pressed": String(filter.code === "corrections"),
    });
    const cells = ["", corrections.toLocaleString("en")].map((text) => element("td", { class: "passage-number", text }));
    const head = element("th", { scope: "row" }, own, about("Take back a correction that was a mistake."));
    rows.push(element("tr", {}, head, ...cells));
  }
  return headed("Kinds of findings", ["What was found, and the next step", "Effect", "Findings"], rows);
}

function tools(model, { filter }) {
  const all = element("input", {
    type: "checkbox",
    "data-key": "all",
    onchange: (event) => ask(model, "view", { all: event.target.checked }),
  });
  all.checked = filter.all;
  return [
    element("label", {}, all, " with what was merely written in another form"),
    button("judge", "Judge all again", () => ask(model, "judge")),
  ];
}

function pager(model, { filter, found, pages, can_accept_all: canAcceptAll }) {
  const step = (by, label, off) =>
    button(`page${by}`, label, () => ask(model, "view", { page: filter.page + by }), { disabled: off });
  const values = `${found.toLocaleString("en")} value${found === 1 ? "" : "s"}`;
  const acceptAll = button("accept-all", "Accept all suggested domains", () => ask(model, "accept all"));
  return [
    step(-1, "Previous", filter.page === 0),
    element("span", { role: "status", text: `${values}, page ${filter.page + 1} of ${pages.toLocaleString("en")}` }),
    step(1, "Next", filter.page + 1 >= pages),
    canAcceptAll && found > 1 ? acceptAll : null,
  ];
}

function verdictList({ verdicts, was, corrected }) {
  const lines = verdicts.map(({ effect, text }) => element("div", {}, element("b", { text: `${effect}: ` }), text));
  if (corrected) lines.push(element("div", { class: "passage-next", text: `Corrected; it was ${was || "blank"}` }));
  return element("td", {}, ...lines);
}

function editor(model, item, drafts) {
  const { row, field, value, editable } = item;
  const key = `${row} ${field}`;
  if (!editable) return element("td", {}, value ?? "");
  const input = element("input", {
    type: "text",
    "data-key": `value ${key}`,
    "aria-label": `${field} of row ${row}`,
    autocomplete: "off",
    spellcheck: "false",
    size: 20,
  });
  input.value = drafts.get(key) ?? value ?? "";
  const save = (alike) => {
    drafts.delete(key);
    ask(model, "fix", { row, field, value: input.value.trim() || null, alike });
  };
  input.addEventListener("input", () => drafts.set(key, input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) save(false);
  });
  const buttons = [button(`save ${key}`, "Save", () => save(false), { "aria-label": `Save ${field} of row ${row}` })];
  if (item.alike > 1) {
    const text = `Save for all ${item.alike.toLocaleString("en")} with this value`;
    buttons.push(button(`alike ${key}`, text, () => save(true)));
  }
  if (item.suggestion) {
    const accept = () => {
      drafts.delete(key);
      ask(model, "accept", { rows: [row] });
    };
    buttons.push(button(`accept ${key}`, `Use ${item.suggestion}`, accept));
  }
  if (item.corrected) {
    const back = () => {
      drafts.delete(key);
      ask(model, "take back", { rows: [row], field });
    };
    buttons.push(button(`back ${key}`, "Take back", back, { "aria-label": `Take back ${field} of row ${row}` }));
  }
  return element("td", {}, input, element("div", { class: "passage-buttons" }, ...buttons));
}

function itemsTable(model, content, drafts) {
  const rows = content.items.map((item) =>
    element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        `Row ${item.row}`,
        element("span", { class: "passage-stays", text: item.field ?? "" }),
        item.person ? element("span", { class: "passage-stays passage-next passage-person", text: item.person }) : null,
      ),
      editor(model, item, drafts),
      verdictList(item),
    ),
  );
  return headed("Values of this kind", ["Row and field", "Value", "What is found now"], rows);
}

// Corrections of a former list whose person is not known: a row number to apply each to, or a button to drop it.
function unplacedTable(model, { unplaced, asked }, drafts) {
  if (!unplaced.length) return null;
  const rows = unplaced.map(({ number, row, field, value, was, key, why }) => {
    const [draft, name] = [`unplaced ${number} ${field} ${value}`, `correction ${number + 1} of ${field}`];
    const input = element("input", {
      type: "text",
      inputmode: "numeric",
      "data-key": draft,
      "aria-label": `Row for ${name}`,
      placeholder: "row",
      size: 8,
    });
    input.value = drafts.get(draft) ?? row ?? "";
    input.addEventListener("input", () => drafts.set(draft, input.value));
    const settle = (what, given) => {
      for (const typed of [...drafts.keys()]) if (typed.startsWith("unplaced ")) drafts.delete(typed);
      ask(model, what, { number, ...given });
    };
    const apply = () => {
      if (/^[0-9]{1,15}$/.test(input.value.trim())) settle("apply", { row: Number(input.value.trim()) });
      else input.focus();
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) apply();
    });
    const label = { "aria-label": `Apply ${name} to this row` };
    const buttons = [
      button(`apply ${draft}`, "Apply to this row", apply, label),
      button(`drop ${draft}`, "Drop", () => settle("drop", {}), { "aria-label": `Drop ${name}` }),
    ];
    const whose = key ? `${field}, key ${key}` : field;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, `${was ?? "blank"} → ${value ?? "blank"}`, element("span", { class: "passage-stays", text: whose })),
      element("td", {}, input, element("div", { class: "passage-buttons" }, ...buttons)),
      element("td", { text: why ?? "" }),
    );
  });
  const more = asked > unplaced.length ? ` These are the first ${unplaced.length} of ${asked.toLocaleString("en")}.` : "";
  const note = `These corrections are of a former list and change nothing now. Apply each to a row, or drop it.${more}`;
  const titles = ["Correction", "Whose it is", "Why it is asked about"];
  const table = headed("Corrections of a former list", titles, rows);
  return element("div", { class: "passage-unplaced" }, element("p", { class: "passage-note", text: note }), table);
}

function render({ model, el }) {
  el.classList.add("passage-review");
  const drafts = new Map(); // typed values that are not saved
  const [search, setText] = searchField("value or row number", (text) => ask(model, "view", { text }));
  const kinds = element("div", { class: "passage-kinds" });
  const bar = element("div", { class: "passage-filters" });
  const pages = element("div");
  const filter = { class: "passage-filters", role: "search", "aria-label": "Filter the values", hidden: true };
  const filterBar = element("div", filter, search, pages);
  const items = element("div", { class: "passage-values passage-of-kind" });
  el.append(kinds, bar, filterBar, items);
  return listen(model, (content) => {
    if (!content.kinds) return;
    const nothing = element("p", { class: "passage-note", text: "There is nothing to fix." });
    const some = content.kinds.length || content.corrections;
    redraw(kinds, some ? kindsTable(model, content) : nothing);
    redraw(bar, ...tools(model, content));
    filterBar.hidden = !content.filter.code;
    setText(content.filter.text);
    redraw(pages, ...pager(model, content));
    const about = content.about ? element("p", { class: "passage-note", text: content.about }) : null;
    redraw(items, ...(content.filter.code ? [about, unplacedTable(model, content, drafts), itemsTable(model, content, drafts)] : []));
  });
}

export default { initialize, render };

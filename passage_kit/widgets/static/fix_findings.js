// The panel of findings: a table of the kinds, and the values of one kind with a field to correct each.

function ask(model, what, given = {}) {
  model.send({ do: what, with: given });
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
      element("td", { text: effectWord(effect) }),
      element("td", { class: "passage-number", text: number(findings) }),
    );
  });
  if (corrections) {
    const own = button("kind-corrections", gettext("Your corrections"), () => ask(model, "view", { code: "corrections" }), {
      "aria-pressed": String(filter.code === "corrections"),
    });
    const cells = ["", number(corrections)].map((text) => element("td", { class: "passage-number", text }));
    const head = element("th", { scope: "row" }, own, about(gettext("Take back a correction that was a mistake.")));
    rows.push(element("tr", {}, head, ...cells));
  }
  return headed(gettext("Kinds of findings"), [gettext("What was found, and the next step"), gettext("Effect"), gettext("Findings")], rows);
}

function tools(model, { filter }) {
  const all = element("input", {
    type: "checkbox",
    "data-key": "all",
    onchange: (event) => ask(model, "view", { all: event.target.checked }),
  });
  all.checked = filter.all;
  return [
    element("label", {}, all, ` ${gettext("with what was merely written in another form")}`),
    button("judge", gettext("Judge all again"), () => ask(model, "judge")),
  ];
}

function pager(model, { filter, found, pages, can_accept_all: canAcceptAll }) {
  const step = (by, label, off) =>
    button(`page${by}`, label, () => ask(model, "view", { page: filter.page + by }), { disabled: off });
  const values = ngettext("{count} value", "{count} values", found);
  const acceptAll = button("accept-all", gettext("Accept all suggested domains"), () => ask(model, "accept all"));
  return [
    step(-1, gettext("Previous"), filter.page === 0),
    element("span", { role: "status", text: onPage(values, filter.page, pages) }),
    step(1, gettext("Next"), filter.page + 1 >= pages),
    canAcceptAll && found > 1 ? acceptAll : null,
  ];
}

function verdictList({ verdicts, was, corrected }) {
  const lines = verdicts.map(({ effect, text }) => element("div", {}, element("b", {}, gettext("{heading}:", { heading: effectWord(effect) }), " "), text));
  if (corrected) lines.push(element("div", { class: "passage-next", text: gettext("Corrected; it was {was}", { was: was || gettext("blank") }) }));
  return element("td", {}, ...lines);
}

function editor(model, item, drafts) {
  const { row, field, value, editable } = item;
  const key = `${row} ${field}`;
  if (!editable) return element("td", {}, value ?? "");
  const input = element("input", {
    type: "text",
    "data-key": `value ${key}`,
    "aria-label": gettext("{field} of row {row}", { field, row }),
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
  const buttons = [button(`save ${key}`, gettext("Save"), () => save(false), { "aria-label": gettext("Save {field} of row {row}", { field, row }) })];
  if (item.alike > 1) {
    const text = gettext("Save for all {count} with this value", { count: number(item.alike) });
    buttons.push(button(`alike ${key}`, text, () => save(true)));
  }
  if (item.suggestion) {
    const accept = () => {
      drafts.delete(key);
      ask(model, "accept", { rows: [row] });
    };
    buttons.push(button(`accept ${key}`, gettext("Use {value}", { value: item.suggestion }), accept));
  }
  if (item.corrected) {
    const back = () => {
      drafts.delete(key);
      ask(model, "take back", { rows: [row], field });
    };
    buttons.push(button(`back ${key}`, gettext("Take back"), back, { "aria-label": gettext("Take back {field} of row {row}", { field, row }) }));
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
        gettext("Row {number}", { number: item.row }),
        element("span", { class: "passage-stays", text: item.label ?? "" }),
        item.person ? element("span", { class: "passage-stays passage-next passage-person", text: item.person }) : null,
      ),
      editor(model, item, drafts),
      verdictList(item),
    ),
  );
  return headed(gettext("Values of this kind"), [gettext("Row and field"), gettext("Value"), gettext("What is found now")], rows);
}

// Corrections of a former list whose person is not known: a row number to apply each to, or a button to drop it.
function unplacedTable(model, { unplaced, asked }, drafts) {
  if (!unplaced.length) return null;
  const rows = unplaced.map(({ number, row, field, value, was, key, why }) => {
    const draft = `unplaced ${number} ${field} ${value}`;
    const of = { at: number + 1, field };
    const input = element("input", {
      type: "text",
      inputmode: "numeric",
      "data-key": draft,
      "aria-label": gettext("Row for correction {at} of {field}", of),
      placeholder: gettext("row"),
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
    const label = { "aria-label": gettext("Apply correction {at} of {field} to this row", of) };
    const dropped = { "aria-label": gettext("Drop correction {at} of {field}", of) };
    const buttons = [
      button(`apply ${draft}`, gettext("Apply to this row"), apply, label),
      button(`drop ${draft}`, gettext("Drop"), () => settle("drop", {}), dropped),
    ];
    const whose = key ? gettext("{field}, key {key}", { field, key }) : field;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, `${was ?? gettext("blank")} → ${value ?? gettext("blank")}`, element("span", { class: "passage-stays", text: whose })),
      element("td", {}, input, element("div", { class: "passage-buttons" }, ...buttons)),
      element("td", { text: why ?? "" }),
    );
  });
  const some = { first: unplaced.length, all: number(asked) };
  const more = asked > unplaced.length ? ` ${gettext("These are the first {first} of {all}.", some)}` : "";
  const note = `${gettext("These corrections are of a former list and change nothing now. Apply each to a row, or drop it.")}${more}`;
  const titles = [gettext("Correction"), gettext("Whose it is"), gettext("Why it is asked about")];
  const table = headed(gettext("Corrections of a former list"), titles, rows);
  return element("div", { class: "passage-unplaced" }, element("p", { class: "passage-note", text: note }), table);
}

function render({ model, el }) {
  el.classList.add("passage-review");
  const drafts = new Map(); // typed values that are not saved
  const [search, setText] = searchField(gettext("value or row number"), (text) => ask(model, "view", { text }));
  const kinds = element("div", { class: "passage-kinds" });
  const bar = element("div", { class: "passage-filters" });
  const pages = element("div");
  const filter = { class: "passage-filters", role: "search", "aria-label": gettext("Filter the values"), hidden: true };
  const filterBar = element("div", filter, search, pages);
  const items = element("div", { class: "passage-values passage-of-kind" });
  el.append(kinds, bar, filterBar, items);
  return listen(model, (content) => {
    if (!content.kinds) return;
    const nothing = element("p", { class: "passage-note", text: gettext("There is nothing to fix.") });
    const some = content.kinds.length || content.corrections;
    redrawChanged(kinds, some ? kindsTable(model, content) : nothing);
    redraw(bar, ...tools(model, content));
    filterBar.hidden = !content.filter.code;
    setText(content.filter.text);
    redrawChanged(pages, ...pager(model, content));
    const about = content.about ? element("p", { class: "passage-note", text: content.about }) : null;
    redraw(items, ...(content.filter.code ? [about, unplacedTable(model, content, drafts), itemsTable(model, content, drafts)] : []));
  });
}

export default { initialize, render };

// The panel of duplicates: tabs, filters, and groups of rows side by side with buttons for decisions.

function ask(model, what, given) {
  model.send({ do: what, with: given });
}

function tabList(model, { tabs, filter }) {
  const buttons = tabs.map(({ name, label, count, decided }) => {
    const chosen = name === filter.tab;
    const numbers = decided ? gettext("{count}, {decided} decided", { count: number(count), decided }) : number(count);
    return element("button", {
      type: "button",
      role: "tab",
      "aria-selected": String(chosen),
      "aria-controls": `groups-${model.get("ident")}`,
      tabindex: chosen ? 0 : -1,
      "data-key": `tab-${name}`,
      text: `${label} (${numbers})`,
      onclick: () => ask(model, "view", { tab: name }),
    });
  });
  const list = element("div", { class: "passage-tabs", role: "tablist", "aria-label": gettext("Kinds of groups") }, ...buttons);
  // Tab leaves from the tab that has the focus, even before the answer to an arrow key arrives.
  list.addEventListener("focusin", (event) => {
    for (const button of buttons) button.tabIndex = button === event.target ? 0 : -1;
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    if (!step || at < 0) return;
    const next = buttons[(at + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
    event.preventDefault();
  });
  return list;
}

function choice(label, key, options, value, change) {
  const select = element("select", { "data-key": key, onchange: (event) => change(event.target.value) });
  select.append(...options.map(([name, text]) => new Option(text, name, false, name === value)));
  return element("label", {}, `${label} `, select);
}

function filters(model, { filter, reasons }) {
  const states = [["", gettext("all")], ["open", gettext("not decided")], ["decided", gettext("decided")]];
  const conflicts = element("input", {
    type: "checkbox",
    "data-key": "conflicts",
    onchange: (event) => ask(model, "view", { conflicts: event.target.checked }),
  });
  conflicts.checked = filter.conflicts;
  const because = (reason) => ask(model, "view", { reason });
  return [
    choice(gettext("Show"), "state", states, filter.state, (state) => ask(model, "view", { state })),
    reasons.length > 1
      ? choice(gettext("Because of"), "reason", [["", gettext("any reason")], ...reasons], filter.reason, because)
      : null,
    element("label", {}, conflicts, ` ${gettext("only with different values")}`),
  ];
}

function pager(model, { filter, found, pages }) {
  const step = (by, label, off) =>
    element("button", {
      type: "button",
      "data-key": `page${by}`,
      disabled: off,
      text: label,
      onclick: () => ask(model, "view", { page: filter.page + by }),
    });
  const groups = ngettext("{count} group", "{count} groups", found);
  return element(
    "div",
    { class: "passage-pager" },
    step(-1, gettext("Previous"), filter.page === 0),
    element("span", { role: "status", text: onPage(groups, filter.page, pages) }),
    step(1, gettext("Next"), filter.page + 1 >= pages),
  );
}

function staysButton(model, group, { row }) {
  const isMerge = group.choices.includes("merge");
  const name = isMerge ? "merge" : "survivor";
  const chosen = group.decided?.survivor_row === row;
  return element("button", {
    type: "button",
    "data-key": `${group.rows.join(" ")} stays ${row}`,
    "aria-pressed": String(chosen),
    "aria-label": isMerge ? gettext("Merge these people, row {row} stays", { row }) : gettext("Row {row} stays", { row }),
    text: isMerge ? gettext("Merge into this row") : gettext("This row stays"),
    onclick: () => ask(model, "decide", { rows: group.rows, choice: name, survivor_row: row }),
  });
}

function groupTable(model, group) {
  const head = group.columns.map(({ row, stays }) =>
    element("th", { scope: "col" }, gettext("Row {number}", { number: row }), stays ? element("span", { class: "passage-stays", text: gettext("stays by the rule") }) : null),
  );
  const body = group.fields.map(({ label, differs, values, marks }) => {
    const cells = values.map((value, at) => {
      if (value === null) return element("td", {}, element("span", { class: "passage-blank", text: gettext("blank") }));
      if (!marks[at]) return element("td", { text: value });
      const mark = element("span", { class: "passage-mark", "aria-hidden": "true", text: "≠" });
      return element("td", { class: "passage-differs" }, mark, element("span", { class: "passage-spoken", text: `${gettext("differs:")} ` }), value);
    });
    return element("tr", { class: differs ? "passage-row-differs" : undefined }, element("th", { scope: "row", text: label }), ...cells);
  });
  const buttons = element(
    "tr",
    { class: "passage-choose" },
    element("th", { scope: "row", text: gettext("Choose") }),
    ...group.columns.map((column) => element("td", {}, staysButton(model, group, column))),
  );
  const rows = group.rows.slice(0, 12).join(", ");
  const table = element(
    "table",
    {},
    element("caption", { class: "passage-spoken", text: gettext("Rows {rows} side by side", { rows }) }),
    element("thead", {}, element("tr", {}, element("th", { scope: "col", text: gettext("Field") }), ...head)),
    element("tbody", {}, ...body, buttons),
  );
  return element("div", { class: "passage-scroll", tabindex: 0, role: "region", "aria-label": gettext("Rows {rows} side by side", { rows }) }, table);
}

function groupButtons(model, group) {
  const key = group.rows.join(" ");
  const button = (name, text) =>
    element("button", {
      type: "button",
      "data-key": `${key} ${name}`,
      "aria-pressed": String(group.decided?.choice === name && !group.decided.survivor_row),
      text,
      onclick: () => ask(model, "decide", { rows: group.rows, choice: name }),
    });
  return element(
    "div",
    { class: "passage-buttons" },
    group.choices.includes("rule") ? button("rule", gettext("Keep the rule's choice")) : null,
    button("apart", gettext("Keep apart")),
    group.choices.includes("merge") ? button("merge", gettext("Merge, the rule chooses the row")) : null,
    group.decided
      ? element("button", {
          type: "button",
          "data-key": `${key} back`,
          text: gettext("Take back"),
          onclick: () => ask(model, "withdraw", { rows: group.rows }),
        })
      : null,
  );
}

function groupCard(model, group) {
  const [first, left] = [group.rows.slice(0, 5).join(", "), group.rows.length - 5];
  const rows = left > 0 ? ngettext("{rows} and {count} more", "{rows} and {count} more", left, { rows: first }) : first;
  const named = gettext("Rows {rows}", { rows });
  const heading = element("h4", {}, `${gettext("{heading}:", { heading: named })} ${group.why}`);
  if (group.decided) heading.append(" ", element("span", { class: "passage-decided", text: group.decided.text }));
  return element(
    "section",
    { class: "passage-group", "aria-label": named },
    heading,
    groupTable(model, group),
    group.more ? element("p", { class: "passage-note", text: ngettext("And {count} more row, which a decision covers, too.", "And {count} more rows, which a decision covers, too.", group.more) }) : null,
    element("p", { class: "passage-note" }, element("b", { text: `${gettext("By the rule:")} ` }), group.rule),
    element("p", { class: "passage-note" }, element("b", { text: `${gettext("Kept apart:")} ` }), group.apart),
    groupButtons(model, group),
  );
}

// Decisions about a former list whose people are not known: row numbers to apply each to, or a button to drop it.
function unplacedCards(model, unplaced) {
  return unplaced.map(({ number, text, stays, note }) => {
    const field = (name, label) =>
      element("input", { type: "text", "data-key": `${name} ${number} ${text}`, "aria-label": label, placeholder: label, size: 18 });
    const rows = field("rows", gettext("Rows of today, such as 3 17"));
    const staying = stays === null ? null : field("stays", gettext("Row that stays"));
    const apply = () => {
      const typed = [rows, staying].filter(Boolean).map((input) => input.value.trim());
      const numbers = typed[0].split(/[\s,;]+/).filter(Boolean);
      if (numbers.length < 2 || ![...numbers, ...typed.slice(1)].every((word) => /^[0-9]{1,15}$/.test(word))) {
        rows.focus();
        return;
      }
      const given = { number, rows: numbers.map(Number) };
      ask(model, "apply", staying ? { ...given, survivor_row: Number(typed[1]) } : given);
    };
    const press = (name, words, click) =>
      element("button", { type: "button", "data-key": `${name} ${number} ${text}`, text: words, onclick: click });
    return element(
      "section",
      { class: "passage-group passage-unplaced", "aria-label": text },
      element("h4", {}, text),
      note ? element("p", { class: "passage-note", text: note }) : null,
      element("p", { class: "passage-note", text: gettext("It has no effect now: it is not known for certain whose rows these are today.") }),
      element(
        "div",
        { class: "passage-buttons" },
        rows,
        staying,
        press("apply", gettext("Apply to these rows"), apply),
        press("drop", gettext("Drop"), () => ask(model, "drop", { number })),
      ),
    );
  });
}

function render({ model, el }) {
  el.classList.add("passage-review");
  const [search, setText] = searchField(gettext("any value or row number"), (text) => ask(model, "view", { text }));
  const [tabs, rest, pages] = [element("div"), element("div"), element("div")];
  const bar = { class: "passage-filters", role: "search", "aria-label": gettext("Filter the groups"), hidden: true };
  const filterBar = element("div", bar, search, rest);
  const groups = element("div", { role: "tabpanel", id: `groups-${model.get("ident")}`, "aria-label": gettext("Groups of rows") });
  const asked = element("div");
  el.append(asked, tabs, filterBar, pages, groups);
  return listen(model, (content) => {
    if (!content.tabs) return;
    filterBar.hidden = false;
    setText(content.filter.text);
    redrawChanged(tabs, tabList(model, content));
    redraw(rest, ...filters(model, content));
    redrawChanged(pages, pager(model, content));
    redraw(asked, ...unplacedCards(model, content.unplaced));
    const none = element("p", { class: "passage-note", text: gettext("There is nothing to review here.") });
    redrawChanged(groups, ...(content.groups.length ? content.groups.map((group) => groupCard(model, group)) : [none]));
  });
}

export default { initialize, render };

// The panel of whole rows: filters, a grid whose cells are edited in place, and a bar to change many rows at once.
// One cell is in the order of tabs; arrows lead to the others, as the pattern of a grid has it.

const NARROW = 118; // pixels for each column, below which a row becomes a card

function dispositions() {
  return { kept: gettext("kept"), absorbed: gettext("absorbed"), rejected: gettext("rejected"), corrected: gettext("corrected by you") };
}

function chooser(label, key, options, value, change) {
  const select = element("select", { "data-key": key, "aria-label": label, onchange: (event) => change(event.target.value) });
  select.append(...options.map(([name, text]) => new Option(text, name, false, name === value)));
  return element("label", {}, `${label} `, select);
}

function render({ model, el }) {
  el.classList.add("passage-review", "passage-rows");
  const ask = (what, given = {}) => model.send({ do: what, with: given });
  const view = (given) => ask("view", given);
  let content = {};
  let active = null; // the cell in the order of tabs: its row, and the number of its column from 0 (the row itself)
  let editing = null; // the cell that is edited, and what is typed
  let drawing = false;

  const [search, setText] = searchField(gettext("value or row number"), (text) => view({ text }));
  const filters = element("div");
  const bar = element("div", { class: "passage-filters", role: "search", "aria-label": gettext("Filter the rows") }, search, filters);
  const many = element("div", { class: "passage-many" });
  const grid = element("div", { class: "passage-grid" });
  const pager = element("div", { class: "passage-pager" });
  el.append(bar, many, grid, pager);

  const names = () => content.columns.map((column) => column.name);
  const keyOf = (row, at) => `cell ${row} ${at}`;
  const rowAt = (row) => content.rows.findIndex((one) => one.row === row);
  const columns = () => [["", gettext("all columns")], ...content.columns.map(({ name, label }) => [name, label])];

  function filterParts() {
    const { view: chosen, kinds } = content;
    const found = [["", gettext("with or without findings")], ...kinds.map(({ code, text, findings }) => [code, `${text} (${number(findings)})`])];
    return [
      chooser(gettext("Look in"), "column", columns(), chosen.column, (column) => view({ column })),
      chooser(gettext("Findings"), "code", found, chosen.code, (code) => view({ code })),
      chooser(gettext("Result"), "disposition", [["", gettext("any result")], ...Object.entries(dispositions())], chosen.disposition, (disposition) => view({ disposition })),
    ];
  }

  // Changing many rows

  const field = element("select", { "data-key": "many field", "aria-label": gettext("Column to change") });
  const value = element("input", { type: "text", "data-key": "many value", "aria-label": gettext("New value"), placeholder: gettext("new value"), size: 16, autocomplete: "off" });
  const change = (blank) => {
    const typed = value.value.trim();
    if (!blank && !typed) value.focus();
    else ask("change", { field: field.value, value: blank ? null : typed });
  };
  value.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) change(false);
  });

  function manyParts() {
    const { chosen, found } = content;
    const all = button("all found", gettext("Select all found ({count})", { count: number(found) }), () => ask("choose found"), { disabled: !found });
    if (!chosen) return [all];
    const said = element("b", { role: "status", text: ngettext("{count} row selected", "{count} rows selected", chosen) });
    return [
      said,
      button("none", gettext("Select none"), () => ask("choose none")),
      all,
      element("span", { class: "passage-change-many" }, field, value),
      button("change", ngettext("Change {count} row", "Change {count} rows", chosen), () => change(false)),
      button("blank", ngettext("Make {count} row blank", "Make {count} rows blank", chosen), () => change(true)),
      button("back", ngettext("Take corrections back in {count} row", "Take corrections back in {count} rows", chosen), () => ask("take back", { field: field.value })),
    ];
  }

  // The grid

  function begin(row, at, typed = null) {
    const cell = content.rows[rowAt(row)]?.cells[names()[at - 1]];
    if (!cell?.editable) return;
    active = { row, at };
    editing = { row, at, text: typed ?? cell.value, was: cell.value, select: typed === null };
    draw();
    const input = grid.querySelector(".passage-editing");
    input?.focus();
    if (editing?.select) input?.select();
  }

  function end(save) {
    if (!editing) return;
    const { row, at, text, was } = editing;
    editing = null;
    if (save && text.trim() !== was) ask("edit", { row, field: names()[at - 1], value: text.trim() || null });
  }

  function go(rows, columnsOver) {
    const at = Math.min(Math.max(active.at + columnsOver, 0), content.columns.length);
    const place = Math.min(Math.max(rowAt(active.row) + rows, 0), content.rows.length - 1);
    active = { row: content.rows[place].row, at };
    draw();
    focusActive();
  }

  function focusActive() {
    grid.querySelector('[data-cell][tabindex="0"]')?.focus();
  }

  const choose = (row, on) => ask("choose", { rows: [row], on });

  function typedInCell(event) {
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -99], End: [0, 99] };
    const { row, at } = active;
    const one = content.rows[rowAt(row)];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) go(...moves[event.key]);
    else if (event.key === " " && (at === 0 || event.shiftKey)) choose(row, !one.chosen);
    else if (at > 0 && (event.key === "Enter" || event.key === "F2") && !event.shiftKey) begin(row, at);
    else if (at > 0 && (event.key === "Delete" || event.key === "Backspace")) ask("edit", { row, field: names()[at - 1], value: null });
    else if (at > 0 && event.key.length === 1) begin(row, at, event.key);
    else return;
    event.preventDefault();
  }

  function typedInEditor(event) {
    if (event.key === "Enter" && !event.shiftKey) {
      end(true);
      go(1, 0);
    } else if (event.key === "Escape") {
      end(false);
      draw();
      focusActive();
    } else if (event.key === "Tab") {
      const over = event.shiftKey ? -1 : 1;
      if (active.at + over < 1 || active.at + over > content.columns.length) return; // leaves the grid
      end(true);
      go(0, over);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  grid.addEventListener("keydown", (event) => {
    if (event.target.matches("[data-cell]")) typedInCell(event);
  });
  grid.addEventListener("focusin", ({ target }) => {
    if (drawing || !target.matches("[data-cell]")) return;
    grid.querySelector('[data-cell][tabindex="0"]')?.setAttribute("tabindex", "-1");
    target.setAttribute("tabindex", "0");
    const [row, at] = target.dataset.key.split(" ").slice(1).map(Number);
    active = { row, at };
  });

  function editorOf(label) {
    const input = element("input", { type: "text", class: "passage-editing", "data-key": "editor", "aria-label": label, autocomplete: "off", spellcheck: "false" });
    input.value = editing.text;
    input.addEventListener("input", () => (editing.text = input.value));
    input.addEventListener("keydown", typedInEditor);
    input.addEventListener("blur", () => {
      if (drawing) return;
      end(true);
      draw();
    });
    return input;
  }

  function place(row, at) {
    const isActive = active?.row === row && active.at === at;
    return { "data-cell": true, "data-key": keyOf(row, at), tabindex: isActive ? 0 : -1, "aria-colindex": at + 1 };
  }

  function valueCell(row, { name, label }, at) {
    const { value: text, was, effect, editable } = row.cells[name];
    const isEdited = editing?.row === row.row && editing.at === at;
    const marks = [effect ? `passage-has-${effect}` : "", was === undefined ? "" : "passage-is-corrected"].filter(Boolean).join(" ");
    const before = was || gettext("blank");
    const aloud = [effectWord(effect), was === undefined ? "" : gettext("corrected; it was {was}", { was: before })].filter(Boolean).join(", ");
    const cell = element("td", { ...place(row.row, at), role: "gridcell", class: marks, "data-label": label, "aria-readonly": String(!editable) });
    if (isEdited) cell.append(editorOf(gettext("{field} of row {row}", { field: label, row: row.row })));
    else cell.append(element("span", { class: text ? "passage-value" : "passage-blank" }, ...breakable(text || gettext("blank"))));
    if (aloud) cell.append(element("span", { class: "passage-spoken", text: `, ${aloud}` }));
    if (was !== undefined && !isEdited) cell.append(element("span", { class: "passage-was", "aria-hidden": "true", text: gettext("was {was}", { was: before }) }));
    cell.addEventListener("click", () => {
      if (!isEdited) begin(row.row, at);
    });
    return cell;
  }

  function rowParts(row) {
    const box = element("input", { type: "checkbox", tabindex: -1, "aria-label": gettext("Select row {row}", { row: row.row }) });
    box.checked = row.chosen;
    box.addEventListener("change", () => {
      active = { row: row.row, at: 0 };
      choose(row.row, box.checked);
    });
    const result = element("span", { class: `passage-result passage-result-${row.disposition}`, text: dispositions()[row.disposition] ?? row.disposition });
    const head = element("th", { ...place(row.row, 0), role: "rowheader", scope: "row" }, element("label", {}, box, ` ${gettext("Row {number}", { number: number(row.row) })}`), result);
    const cells = content.columns.map((column, at) => valueCell(row, column, at + 1));
    const line = element("tr", { role: "row", "aria-selected": String(row.chosen), class: row.verdicts.length ? "passage-told" : "" }, head, ...cells);
    if (!row.verdicts.length) return [line];
    const labels = new Map(content.columns.map(({ name, label }) => [name, label]));
    const said = row.verdicts.map(({ effect, field: about, text }) =>
      element("li", {}, element("b", { text: gettext("{heading}:", { heading: [effectWord(effect), labels.get(about) ?? about].filter(Boolean).join(", ") }) }), ` ${text}`),
    );
    const cell = element("td", { role: "gridcell", colspan: content.columns.length + 1 }, element("ul", { class: "passage-verdicts" }, ...said));
    return [line, element("tr", { role: "row", class: "passage-said-of" }, cell)];
  }

  function sorter(name, label, at) {
    const { sort, descending } = content.view;
    const isSorted = sort === name;
    const sign = isSorted ? (descending ? " ↓" : " ↑") : "";
    const click = () => view({ sort: name, descending: isSorted && !descending });
    const state = isSorted ? (descending ? "descending" : "ascending") : "none";
    const pressed = button(`sort ${name}`, `${label}${sign}`, click, { "aria-label": gettext("Sort by {column}", { column: label }) });
    return element("th", { role: "columnheader", scope: "col", "aria-sort": state, "aria-colindex": at }, pressed);
  }

  function table() {
    const { rows, found, of } = content;
    const label = gettext("Rows, {found} of {all}", { found: number(found), all: number(of) });
    if (!rows.length) return element("p", { class: "passage-note", text: gettext("No row is like this. Choose other filters.") });
    const heads = [sorter("", gettext("Row"), 1), ...content.columns.map((column, at) => sorter(column.name, column.label, at + 2))];
    const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
    const body = element("tbody", { role: "rowgroup" }, ...rows.flatMap(rowParts));
    return element("table", { role: "grid", "aria-label": label, "aria-multiselectable": "true", "aria-colcount": content.columns.length + 1 }, head, body);
  }

  function pages() {
    const { view: chosen, found, of, pages: count } = content;
    const step = (by, label, off) => button(`page${by}`, label, () => view({ page: chosen.page + by }), { disabled: off });
    const rows = ngettext("{count} row of {all}", "{count} rows of {all}", found, { all: number(of) });
    const said = onPage(rows, chosen.page, count);
    return [step(-1, gettext("Previous"), chosen.page === 0), element("span", { role: "status", text: said }), step(1, gettext("Next"), chosen.page + 1 >= count)];
  }

  function draw() {
    if (!content.rows) return;
    if (content.rows.length && (!active || rowAt(active.row) < 0)) active = { row: content.rows[0].row, at: active?.at ?? 1 };
    if (editing && rowAt(editing.row) < 0) editing = null;
    drawing = true;
    redraw(grid, table());
    drawing = false;
  }

  // A column needs room: with less, each row becomes a card, with the names of the columns before the values.
  const fit = () => el.classList.toggle("passage-cards", el.clientWidth < NARROW * ((content.columns?.length ?? 0) + 1));
  const watcher = new ResizeObserver(fit);
  watcher.observe(el);

  const stop = listen(model, (told) => {
    content = told;
    if (!content.rows) return;
    if ([...field.options].map((option) => option.value).join("\n") !== names().join("\n")) {
      field.replaceChildren(...content.columns.map(({ name, label }) => new Option(label, name)));
    }
    fit();
    setText(content.view.text);
    redraw(filters, ...filterParts());
    redraw(many, ...manyParts());
    draw();
    redrawChanged(pager, ...pages());
  });
  return () => {
    watcher.disconnect();
    stop();
  };
}

export default { initialize, render };

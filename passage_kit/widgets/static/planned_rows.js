// What a write-back does to each row of the users table: the rows of one kind, page by page, and the SQL.

function render({ model, el }) {
  el.classList.add("passage-review", "passage-planned");
  const view = (given) => model.send({ do: "view", with: given });
  const tabs = element("div", { class: "passage-tabs", role: "group", "aria-label": gettext("What happens to the rows") });
  const rows = element("div");
  const pager = element("div", { class: "passage-pager" });
  const statements = element("pre", { tabindex: 0, "aria-label": gettext("The SQL:") });
  const sql = element("details", { open: true }, element("summary", { text: gettext("The SQL:") }), statements);
  el.append(tabs, rows, pager, sql);

  function tab({ name, says, count }, chosen) {
    const pressed = { type: "button", "data-key": name, "aria-pressed": String(name === chosen), onclick: () => view({ kind: name }) };
    return element("button", pressed, `${says} (${number(count)})`);
  }

  function table({ kind, kinds, columns, rows: cells }) {
    const { says } = kinds.find(({ name }) => name === kind);
    if (!cells.length) return element("p", { class: "passage-note", text: gettext("No row is of this kind.") });
    const head = element("thead", {}, element("tr", {}, ...columns.map((name) => element("th", { scope: "col", text: name }))));
    const body = cells.map((row) => element("tr", {}, ...row.map((text) => element("td", { text }))));
    return element("table", { "aria-label": says }, head, element("tbody", {}, ...body));
  }

  function pages({ page, pages: count, found }) {
    if (count < 2) return [];
    const step = (by, label, off) =>
      element("button", { type: "button", "data-key": `page${by}`, text: label, disabled: off, onclick: () => view({ page: page + by }) });
    const said = element("span", { role: "status", text: onPage(ngettext("{count} row", "{count} rows", found), page, count) });
    return [step(-1, gettext("Previous"), page === 0), said, step(1, gettext("Next"), page + 1 >= count)];
  }

  return listen(model, (content) => {
    el.hidden = !content.kinds?.length;
    if (el.hidden) return;
    redrawChanged(tabs, ...content.kinds.map((kind) => tab(kind, content.kind)));
    redrawChanged(rows, table(content));
    redrawChanged(pager, ...pages(content));
    statements.textContent = content.sql;
    sql.hidden = !content.sql;
  });
}

export default { initialize, render };

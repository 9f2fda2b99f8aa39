// Groups of spellings of one column: a value of a group is chosen with a press, and the ticked ones become it.

function render({ model, el }) {
  el.classList.add("passage-review", "passage-spellings");
  const ask = (what, given = {}) => model.send({ do: what, with: given });
  const left = new Set(); // values that were unticked, as "group value"
  let column = null;

  function button(key, text, click, attributes = {}) {
    return element("button", { type: "button", "data-key": key, text, onclick: click, ...attributes });
  }

  function groupCard({ reason, values }) {
    const name = values.map((one) => one.value).join("\n");
    const ticked = () => values.map((one) => one.value).filter((value) => !left.has(`${name} ${value}`));
    const rows = values.reduce((sum, one) => sum + one.rows, 0);
    const items = values.map(({ value, rows: often }) => {
      const box = element("input", { type: "checkbox", "data-key": `tick ${name} ${value}`, "aria-label": gettext("{value} is one of them", { value }) });
      box.checked = !left.has(`${name} ${value}`);
      box.addEventListener("change", () => left[box.checked ? "delete" : "add"](`${name} ${value}`));
      const use = () => {
        const chosen = ticked();
        ask("make one", { values: [...new Set([...chosen, value])], becomes: value });
      };
      return element(
        "li",
        {},
        element("label", {}, box, " ", element("b", { text: value }), element("span", { class: "passage-quiet", text: ` ${ngettext("{count} row", "{count} rows", often)}` })),
        button(`use ${name} ${value}`, gettext("All become this"), use, { "aria-label": gettext("All ticked become {value}", { value }) }),
      );
    });
    const spellings = ngettext("{count} spelling", "{count} spellings", values.length);
    const label = `${spellings}, ${ngettext("{count} row", "{count} rows", rows)}: ${reason}`;
    return element("li", { class: "passage-group", "aria-label": label }, element("p", { class: "passage-quiet", text: label }), element("ul", {}, ...items));
  }

  const place = element("div");
  el.append(place);
  return listen(model, (content) => {
    if (!content.column) return;
    if (column !== content.column) left.clear();
    column = content.column;
    const { open, found, groups, page, pages } = content;
    if (!open) {
      redraw(place, button("find", gettext("Look for spellings of one value in {column}", { column }), () => ask("find"), { "data-focus": true }));
      return;
    }
    const said = found
      ? ngettext(
          "{count} group of spellings that are likely one value in {column}. Choose what they become.",
          "{count} groups of spellings that are likely one value in {column}. Choose what they become.",
          found,
          { column },
        )
      : gettext("No spellings in {column} look like one value.", { column });
    const step = (by, text, off) => button(`page${by}`, text, () => ask("view", { page: page + by }), { disabled: off });
    const paging = pages > 1 ? [step(-1, gettext("Previous"), page === 0), element("span", { text: gettext("page {page} of {pages}", { page: number(page + 1), pages: number(pages) }) }), step(1, gettext("Next"), page + 1 >= pages)] : [];
    redraw(
      place,
      element("p", { class: "passage-subtitle", role: "status", text: said }),
      groups.length ? element("ul", { class: "passage-spelling-list" }, ...groups.map(groupCard)) : null,
      element("div", { class: "passage-pager" }, ...paging, button("close", gettext("Close"), () => ask("close"), { "data-focus": true })),
    );
  });
}

export default { initialize, render };

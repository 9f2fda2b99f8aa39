// The panel of the export: the first rows as the Console reads them, and the funnel.

const NARROW = 100; // pixels for each column, below which a user becomes a card

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

function section(title, ...children) {
  return element("section", {}, element("h4", { text: title }), ...children);
}

// The roles are said, since a narrow panel shows the rows as blocks.
function previewTable({ header, rows }) {
  const cell = (text, at) => {
    const shown = text ? element("span", { text }) : element("span", { class: "passage-blank", text: gettext("blank") });
    return element("td", { role: "cell", "data-label": header[at] }, shown);
  };
  const lines = rows.map((cells) => element("tr", {}, ...cells.map(cell)));
  const region = headed(gettext("The first users, as the Console will read them"), header, lines);
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", th: "columnheader" };
  for (const [part, role] of Object.entries(roles)) region.querySelectorAll(part).forEach((one) => one.setAttribute("role", role));
  region.classList.add("passage-preview");
  return region;
}

function funnelTable({ funnel }) {
  const rows = funnel.map(([count, words]) =>
    element("tr", {}, element("th", { scope: "row", text: words }), element("td", { class: "passage-number", text: number(count) })),
  );
  return headed(gettext("Where every row went"), [gettext("What became of it"), gettext("Rows")], rows);
}

// What to look at beside the counts: closed accounts, warnings, columns left out as secrets.
function noticed({ notices }) {
  return notices.map(([heading, text]) => element("p", { class: "passage-note" }, element("b", { text: `${heading}: ` }), text));
}

function render({ model, el }) {
  el.classList.add("passage-review");
  let columns = 0;
  const fit = () => el.classList.toggle("passage-cards", el.clientWidth < NARROW * columns);
  const watcher = new ResizeObserver(fit);
  watcher.observe(el);
  const stop = listen(model, (content) => {
    if (!content.folder) return;
    columns = content.header?.length ?? 0;
    fit();
    const where = element("p", { class: "passage-note" }, element("b", { text: `${gettext("Where the files go:")} ` }), content.folder);
    const done = content.header
      ? [
          element("p", { class: "passage-note" }, element("b", { text: `${gettext("For the Console:")} ` }), content.parts),
          section(gettext("The first users, as the Console will read them"), previewTable(content)),
          section(gettext("Where every row went"), funnelTable(content), ...noticed(content)),
        ]
      : [];
    redraw(el, where, ...done);
  });
  return () => {
    watcher.disconnect();
    stop();
  };
}

export default { initialize, render };

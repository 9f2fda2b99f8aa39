// The panel of the export: the first rows as the Console reads them, and the funnel.

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

function previewTable({ header, rows }) {
  const lines = rows.map((cells) =>
    element(
      "tr",
      {},
      ...cells.map((text) => (text ? element("td", { text }) : element("td", {}, element("span", { class: "passage-blank", text: "blank" })))),
    ),
  );
  return headed("The first users, as the Console will read them", header, lines);
}

function funnelTable({ funnel }) {
  const rows = funnel.map(([count, words]) =>
    element("tr", {}, element("th", { scope: "row", text: words }), element("td", { class: "passage-number", text: count.toLocaleString("en") })),
  );
  return headed("Where every row went", ["What became of it", "Rows"], rows);
}

// What to look at beside the counts: closed accounts, warnings, columns left out as secrets.
function noticed({ notices }) {
  return notices.map(([heading, text]) => element("p", { class: "passage-note" }, element("b", { text: `${heading}: ` }), text));
}

function render({ model, el }) {
  el.classList.add("passage-review");
  return listen(model, (content) => {
    if (!content.folder) return;
    const where = element("p", { class: "passage-note" }, element("b", { text: "Where the files go: " }), content.folder);
    const done = content.header
      ? [
          element("p", { class: "passage-note" }, element("b", { text: "For the Console: " }), content.parts),
          section("The first users, as the Console will read them", previewTable(content)),
          section("Where every row went", funnelTable(content), ...noticed(content)),
        ]
      : [];
    redraw(el, where, ...done);
  });
}

export default { initialize, render };

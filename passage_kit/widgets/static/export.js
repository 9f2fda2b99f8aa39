// The panel of the export: the first rows as the Console reads them, and the funnel.

// What one reads as one, such as an email, a phone or a date, does not break.
const WHOLE = /^\S{1,72}$/;
const [TWICE, LINE] = [20, 40]; // letters from which the values of a card take twice the room, and a line of their own

function section(title, ...children) {
  return element("section", {}, element("h4", { text: title }), ...children);
}

// The roles are said, since a narrow panel shows the rows as blocks.
function previewTable({ header, rows }) {
  const wide = header.map((_, at) => {
    const longest = Math.max(...rows.map((cells) => cells[at]).map((text) => (WHOLE.test(text) ? text.length : 0)));
    return longest > LINE ? "passage-line" : longest > TWICE ? "passage-twice" : null;
  });
  const cell = (text, at) => {
    const given = text ? { text, class: WHOLE.test(text) ? "passage-whole" : null } : { text: gettext("blank"), class: "passage-blank" };
    return element("td", { role: "cell", "data-label": header[at], class: wide[at] }, element("span", given));
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

// What to look at beside the counts: values that are left out, closed accounts, warnings, columns of secrets.
function noticed({ notices }) {
  return notices.map(({ heading, said, items }) =>
    element(
      "div",
      { class: "passage-notice" },
      element("h5", { text: heading }),
      said ? element("p", { text: said }) : null,
      items.length ? element("ul", {}, ...items.map((text) => element("li", { text }))) : null,
    ),
  );
}

function render({ model, el }) {
  el.classList.add("passage-review");
  let width = 0;
  // Values that do not break need room, so the table itself says whether it has enough.
  const fit = () => {
    const preview = el.querySelector(".passage-preview");
    el.classList.remove("passage-cards");
    el.classList.toggle("passage-cards", Boolean(preview) && preview.scrollWidth > preview.clientWidth);
    width = el.clientWidth;
  };
  const watcher = new ResizeObserver(() => el.clientWidth !== width && fit());
  watcher.observe(el);
  const stop = listen(model, (content) => {
    if (!content.folder) return;
    const where = element("p", { class: "passage-note" }, element("b", { text: `${gettext("Where the files go:")} ` }), content.folder);
    const done = content.header
      ? [
          element("p", { class: "passage-note" }, element("b", { text: `${gettext("For the Console:")} ` }), content.parts),
          section(gettext("The first users, as the Console will read them"), previewTable(content)),
          section(gettext("Where every row went"), funnelTable(content), ...noticed(content)),
        ]
      : [];
    redraw(el, where, ...done);
    fit();
  });
  return () => {
    watcher.disconnect();
    stop();
  };
}

export default { initialize, render };

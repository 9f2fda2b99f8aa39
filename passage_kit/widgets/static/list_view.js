// A list as it was read: facts, settings of the reader, values that show whether the encoding is right, first rows. The
// columns stand one below the other, so that none of them is outside a narrow window.

const COLUMNS = 12; // shown at first
const PATIENCE = 400; // milliseconds, since each arrow key in a drop-down is a choice

function render({ model, el }) {
  el.classList.add("passage-list");
  let all = false; // columns are shown
  let content = {};
  let wanted = {}; // the last choice, as long as the list is not read so: what comes meanwhile does not undo it
  let waiting = null;
  const settings = element("div", { class: "passage-settings" });
  const place = element("div");
  el.append(place, settings);
  const view = element("div");
  el.append(view);

  function facts() {
    const items = content.facts.map(([label, fact]) => element("li", {}, element("span", { class: "passage-quiet", text: label }), element("b", { text: fact })));
    return element("ul", { class: "passage-facts", "aria-label": gettext("What {name} is", { name: content.name }) }, ...items);
  }

  function setting({ name, label, options, value }) {
    const select = element("select", { "data-key": `setting ${name}`, "aria-label": label });
    select.append(...options.map(([given, text]) => new Option(text, given)));
    if (wanted.name === name && wanted.value === value) wanted = {};
    select.value = wanted.name === name ? wanted.value : value;
    select.addEventListener("change", () => {
      wanted = { name, value: select.value };
      clearTimeout(waiting);
      waiting = setTimeout(() => model.send({ do: "read", with: wanted }), PATIENCE);
    });
    return element("label", {}, element("span", { text: label }), select);
  }

  function accents() {
    if (!content.encoded) return null;
    if (!content.accented.length) {
      return element("p", { class: "passage-quiet", text: gettext("No value has an accent or another letter outside English, so any encoding fits.") });
    }
    const values = content.accented.map(([column, value]) =>
      element("li", { title: column }, element("span", { text: value }), element("span", { class: "passage-quiet", text: column })),
    );
    const title = gettext("Are these values right? If letters are odd, choose another encoding.");
    return element("div", {}, element("p", { class: "passage-subtitle", text: title }), element("ul", { "aria-label": gettext("Values with accents") }, ...values));
  }

  function table() {
    const shown = all ? content.columns : content.columns.slice(0, COLUMNS);
    const heads = [gettext("Column"), ...content.rows.map((number) => gettext("Row {number}", { number }))];
    const head = element("tr", {}, ...heads.map((text) => element("th", { scope: "col", text })));
    const lines = shown.map(({ name, values }) => {
      const cells = values.map((value) =>
        value === null ? element("td", {}, element("span", { class: "passage-quiet", text: gettext("blank") })) : element("td", { text: value }),
      );
      return element("tr", {}, element("th", { scope: "row", text: name }), ...cells);
    });
    const made = element("table", { "aria-label": gettext("First rows") }, element("thead", {}, head), element("tbody", {}, ...lines));
    const rest = content.columns.length - COLUMNS;
    if (rest <= 0) return [made];
    const text = all ? gettext("Show the first {count} columns", { count: COLUMNS }) : gettext("Show all {count} columns", { count: content.columns.length });
    const toggle = () => {
      all = !all;
      show();
    };
    return [made, element("button", { type: "button", class: "passage-button", "data-key": "columns", text, onclick: toggle })];
  }

  function show() {
    const there = (content.facts ?? []).length > 0;
    redraw(place, there ? facts() : null);
    redraw(settings, ...(content.settings ?? []).map(setting));
    redraw(view, ...(there ? [accents(), ...table()] : []));
  }

  return listen(model, (told) => {
    if (told.name !== content.name) all = false;
    content = { ...told };
    show();
  });
}

export default { initialize, render };

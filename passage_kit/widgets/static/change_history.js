// The panel of the history: two buttons that say what they do, and the changes with the last one first.

function render({ model, el }) {
  el.classList.add("passage-review", "passage-history");
  const ask = (what, given = {}) => model.send({ do: what, with: given });

  function turnButton(what, label, says, none) {
    const button = element("button", { type: "button", "data-key": what, disabled: !says, onclick: () => ask(what) });
    const named = element("span", { class: "passage-quiet", text: says || none });
    button.append(element("b", { text: label }), " ", named);
    return button;
  }

  function changeItem({ at, says, state, note }) {
    const about = [element("time", { datetime: at, text: moment(at) }), note ? `, ${note}` : null];
    return element(
      "li",
      { class: `passage-change passage-change-${state}` },
      element("span", { class: "passage-change-says", text: says }),
      element("span", { class: "passage-quiet" }, ...about.filter(Boolean)),
    );
  }

  const buttons = element("div", { class: "passage-turns" });
  const list = element("div");
  const pager = element("div", { class: "passage-pager" });
  el.append(buttons, list, pager);
  return listen(model, (content) => {
    const { changes, undo, redo, page, pages, found } = content;
    if (!changes) return;
    redrawChanged(buttons, turnButton("undo", gettext("Undo"), undo, gettext("nothing to undo")), turnButton("redo", gettext("Redo"), redo, gettext("nothing to make again")));
    redraw(list, changes.length ? element("ol", { class: "passage-changes-list", "aria-label": gettext("Changes, the last one first") }, ...changes.map(changeItem)) : null);
    const step = (by, label, off) =>
      element("button", { type: "button", "data-key": `page${by}`, text: label, disabled: off, onclick: () => ask("view", { page: page + by }) });
    const changed = ngettext("{count} change", "{count} changes", found);
    const said = element("span", { role: "status", text: onPage(changed, page, pages) });
    redrawChanged(pager, ...(pages > 1 ? [step(-1, gettext("Later ones"), page === 0), said, step(1, gettext("Earlier ones"), page + 1 >= pages)] : []));
  });
}

export default { initialize, render };

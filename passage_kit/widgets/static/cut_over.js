// The steps of the cut-over, each with its evidence and its time.

function stepItem({ title, state, said, evidence, at, next }) {
  return element(
    "li",
    { class: `passage-step passage-step-${state.replace(" ", "-")}` },
    element(
      "div",
      { class: "passage-step-told" },
      element("p", {}, element("b", { text: title }), " ", element("span", { class: "passage-quiet", text: at ? `${said} · ${at}` : said })),
      element("p", { text: `${evidence[0].toUpperCase()}${evidence.slice(1)}.` }),
      next ? element("p", { class: "passage-quiet", text: next }) : null,
    ),
  );
}

function render({ model, el }) {
  el.classList.add("passage-checklist", "passage-cut-over");
  return listen(model, ({ steps = [] }) => {
    el.replaceChildren(element("ol", { "aria-label": gettext("Steps of the cut-over") }, ...steps.map(stepItem)));
  });
}

export default { initialize, render };

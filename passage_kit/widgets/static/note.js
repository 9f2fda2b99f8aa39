// One line of text, or several lines with a label.

function render({ model, el }) {
  el.classList.add("passage-said");
  el.setAttribute("role", "status");
  return listen(model, ({ lines = [] }) => {
    const tag = lines.length > 1 ? "pre" : "p";
    const attributes = tag === "pre" ? { tabindex: 0, "aria-label": model.get("label") } : {};
    el.replaceChildren(...(lines.length ? [element(tag, { ...attributes, text: lines.join("\n") })] : []));
  });
}

export default { initialize, render };

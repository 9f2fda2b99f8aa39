// One line of text, or several lines of a file.

function render({ model, el }) {
  el.classList.add("passage-said");
  el.setAttribute("role", "status");
  return listen(model, ({ lines = [] }) => {
    const tag = lines.length > 1 ? "pre" : "p";
    const attributes = tag === "pre" ? { tabindex: 0, "aria-label": "First lines of the list" } : {};
    el.replaceChildren(...(lines.length ? [element(tag, { ...attributes, text: lines.join("\n") })] : []));
  });
}

export default { initialize, render };

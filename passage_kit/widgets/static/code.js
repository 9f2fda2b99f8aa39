// The Python code that does the same as the panel, to read and copy.

function render({ model, el }) {
  const code = element("pre", { tabindex: 0, "aria-label": gettext("The same in Python") });
  const copy = element("button", { type: "button", text: gettext("Copy") });
  const summary = element("summary", { text: gettext("The same in Python") });
  const details = element("details", { class: "passage-code", open: true }, summary, code, copy);
  el.append(details);
  const stop = listen(model, (content) => {
    code.textContent = content.code ?? "";
    details.hidden = !content.code; // as long as nothing can be chosen
  });

  copy.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = gettext("Copied");
    } catch {
      copy.textContent = gettext("Selected: press Ctrl+C");
    }
    setTimeout(() => (copy.textContent = gettext("Copy")), 2000);
  });
  return stop;
}

export default { initialize, render };

// The call that does the same as the panel, to be read and copied.

function render({ model, el }) {
  const details = document.createElement("details");
  details.className = "passage-code";
  details.open = true;
  const summary = document.createElement("summary");
  summary.textContent = "The same in Python";
  const code = document.createElement("pre");
  code.tabIndex = 0;
  code.setAttribute("aria-label", "The same in Python");
  const copy = document.createElement("button");
  copy.type = "button";
  copy.textContent = "Copy";
  details.append(summary, code, copy);
  el.append(details);

  const show = () => (code.textContent = model.get("code"));
  model.on("change:code", show);
  show();

  copy.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    try {
      await navigator.clipboard.writeText(model.get("code"));
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });
  return () => model.off("change:code", show);
}

export default { render };

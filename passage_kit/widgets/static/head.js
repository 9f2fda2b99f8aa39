// The head of a panel: title, introduction and messages. It also keeps the keys that are typed inside the panel from
// JupyterLab, which would take them for commands of the notebook: "x" would cut the cell, "m" turn it into text.

function keepKey(event) {
  const meantForNotebook = event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "Enter");
  if (!meantForNotebook) event.stopPropagation();
}

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function render({ model, el }) {
  const title = element("h3", "passage-title", model.get("title"));
  const intro = element("p", "passage-intro", model.get("intro"));
  const messages = element("ul", "passage-messages");
  messages.setAttribute("role", "status");
  el.append(title, intro, messages);

  const show = () =>
    messages.replaceChildren(
      ...model.get("messages").map(({ kind, text }) => element("li", `passage-message passage-${kind}`, text)),
    );
  model.on("change:messages", show);
  show();

  // The panel is in the page only after this function has returned.
  let panel = null;
  let waiting = null;
  const attach = () => {
    panel = el.isConnected ? el.closest(".passage-panel") : null;
    if (!panel) {
      waiting = setTimeout(attach, 20);
      return;
    }
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", model.get("title"));
    panel.addEventListener("keydown", keepKey);
  };
  attach();
  return () => {
    clearTimeout(waiting);
    panel?.removeEventListener("keydown", keepKey);
    model.off("change:messages", show);
  };
}

export default { render };

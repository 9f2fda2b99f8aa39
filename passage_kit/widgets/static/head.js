// The head of a panel: title, introduction, messages and progress. It also keeps keys typed inside the panel from
// JupyterLab, which would take them for commands: "x" would cut the cell, and "m" would turn it into text.

const NO_SHORTCUTS = "data-lm-suppress-shortcuts"; // of a framework that Notebook 7 and JupyterLab share
const PATIENCE = 1000; // milliseconds before progress is shown

function isMeantForNotebook(event) {
  return event.ctrlKey || event.metaKey || (event.shiftKey && event.key === "Enter");
}

function keepKey(event) {
  event.target.removeAttribute(NO_SHORTCUTS);
  if (!isMeantForNotebook(event)) event.stopPropagation();
}

function messageItem({ kind, text }) {
  const kinds = { good: gettext("Done"), info: gettext("Note"), warning: gettext("Warning"), error: gettext("Error") };
  const spoken = element("span", { class: "passage-spoken", text: `${gettext("{heading}:", { heading: kinds[kind] })} ` });
  return element("li", { class: `passage-message passage-${kind}` }, spoken, text);
}

function progressLine({ label, share }) {
  const bar = element("progress", { max: 1, value: share ?? undefined, "aria-label": label });
  return element("div", { class: "passage-progress" }, bar, element("span", { text: label }));
}

function render({ model, el }) {
  const messages = element("div", { role: "status" });
  const progress = element("div", { role: "status" });
  const outdated = element("div", { role: "status" });
  el.append(
    element("h3", { class: "passage-title", text: model.get("title") }),
    element("p", { class: "passage-intro", text: model.get("intro") }),
    messages,
    outdated,
    progress,
  );

  const renew = () => model.send({ do: "renew" });
  const outdatedLine = ({ text, button }) => {
    const pressed = { type: "button", class: "passage-button", "data-key": "renew", text: button, onclick: renew };
    const line = element("p", { class: "passage-message passage-warning passage-outdated" }, element("span", { text: `${text} ` }));
    if (button) line.append(element("button", pressed));
    return line;
  };

  let late = null;
  let current = null;
  const drawProgress = () => progress.replaceChildren(...(current ? [progressLine(current)] : []));
  const stop = listen(model, (content) => {
    const said = content.messages ?? [];
    messages.replaceChildren(element("ul", { class: "passage-messages" }, ...said.map(messageItem)));
    redrawChanged(outdated, ...(content.outdated ? [outdatedLine(content.outdated)] : []));
    current = content.progress ?? null;
    if (!current) {
      clearTimeout(late);
      late = null;
      drawProgress();
    } else if (late === null) {
      late = setTimeout(() => {
        late = true;
        drawProgress();
      }, PATIENCE);
    } else if (late === true) {
      drawProgress();
    }
  });

  // What stands above the panel for a page without a kernel; it may come to the page after the panel.
  const area = () => el.closest(".jp-OutputArea, .jp-Cell, body");
  const asleep = () => [...(area()?.querySelectorAll(".passage-asleep") ?? [])];
  const fallAsleep = () => {
    for (const note of asleep()) {
      note.hidden = false;
      note.setAttribute("role", "alert");
    }
    panel?.classList.add("passage-dead");
    panel?.setAttribute("inert", "");
  };
  model.on("comm_live_update", fallAsleep);

  // The panel joins the page only after this function returns.
  let panel = null;
  // Notebook 7 looks at keys before they reach the panel, and asks the element that gets them for this attribute.
  const keepFromNotebook = (event) => {
    const to = event.target;
    if (panel.contains(to)) to.toggleAttribute(NO_SHORTCUTS, !isMeantForNotebook(event));
  };
  let waiting = null;
  const attach = () => {
    panel = el.isConnected ? el.closest(".passage-panel") : null;
    if (!panel) {
      waiting = setTimeout(attach, 20);
      return;
    }
    for (const note of asleep()) note.hidden = true;
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", model.get("title"));
    panel.addEventListener("keydown", keepKey);
    window.addEventListener("keydown", keepFromNotebook, true);
  };
  attach();
  return () => {
    clearTimeout(waiting);
    clearTimeout(late);
    panel?.removeEventListener("keydown", keepKey);
    window.removeEventListener("keydown", keepFromNotebook, true);
    stop();
  };
}

export default { initialize, render };

// The steps of the migration with their states; a step that has a notebook links to it.

// JupyterLab opens the notebook in another tab through its own command; elsewhere the link opens it.
function linkTo(notebook, title) {
  const here = decodeURIComponent(location.pathname).split("/tree/")[1] ?? "";
  const path = `${here.slice(0, here.lastIndexOf("/") + 1)}${notebook}.ipynb`;
  const inLab = {
    "data-commandlinker-command": "docmanager:open",
    "data-commandlinker-args": JSON.stringify({ path }),
  };
  return element("a", { href: `${notebook}.ipynb`, ...(document.body.dataset.voila ? {} : inLab), text: title });
}

function stepItem({ title, notebook, state, note, said: spoken }) {
  const said = [note, notebook && !note.includes(notebook) ? notebook : ""].filter(Boolean).join(" · ");
  return element(
    "li",
    { class: `passage-step passage-step-${state}` },
    element("span", { class: "passage-spoken", text: `${spoken}: ` }),
    notebook ? linkTo(notebook, title) : element("span", { text: title }),
    said ? element("span", { class: "passage-quiet", text: said }) : null,
  );
}

function render({ model, el }) {
  el.classList.add("passage-checklist");
  const stop = listen(model, ({ steps = [] }) => {
    const title = element("p", { class: "passage-subtitle", text: gettext("The steps ahead") });
    redrawChanged(el, title, element("ol", {}, ...steps.map(stepItem)));
  });
  // The steps are done in other notebooks: whoever comes back sees what is done by then.
  let seen = true;
  const renew = () => document.visibilityState === "visible" && model.send({ do: "look" });
  const watch = new IntersectionObserver((entries) => {
    const isSeen = entries.at(-1).isIntersecting;
    if (isSeen && !seen) renew();
    seen = isSeen;
  });
  watch.observe(el);
  window.addEventListener("focus", renew);
  return () => {
    watch.disconnect();
    window.removeEventListener("focus", renew);
    stop();
  };
}

export default { initialize, render };

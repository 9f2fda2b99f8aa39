// The mapping table: one row a source column, with a drop-down for where it goes.

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function targetSelect(column, groups) {
  const select = element("select");
  select.setAttribute("aria-label", `Target for ${column}`);
  for (const { label, targets } of groups) {
    const options = targets.map(([value, text]) => new Option(text, value));
    if (label) {
      const group = element("optgroup", "", ...options);
      group.label = label;
      select.append(group);
    } else {
      select.append(...options);
    }
  }
  return select;
}

function shareCell({ share, filled }) {
  const bar = element("span", "passage-bar");
  bar.style.setProperty("--share", share);
  bar.setAttribute("aria-hidden", "true");
  const cell = element("td", "passage-share", bar, share);
  cell.title = filled;
  return cell;
}

function samplesCell(samples) {
  return element("td", "passage-samples", ...samples.map((sample) => element("span", "passage-sample", sample)));
}

function suggestionCell({ label, confidence, reason }) {
  if (!label) return element("td", "passage-suggestion", element("span", "passage-reason", reason));
  return element(
    "td",
    "passage-suggestion",
    element("span", "passage-suggested", `${label} · ${confidence}`),
    element("span", "passage-reason", reason),
  );
}

function render({ model, el }) {
  const selects = new Map();
  const rows = model.get("columns").map((column) => {
    const select = targetSelect(column.name, model.get("groups"));
    selects.set(column.name, select);
    select.addEventListener("change", () => {
      model.set("chosen", { ...model.get("chosen"), [column.name]: select.value });
      model.save_changes();
    });
    const name = element("th", "", column.name);
    name.scope = "row";
    const cells = [element("td", "", select), samplesCell(column.samples), shareCell(column)];
    return element("tr", "", name, ...cells, suggestionCell(column.suggestion));
  });

  const titles = ["Your column", "Goes to", "First values", "Filled", "Suggestion"].map((title) => {
    const cell = element("th", "", title);
    cell.scope = "col";
    return cell;
  });
  const table = element("table", "", element("thead", "", element("tr", "", ...titles)), element("tbody", "", ...rows));
  const region = element("div", "passage-scroll", table);
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "Columns of the file and their targets");
  el.classList.add("passage-mapping");
  el.append(region);

  const show = () => {
    const chosen = model.get("chosen");
    for (const [column, select] of selects) {
      select.value = chosen[column] ?? "";
      select.closest("tr").classList.toggle("passage-not-stored", !select.value);
    }
  };
  model.on("change:chosen", show);
  show();
  return () => model.off("change:chosen", show);
}

export default { render };

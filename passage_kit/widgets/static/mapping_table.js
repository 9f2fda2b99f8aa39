// The mapping table: one row a source column, with a drop-down for where it goes and what comes of it.

const KINDS = ["valid", "fixed", "withheld", "ambiguous"];
const SEARCH_ABOVE = 15; // columns

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function button(text, action) {
  const made = element("button", "passage-button", text);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

function labelled(text, control) {
  return element("label", "passage-labelled", element("span", "", text), control);
}

// A drop-down of targets to be copied for every column: building it anew each time would take seconds for wide lists.
function targetChoices(groups) {
  const select = element("select");
  for (const { label, targets } of groups) {
    const options = targets.map(([value, text]) => new Option(text, value));
    if (!label) {
      select.append(...options);
      continue;
    }
    const group = element("optgroup", "", ...options);
    group.label = label;
    select.append(group);
  }
  return select;
}

function columnCell({ name, share, filled }) {
  const bar = element("span", "passage-bar");
  bar.style.setProperty("--share", share);
  const cell = element("th", "", element("span", "passage-name", name), bar, element("span", "passage-quiet", `${share} filled`));
  cell.scope = "row";
  cell.title = filled;
  return cell;
}

function suggestionOf({ target, label, confidence, reason }, chosen) {
  const taken = target && target === chosen;
  const said = label ? `${taken ? "As suggested" : `Suggested: ${label}`} · ${confidence}` : "No suggestion";
  return [element("span", taken ? "passage-taken" : "passage-suggested", said), element("span", "passage-quiet", reason)];
}

function becoming({ value, becomes, why }) {
  const line = element("div", "passage-first", element("span", "passage-sample", value));
  if (becomes === value) {
    line.append(element("span", "passage-unchanged", "✓"), element("span", "passage-unseen", "goes out as it is"));
  } else if (becomes !== null) {
    line.append(element("span", "passage-arrow", "→"), element("span", "passage-unseen", "becomes"));
    line.append(element("span", "passage-becomes", becomes));
  } else {
    line.append(element("span", "passage-blocked", "✕"), element("span", "passage-unseen", "is left out:"));
    line.append(element("span", "passage-why", why || "Taken as blank."));
  }
  line.title = becomes === null ? `${value}: ${why}` : becomes === value ? value : `${value} → ${becomes}`;
  return line;
}

function countsOf({ counts, complete }) {
  const stack = element("span", "passage-stack");
  const list = element("ul", complete ? "passage-counts" : "passage-counts passage-partial");
  for (const kind of KINDS) {
    const part = element("span", `passage-${kind}`);
    part.style.flexGrow = counts[kind];
    stack.append(part);
    const count = element("li", counts[kind] ? `passage-count passage-${kind}` : "passage-count passage-none");
    count.append(element("b", "", counts[kind].toLocaleString("en")), ` ${kind}`);
    list.append(count);
  }
  return [stack, list];
}

function render({ model, el }) {
  el.classList.add("passage-mapping");
  const unseen = (text) => element("span", "passage-unseen", text);
  const choices = targetChoices(model.get("groups"));
  const found = element("span", "passage-quiet");
  found.setAttribute("role", "status");
  const search = element("input");
  search.type = "search";
  search.placeholder = "part of a name";
  const tools = element("div", "passage-tools", labelled("Find a column", search), found);
  const titles = ["Your column", "Goes to", "First values, and what they become", "Counts"].map((title) => {
    const cell = element("th", "", title);
    cell.scope = "col";
    return cell;
  });
  const body = element("tbody");
  const table = element("table", "", element("thead", "", element("tr", "", ...titles)), body);
  const region = element("div", "passage-scroll", table);
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", "Columns of the file and their targets");
  const note = element("p", "passage-quiet passage-note");
  note.setAttribute("role", "status");
  const constants = element("div", "passage-constants");
  el.append(tools, region, note, constants);

  let rows = new Map();

  function choose(column, target) {
    model.set("chosen", { ...model.get("chosen"), [column]: target });
    model.save_changes();
  }

  function makeRow(column) {
    const select = choices.cloneNode(true);
    select.setAttribute("aria-label", `Target for ${column.name}`);
    select.addEventListener("change", () => choose(column.name, select.value));
    const suggestion = element("div", "passage-suggestion");
    const question = element("div", "passage-question");
    const values = element("td", "passage-values");
    const counts = element("td", "passage-counted");
    const target = element("td", "passage-target", select, question, suggestion);
    const row = element("tr", "", columnCell(column), target, values, counts);
    return { column, row, select, suggestion, question, values, counts, drawn: {} };
  }

  // Draws a part of a row, unless it is as it was: focus and selection stay where they are.
  function draw(entry, part, state, nodes) {
    const key = JSON.stringify(state);
    if (entry.drawn[part] === key) return;
    entry.drawn[part] = key;
    entry[part].replaceChildren(...nodes());
  }

  function showRow(entry) {
    const { column, select, row } = entry;
    const target = model.get("chosen")[column.name] ?? "";
    const preview = model.get("previews")[target];
    const asked = model.get("questions").find((question) => question.column === column.name);
    select.value = target;
    row.classList.toggle("passage-not-stored", !target);
    draw(entry, "suggestion", target, () => suggestionOf(column.suggestion, target));
    draw(entry, "question", asked ?? null, () => (asked ? answersTo(asked) : []));
    draw(entry, "values", preview?.first ?? null, () =>
      preview ? preview.first.map(becoming) : column.samples.map((sample) => element("div", "passage-sample", sample)),
    );
    draw(entry, "counts", preview ?? null, () => (preview ? countsOf(preview) : [unseen("not stored")]));
  }

  function answersTo({ column, text, joins }) {
    const answer = (name) => () => model.send({ answer: name, column });
    const buttons = [button(`Only ${column}`, answer("take")), button("Leave as it was", answer("leave"))];
    if (joins) buttons.unshift(button("Join them", answer("join")));
    return [element("p", "", text), element("div", "passage-answers", ...buttons)];
  }

  function showColumns() {
    rows = new Map(model.get("columns").map((column) => [column.name, makeRow(column)]));
    body.replaceChildren(...[...rows.values()].map(({ row }) => row));
    tools.hidden = rows.size <= SEARCH_ABOVE;
    search.value = "";
    filter();
    show();
  }

  function show() {
    rows.forEach(showRow);
    note.textContent = model.get("rows");
    showConstants();
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const [name, { row }] of rows) {
      row.hidden = !name.toLowerCase().includes(wanted);
      count += row.hidden ? 0 : 1;
    }
    found.textContent = wanted ? `${count} of ${rows.size} columns` : `${rows.size} columns`;
  }

  function setConstant(target, value) {
    const { [target]: _former, ...others } = model.get("constants");
    model.set("constants", value ? { ...others, [target]: value } : others);
    model.save_changes();
  }

  let drawnConstants = "";

  function showConstants() {
    const taken = new Set(Object.values(model.get("chosen")));
    const all = model.get("groups").flatMap(({ targets }) => targets);
    const set = model.get("constants");
    const free = all.filter(([target, , constant]) => constant && !taken.has(target) && !(target in set));
    const names = Object.fromEntries(all.map(([target, text]) => [target, text.split(" · ")[0]]));
    const previews = model.get("previews");
    const key = JSON.stringify([set, free, Object.keys(set).map((target) => previews[target]?.first)]);
    if (key === drawnConstants) return;
    drawnConstants = key;
    const lines = Object.entries(set).map(([target, value]) => {
      const first = previews[target]?.first[0] ?? { value, becomes: value, why: "" };
      const remove = button("Remove", () => setConstant(target, ""));
      remove.setAttribute("aria-label", `Remove the value of ${names[target]}`);
      return element("li", "", element("b", "", names[target]), becoming(first), remove);
    });
    const list = element("ul", "", ...lines);
    if (!free.length) {
      constants.replaceChildren(...(lines.length ? [element("p", "passage-subtitle", "The same for every row"), list] : []));
      return;
    }
    const target = element("select", "", ...free.map(([value, text]) => new Option(text, value)));
    target.setAttribute("aria-label", "Target with the same value for every row");
    const value = element("input");
    value.type = "text";
    value.placeholder = "value";
    value.setAttribute("aria-label", "Value for every row");
    const give = () => value.value.trim() && setConstant(target.value, value.value.trim());
    value.addEventListener("keydown", (event) => event.key === "Enter" && give());
    const form = element("div", "passage-answers", target, value, button("Set for every row", give));
    constants.replaceChildren(element("p", "passage-subtitle", "The same for every row"), list, form);
  }

  search.addEventListener("input", filter);
  const heard = ["chosen", "previews", "questions", "constants", "rows"].map((name) => `change:${name}`).join(" ");
  model.on(heard, show);
  model.on("change:columns", showColumns);
  showColumns();
  return () => {
    model.off(heard, show);
    model.off("change:columns", showColumns);
  };
}

export default { render };

// The mapping table: one row for each source column, with a drop-down for its target and with its counts.

const COUNTED = ["valid", "fixed", "withheld", "ambiguous"];
const SEARCH_ABOVE = 15; // columns
const LONGEST = 90; // characters of a value that are shown
const TYPES = [
  ["string", "String"], ["boolean", "Boolean"], ["integer", "Number"], ["date", "Date"], ["phone", "Phone number"], ["email", "Email"],
];

function act(text, onclick, label) {
  return element("button", { type: "button", class: "passage-button", onclick, "aria-label": label, text });
}

function quiet(text) {
  return element("span", { class: "passage-quiet", text });
}

function aloud(text) {
  return element("span", { class: "passage-spoken", text });
}

const AT_ONCE = 5_000; // choices in all drop-downs together that a browser lays out in less than a second

// A drop-down of targets to copy for each column, since building it each time would take seconds for wide lists.
function targetChoices(groups) {
  const select = element("select");
  for (const { label, targets } of groups) {
    const options = targets.map(([value, text]) => new Option(text, value));
    select.append(...(label ? [element("optgroup", { label }, ...options)] : options));
  }
  return select;
}

// Helpers that a column may serve beside its target.
function helpersBeside(column = "") {
  return [
    ["region", gettext("also the country of the phone"), gettext("{column} is also the country of the phone", { column })],
    ["order", gettext("also the order of the rows"), gettext("{column} is also the order of the rows", { column })],
    ["source_key", gettext("also your own id"), gettext("{column} is also your own id", { column })],
  ];
}

function columnCell({ name, share, filled, is_new: isNew }) {
  const bar = element("span", { class: "passage-bar", style: `--share: ${share}` });
  const title = element("span", { class: "passage-name", text: name });
  const mark = isNew ? element("span", { class: "passage-new", text: gettext("new in this list") }) : null;
  return element("th", { scope: "row", role: "rowheader", title: filled }, title, mark, bar, quiet(gettext("{share} filled", { share })));
}

function suggestionOf({ target, label, confidence, reason }, chosen) {
  if (!label) return [quiet(reason)];
  const taken = target === chosen;
  const how = taken ? gettext("As suggested") : gettext("Suggested: {target}", { target: label });
  const said = `${how} · ${confidence}`;
  return [element("span", { class: taken ? "passage-taken" : "passage-suggested", text: said }), quiet(reason)];
}

function short(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

// A value and its result; words for screen readers repeat the meaning of each sign.
function becoming({ value, becomes, why }) {
  const sample = element("span", { class: "passage-sample" }, ...breakable(short(value)));
  if (becomes === value) {
    const sign = element("span", { class: "passage-unchanged", "aria-hidden": "true", text: "✓" });
    return element("div", { class: "passage-first", title: value }, sample, " ", sign, " ", aloud(gettext("is exported unchanged")));
  }
  if (becomes !== null) {
    const sign = element("span", { class: "passage-arrow", "aria-hidden": "true", text: "→" });
    const result = element("span", { class: "passage-becomes" }, ...breakable(short(becomes)));
    const title = `${value} → ${becomes}`;
    return element("div", { class: "passage-first", title }, sample, " ", sign, " ", aloud(gettext("becomes")), result);
  }
  const sign = element("span", { class: "passage-blocked", "aria-hidden": "true", text: "✕" });
  const reason = element("span", { class: "passage-why", text: why || gettext("Taken as blank.") });
  return element("div", { class: "passage-first passage-left-out", title: `${value}: ${why}` }, sample, " ", sign, " ", aloud(gettext("is left out:")), reason);
}

function countsOf({ counts, complete }) {
  const parts = COUNTED.map((kind) => element("span", { class: `passage-${kind}`, style: `flex-grow: ${counts[kind]}` }));
  const said = {
    valid: (count) => ngettext("{count} valid", "{count} valid", count),
    fixed: (count) => ngettext("{count} fixed", "{count} fixed", count),
    withheld: (count) => ngettext("{count} withheld", "{count} withheld", count),
    ambiguous: (count) => ngettext("{count} ambiguous", "{count} ambiguous", count),
  };
  const items = COUNTED.map((kind) => {
    const [text, count] = [said[kind](counts[kind]), number(counts[kind])];
    const at = text.indexOf(count);
    const parts = [text.slice(0, at), element("b", { text: count }), text.slice(at + count.length)];
    return element("li", { class: counts[kind] ? `passage-${kind}` : "passage-none" }, ...parts.filter(Boolean));
  });
  const list = element("ul", { class: complete ? "passage-counts" : "passage-counts passage-partial" }, ...items);
  return [element("span", { class: "passage-stack" }, ...parts), list];
}

function render({ model, el }) {
  el.classList.add("passage-mapping");
  let choices = null;
  let names = new Map(); // of the targets
  let fields = new Set();

  function takeGroups() {
    choices = targetChoices(model.get("groups"));
    names = new Map(model.get("groups").flatMap(({ targets }) => targets.map(([target, name]) => [target, name])));
    const ofFields = model.get("groups").filter(({ name }) => name === "fields");
    fields = new Set(ofFields.flatMap(({ targets }) => targets.map(([target]) => target)));
  }

  takeGroups();
  const found = element("span", { class: "passage-quiet", role: "status" });
  const search = element("input", { type: "search", placeholder: gettext("part of a name"), oninput: () => filter() });
  const label = element("label", { class: "passage-labelled" }, gettext("Find a column"), search);
  const tools = element("div", { class: "passage-tools" }, label, found);
  const titles = [gettext("Your column"), gettext("Goes to"), gettext("First values, and what they become"), gettext("Counts")];
  const heads = titles.map((text) => element("th", { scope: "col", role: "columnheader", text }));
  const body = element("tbody", { role: "rowgroup" });
  // The roles are said, since a narrow panel shows the rows as blocks.
  const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
  const table = element("table", { role: "table" }, head, body);
  const named = { role: "region", tabindex: 0, "aria-label": gettext("Columns of the file and their targets") };
  const region = element("div", { class: "passage-scroll", ...named }, table);
  const note = element("p", { class: "passage-quiet passage-note", role: "status" });
  const constants = element("div", { class: "passage-constants" });
  el.append(tools, region, note, constants);

  let rows = new Map(); // by name of the column
  let columns = null;
  let content = {};

  // Of a wide list, only the drop-downs in view have all choices; the others have the one that is chosen.
  const watch = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        const entry = rows.get(target.dataset.column);
        if (entry?.select === target && target !== document.activeElement) fill(entry, isIntersecting);
      }
    },
    { root: region, rootMargin: "200px" },
  );

  function fill(entry, whole) {
    const { column, select } = entry;
    const chosen = model.get("chosen")[column.name] ?? "";
    entry.isWhole = whole;
    const one = () => [new Option(names.get(chosen) ?? chosen, chosen)];
    select.replaceChildren(...(whole ? choices.cloneNode(true).childNodes : one()));
    select.value = chosen;
  }

  function fillAll() {
    const shown = [...rows.values()].filter(({ row }) => !row.hidden);
    const isWide = shown.length * names.size > AT_ONCE;
    watch.disconnect();
    for (const entry of rows.values()) {
      fill(entry, !entry.row.hidden && (!isWide || entry.select === document.activeElement));
      if (isWide) watch.observe(entry.select);
    }
  }

  function choose(column, target) {
    model.set("chosen", { ...model.get("chosen"), [column]: target });
    model.save_changes();
  }

  // A helper is never sent, so its column can become a field as well, and serves the helper beside that.
  const isSent = (target) => fields.has(target) || target === "email" || target === "phone";

  // A column that goes to a field may say the state of the account, too.
  function stateBox(column) {
    const box = element("input", { type: "checkbox" });
    box.addEventListener("change", () => {
      const others = model.get("states").filter((name) => name !== column);
      model.set("states", box.checked ? [...others, column] : others);
      model.save_changes();
    });
    return box;
  }

  // A column that goes to a field or an identifier may serve helpers, too.
  function alsoBoxes(column) {
    const boxes = helpersBeside(column).map(([helper, text, label]) => {
      const box = element("input", { type: "checkbox", "aria-label": label });
      box.addEventListener("change", () => {
        const others = model.get("also").filter((one) => one !== `${helper} ${column}`);
        model.set("also", box.checked ? [...others, `${helper} ${column}`] : others);
        model.save_changes();
      });
      return { helper, box, line: element("label", { class: "passage-labelled" }, box, text) };
    });
    const summary = element("summary", { text: gettext("Use it for more"), "aria-label": gettext("Use {column} for more", { column }) });
    const details = element("details", { class: "passage-also" }, summary, ...boxes.map(({ line }) => line));
    return { details, boxes };
  }

  function showAlso({ details, boxes }, column, target) {
    const also = model.get("also");
    for (const { helper, box, line } of boxes) {
      box.checked = also.includes(`${helper} ${column}`);
      line.hidden = helper === target;
    }
    details.hidden = !target || target === "account_state" || helpersBeside().some(([helper]) => helper === target);
    if (boxes.some(({ box }) => box.checked)) details.open = true;
  }

  function makeRow(column) {
    const select = element("select", { "aria-label": gettext("Target for {column}", { column: column.name }) });
    select.dataset.column = column.name;
    select.addEventListener("focus", () => entry.isWhole || fill(entry, true));
    select.addEventListener("change", () => choose(column.name, select.value));
    const propose = () => model.send({ do: "propose", with: { column: column.name } });
    const create = act(gettext("New field from this column …"), propose, gettext("New field from {column}", { column: column.name }));
    const parts = {
      draft: element("div", { class: "passage-draft" }),
      question: element("div", { class: "passage-question" }),
      suggestion: element("div", { class: "passage-suggestion" }),
      values: element("td", { class: "passage-values", role: "cell" }),
      counts: element("td", { role: "cell" }),
    };
    const box = stateBox(column.name);
    const state = element("label", { class: "passage-labelled" }, box, gettext("also says if the account is closed"));
    const also = alsoBoxes(column.name);
    const target = element(
      "td",
      { role: "cell" },
      select,
      create,
      state,
      also.details,
      parts.draft,
      parts.question,
      parts.suggestion,
    );
    const row = element("tr", { role: "row" }, columnCell(column), target, parts.values, parts.counts);
    const entry = { column, row, select, create, box, state, also, parts, isWhole: false, drawn: {} };
    return entry;
  }

  // Draws a part of a row if it has changed, so that focus and selection stay where they are.
  function draw({ parts, drawn }, part, state, nodes) {
    const key = JSON.stringify(state);
    if (drawn[part] === key) return;
    drawn[part] = key;
    parts[part].replaceChildren(...nodes());
  }

  function showRow(entry) {
    const { column, select, create, row, box, state, also } = entry;
    const target = model.get("chosen")[column.name] ?? "";
    const preview = content.previews?.[target] ?? null;
    const asked = (content.questions ?? []).find((question) => question.column === column.name) ?? null;
    if (entry.isWhole) select.value = target;
    else if (select.value !== target) fill(entry, false);
    box.checked = model.get("states").includes(column.name);
    state.hidden = !fields.has(target) || !(column.may_say_state || box.checked);
    showAlso(also, column.name, target);
    row.classList.toggle("passage-not-stored", !target);
    const draft = content.drafts?.[column.name] ?? null;
    create.hidden = !model.get("may_have_fields") || isSent(target) || Boolean(draft);
    draw(entry, "draft", draft, () => (draft ? newField(column.name, draft, entry) : []));
    const isNew = asked && entry.drawn.question !== JSON.stringify(asked);
    draw(entry, "question", asked, () => (asked ? answersTo(asked) : []));
    if (isNew) requestAnimationFrame(() => entry.parts.question.scrollIntoView({ block: "nearest" }));
    draw(entry, "suggestion", target, () => suggestionOf(column.suggestion, target));
    draw(entry, "values", preview ? [preview.first, preview.advice] : null, () =>
      preview
        ? [...preview.first.map(becoming), ...preview.advice.map(quiet)]
        : column.samples.map((text) => element("div", { class: "passage-sample" }, ...breakable(short(text)))),
    );
    draw(entry, "counts", preview, () => (preview ? countsOf(preview) : [quiet(gettext("not stored"))]));
  }

  // The form for a new field, filled in with the proposal; it takes the focus, and gives it back.
  function newField(column, draft, { select }) {
    const text = (value, label) => {
      const input = element("input", { type: "text", "aria-label": label, autocomplete: "off" });
      input.value = value;
      return input;
    };
    const name = text(draft.friendly_name, gettext("Name of the new field for {column}", { column }));
    const key = text(draft.field_name, gettext("Key of the new field for {column}", { column }));
    const type = element("select", { "aria-label": gettext("Type of the new field for {column}", { column }) });
    type.append(...TYPES.map(([value, shown]) => new Option(shown, value)));
    type.value = draft.type;
    const required = element("input", { type: "checkbox" });
    required.checked = draft.required;
    const send = (what, given) => {
      model.send({ do: what, with: { column, ...given } });
      select.focus();
    };
    const add = () =>
      send("add", { friendly_name: name.value, field_name: key.value, type: type.value, required: required.checked });
    for (const input of [name, key]) input.addEventListener("keydown", (event) => event.key === "Enter" && add());
    requestAnimationFrame(() => name.focus());
    const line = (label, input) => element("label", {}, element("span", { text: label }), input);
    return [
      line(gettext("Name in the Console"), name),
      line(gettext("Key in user_metadata"), key),
      line(gettext("Type"), type),
      quiet(draft.evidence),
      element("label", { class: "passage-labelled" }, required, gettext("required")),
      draft.problem ? element("p", { class: "passage-why", role: "alert", text: draft.problem }) : null,
      element(
        "div",
        { class: "passage-answers" },
        act(gettext("Add field"), add, gettext("Add field for {column}", { column })),
        act(gettext("Cancel"), () => send("cancel", {}), gettext("Cancel the field for {column}", { column })),
      ),
    ].filter(Boolean);
  }

  function answersTo({ column, text, joins }) {
    const answer = (name) => () => model.send({ answer: name, column });
    const buttons = [act(gettext("Only {column}", { column }), answer("take")), act(gettext("Leave as it was"), answer("leave"))];
    buttons.unshift(act(gettext("Take the first that has a value"), answer("first")));
    if (joins) buttons.unshift(act(gettext("Join them"), answer("join")));
    return [element("p", { text }), element("div", { class: "passage-answers" }, ...buttons)];
  }

  function filter() {
    const wanted = search.value.trim().toLowerCase();
    for (const [name, { row }] of rows) row.hidden = !name.toLowerCase().includes(wanted);
    fillAll();
    const count = [...rows.values()].filter(({ row }) => !row.hidden).length;
    const all = ngettext("{count} column", "{count} columns", rows.size);
    found.textContent = wanted ? gettext("{found} of {all}", { found: number(count), all }) : all;
  }

  function setConstant(target, value) {
    const { [target]: _former, ...others } = model.get("constants");
    model.set("constants", value ? { ...others, [target]: value } : others);
    model.save_changes();
  }

  let drawnConstants = "";

  function showConstants() {
    const also = model.get("also").map((one) => one.split(" ")[0]);
    const taken = new Set([...Object.values(model.get("chosen")), ...also]);
    const all = model.get("groups").flatMap(({ targets }) => targets);
    const given = Object.entries(model.get("constants"));
    const free = all.filter(([target, , may]) => may && !taken.has(target) && !given.some(([name]) => name === target));
    const firsts = given.map(([target, value]) => content.previews?.[target]?.first[0] ?? { value, becomes: value });
    const key = JSON.stringify([given, free, firsts]);
    if (key === drawnConstants) return;
    drawnConstants = key;

    const names = Object.fromEntries(all.map(([target, text]) => [target, text.split(" · ")[0]]));
    const lines = given.map(([target], at) => {
      const remove = act(gettext("Remove"), () => setConstant(target, ""), gettext("Remove the value of {target}", { target: names[target] }));
      return element("li", {}, element("b", { text: names[target] }), becoming(firsts[at]), remove);
    });
    const title = element("p", { class: "passage-subtitle", text: gettext("The same value for every row") });
    const parts = given.length || free.length ? [title] : [];
    if (given.length) parts.push(element("ul", {}, ...lines));
    if (free.length) parts.push(constantForm(free));
    constants.replaceChildren(...parts);
  }

  function constantForm(free) {
    const options = free.map(([value, text]) => new Option(text, value));
    const target = element("select", { "aria-label": gettext("Target with the same value for every row") }, ...options);
    const value = element("input", { type: "text", placeholder: gettext("value"), "aria-label": gettext("Value for every row") });
    const give = () => value.value.trim() && setConstant(target.value, value.value.trim());
    value.addEventListener("keydown", (event) => event.key === "Enter" && give());
    return element("div", { class: "passage-answers" }, target, value, act(gettext("Set for every row"), give));
  }

  function show() {
    if (!content.columns) return; // nothing received yet
    if (content.columns !== columns) {
      columns = content.columns;
      rows = new Map(columns.map((column) => [column.name, makeRow(column)]));
      body.replaceChildren(...[...rows.values()].map(({ row }) => row));
      tools.hidden = rows.size <= SEARCH_ABOVE;
      search.value = "";
      filter();
    }
    rows.forEach(showRow);
    note.textContent = content.rows ?? "";
    showConstants();
  }

  const stop = listen(model, (told) => {
    content = told;
    show();
  });

  // Other fields: every drop-down gets the new choices, and keeps its place and its focus.
  function regroup() {
    takeGroups();
    fillAll();
    show();
  }

  model.on("change:chosen change:constants change:states change:also", show);
  model.on("change:groups", regroup);
  return () => {
    stop();
    watch.disconnect();
    model.off("change:chosen change:constants change:states change:also", show);
    model.off("change:groups", regroup);
  };
}

export default { initialize, render };

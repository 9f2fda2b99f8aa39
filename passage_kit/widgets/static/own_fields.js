// The metadata fields of the app: one row each, with what to enter in the Console, and rules of this kit's own.

function render({ model, el }) {
  el.classList.add("passage-fields");
  const drafts = new Map(); // typed values that are not sent
  const title = element("p", { class: "passage-subtitle", text: gettext("Metadata fields: create these in the Console before the import") });
  const place = element("div");
  el.append(title, place);

  const ask = (what, given) => model.send({ do: what, with: given });
  const edit = (field, name, value) => ask("edit", { field: field.field_name, [name]: value });

  function typed(field, name, label, attributes = {}) {
    const key = `${name} ${field.field_name}`;
    const input = element("input", { type: "text", "data-key": key, "aria-label": label, autocomplete: "off", ...attributes });
    const now = field[name] === null ? "" : String(field[name]);
    input.value = drafts.get(key) ?? now;
    input.addEventListener("input", () => drafts.set(key, input.value));
    input.addEventListener("change", () => {
      drafts.delete(key);
      const text = input.value.trim();
      edit(field, name, name === "max_length" ? (/^[0-9]{1,9}$/.test(text) ? Number(text) : text || null) : text);
    });
    return input;
  }

  function ticked(field, name, label) {
    const box = element("input", { type: "checkbox", "data-key": `${name} ${field.field_name}` });
    box.checked = field[name];
    box.addEventListener("change", () => edit(field, name, box.checked));
    return element("label", {}, box, ` ${label}`);
  }

  function typeOf(field, types) {
    const label = gettext("Type of {field}", { field: field.friendly_name });
    const select = element("select", { "data-key": `type ${field.field_name}`, "aria-label": label });
    select.append(...types.map(([value, text]) => new Option(text, value)));
    select.value = field.type;
    select.addEventListener("change", () => edit(field, "type", select.value));
    return select;
  }

  const open = new Set(); // fields whose rules are shown

  function rulesOf(field) {
    if (field.type !== "string") return null;
    const of = { field: field.friendly_name };
    const free = { placeholder: "C[0-9]{6}", spellcheck: "false" };
    const lines = [
      [gettext("Allowed values"), typed(field, "choices", gettext("Allowed values of {field}", of), { placeholder: "free, pro" })],
      [gettext("At most characters"), typed(field, "max_length", gettext("Most characters of {field}", of), { inputmode: "numeric" })],
      [gettext("Pattern"), typed(field, "pattern", gettext("Pattern of {field}", of), free)],
      [gettext("Message if it does not match"), typed(field, "pattern_message", gettext("Message of the pattern of {field}", of))],
    ];
    const given = [field.choices, field.max_length, field.pattern].filter(Boolean).length;
    const text = given ? gettext("Rules of this kit ({given})", { given }) : gettext("Rules of this kit");
    const spokenAs = `${text}, ${field.friendly_name}`;
    const summary = element("summary", { "data-key": `rules ${field.field_name}`, "aria-label": spokenAs, text });
    const labels = lines.map(([label, input]) => element("label", {}, element("span", { text: label }), input));
    const details = element("details", { open: open.has(field.field_name) }, summary, ...labels);
    details.addEventListener("toggle", () => open[details.open ? "add" : "delete"](field.field_name));
    return details;
  }

  function button(field, text, what, given, label, off) {
    const click = () => ask(what, { field: field.field_name, ...given });
    const attributes = { type: "button", class: "passage-button", "data-key": `${text} ${field.field_name}` };
    return element("button", { ...attributes, "aria-label": label, onclick: click, disabled: off, text });
  }

  function row(field, at, { fields, types }) {
    const of = { field: field.friendly_name };
    const key = element("span", { class: "passage-quiet", text: gettext("key {name}", { name: field.field_name }) });
    const name = typed(field, "friendly_name", gettext("Name of {field}", { field: field.field_name }));
    const flags = [
      ticked(field, "required", gettext("required here")),
      ticked(field, "registration", "On Registration"),
      ticked(field, "profile", "Editable"),
    ];
    const buttons = [
      button(field, "↑", "move", { by: -1 }, gettext("Move up {field}", of), at === 0),
      button(field, "↓", "move", { by: 1 }, gettext("Move down {field}", of), at === fields.length - 1),
      button(field, gettext("Remove"), "remove", {}, gettext("Remove {field}", of)),
    ];
    return element(
      "li",
      { "aria-label": field.friendly_name },
      element("div", {}, name, key),
      element("div", {}, typeOf(field, types), rulesOf(field)),
      element("div", { class: "passage-flags" }, ...flags),
      element("div", { class: "passage-buttons" }, ...buttons),
    );
  }

  function list(content) {
    return element("ol", { "aria-label": gettext("Metadata fields") }, ...content.fields.map((field, at) => row(field, at, content)));
  }

  return listen(model, (content) => {
    if (!content.fields) return;
    const none = gettext("None yet. Choose “New field from this column …” in the table above.");
    redraw(place, content.fields.length ? list(content) : element("p", { class: "passage-quiet", text: none }));
  });
}

export default { initialize, render };

// A field for a secret. What is typed goes to the kernel in a message, never into the state of a widget, and the field
// is emptied at once.

function render({ model, el }) {
  const name = model.get("label");
  const field = element("input", { type: "password", autocomplete: "off", spellcheck: "false" });
  const state = element("span", { class: "passage-quiet", role: "status" });
  el.append(element("label", { class: "passage-secret" }, element("span", { text: name }), field, state));
  field.addEventListener("change", () => {
    if (!field.value) return;
    model.send({ secret: field.value });
    field.value = "";
  });
  return listen(model, ({ state: said = "", off = false }) => {
    state.textContent = said;
    field.disabled = off;
  });
}

export default { initialize, render };

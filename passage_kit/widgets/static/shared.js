// Common part of all panels. Content comes in messages, since the state of a widget may be saved in a notebook.

const shown = new Map(); // content and listeners of each widget

function memoryOf(model) {
  const ident = model.get("ident");
  if (!shown.has(ident)) {
    const memory = { content: {}, listeners: new Set() };
    shown.set(ident, memory);
    model.on("msg:custom", (message) => {
      if (!message?.show) return;
      Object.assign(memory.content, message.show);
      for (const listener of memory.listeners) listener(memory.content);
    });
  }
  return shown.get(ident);
}

const words = {}; // texts in the reader's language, by the English ones; empty in English

let spoken = "en"; // the reader's language

function filled(text, values) {
  return text.replace(/{(\w+)}/g, (place, name) => values[name] ?? place);
}

// Gives a text in the reader's language, with its {places} filled.
function gettext(text, values = {}) {
  return filled(words[text] ?? text, values);
}

// Gives the form of a text that fits a number, in the reader's language; {count} is the number.
function ngettext(one, many, count, values = {}) {
  const forms = words[`${one}\n${many}`] ?? [one, many];
  const single = new Intl.PluralRules(spoken).select(count) === "one";
  return filled(forms[single ? 0 : 1], { count: number(count), ...values });
}

// Writes a whole number as the reader's language groups its digits.
function number(count) {
  return count.toLocaleString(spoken, { useGrouping: "always" });
}

// Writes a moment as the reader's language does.
function moment(at) {
  return new Date(at).toLocaleString(spoken === "en" ? "en-GB" : spoken, { dateStyle: "medium", timeStyle: "short" });
}

// Names the effect of a finding, or that a value is good.
function effectWord(effect) {
  const named = {
    rejected: gettext("rejected"),
    withheld: gettext("withheld"),
    absorbed: gettext("absorbed"),
    warning: gettext("warning"),
    changed: gettext("changed"),
    good: gettext("good"),
  };
  return named[effect] ?? effect;
}

// Says what was found and which page of it is shown, from 0.
function onPage(found, page, pages) {
  return gettext("{found}, page {page} of {pages}", { found, page: number(page + 1), pages: number(pages) });
}

function initialize({ model }) {
  Object.assign(words, model.get("words"));
  spoken = model.get("spoken");
  memoryOf(model);
}

// Calls the listener with all content, now and after each change, and returns a function that ends that.
function listen(model, listener) {
  const memory = memoryOf(model);
  memory.listeners.add(listener);
  listener(memory.content);
  model.send({ ask: "show" });
  return () => memory.listeners.delete(listener);
}

// Makes an element with attributes ("onclick" and similar ones are listeners, "text" is its text) and children.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") made.textContent = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Lets a narrow cell break an address behind its @ rather than within a word.
function breakable(text) {
  return text.split(/(?<=@)/).flatMap((part, at) => (at ? [element("wbr"), part] : [part]));
}

// Makes a button, which the data-key identifies.
function button(key, text, click, attributes = {}) {
  return element("button", { type: "button", "data-key": key, text, onclick: click, ...attributes });
}

// Makes a table with a label that is spoken, which scrolls within its panel.
function headed(label, titles, rows) {
  const head = titles.map((title) => element("th", { scope: "col", text: title }));
  const table = element(
    "table",
    {},
    element("caption", { class: "passage-spoken", text: label }),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
  return element("div", { class: "passage-scroll", tabindex: 0, role: "region", "aria-label": label }, table);
}

// Puts new children into a container, and returns the focus to the same control, which data-key identifies. If that is
// gone, another control of the container gets it, or the panel: outside of it, keys would be commands of the notebook.
function redraw(container, ...children) {
  const active = container.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.dataset.key;
  const [start, end] = active?.tagName === "INPUT" ? [active.selectionStart, active.selectionEnd] : [null, null];
  const top = container.querySelector(".passage-scroll")?.scrollTop ?? 0;
  container.replaceChildren(...children.filter(Boolean));
  const scrolled = container.querySelector(".passage-scroll");
  if (scrolled) scrolled.scrollTop = top;
  if (!active) return;
  const again = key && container.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  const meant = again || container.querySelector("[data-focus]:not(:disabled)");
  const next = meant || [...container.querySelectorAll("button,input,select,summary")].find((one) => !one.disabled);
  const panel = next ? null : container.closest(".passage-panel");
  panel?.setAttribute("tabindex", "-1");
  (next ?? panel)?.focus({ preventScroll: meant !== next || Boolean(again) });
  if (again && start !== null) again.setSelectionRange?.(start, end);
}

// Redraws unless the new children are as the old ones, so that a key or button pressed meanwhile is not lost. It is for
// children without fields, whose data-key says all that a press sends.
function redrawChanged(container, ...children) {
  const wanted = children.filter(Boolean);
  const same = wanted.length === container.childNodes.length;
  if (same && wanted.every((child, at) => child.isEqualNode(container.childNodes[at]))) return;
  redraw(container, ...wanted);
}

// Makes a search field that stays while its results are drawn again, and a function that sets its text.
function searchField(hint, search) {
  let typing = null;
  const input = element("input", { type: "search", "data-key": "search", placeholder: hint, size: hint.length });
  input.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => search(input.value), 250);
  });
  const setText = (text) => {
    if (document.activeElement !== input) input.value = text;
  };
  return [element("label", {}, `${gettext("Search")} `, input), setText];
}

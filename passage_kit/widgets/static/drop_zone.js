// A place to drop a file, and a button that chooses one. The file goes to the kernel piece by piece, each when the one
// before has come, so that no message is too long for the connection.

const PIECE = 1 << 21; // bytes

function render({ model, el }) {
  const input = element("input", { type: "file", hidden: true, tabindex: -1, "aria-hidden": "true" });
  const choose = element("button", { type: "button", class: "passage-button", text: model.get("label"), onclick: () => input.click() });
  const said = element("span", { class: "passage-quiet", role: "status" });
  const zone = element("div", { class: "passage-drop" }, element("span", { text: gettext("Drop your list here, or") }), choose, input, said);
  el.append(zone);

  let file = null;
  let next = 0; // where the piece begins that was not sent yet

  async function send(at) {
    if (!file || at !== next) return;
    const sent = file;
    const end = Math.min(at + PIECE, sent.size);
    next = end > at ? end : -1;
    try {
      const piece = await sent.slice(at, end).arrayBuffer();
      if (sent === file) model.send({ upload: { name: sent.name, size: sent.size, at } }, undefined, [piece]);
    } catch {
      file = null;
      said.textContent = gettext("This cannot be read. Drop a file, not a folder.");
    }
  }

  function take(files) {
    if (!files.length) return;
    file = files[0];
    next = 0;
    const others = files.length > 1 ? ` ${gettext("Only the first of the files is taken.")}` : "";
    said.textContent = gettext("Uploading {name} …", { name: file.name }) + others;
    send(0);
  }

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // the same file may be chosen again
  });
  let inside = 0; // elements of the zone that the pointer has entered
  const over = (change) => (event) => {
    event.preventDefault();
    event.stopPropagation();
    inside = change === 0 ? 0 : Math.max(0, inside + change);
    zone.classList.toggle("passage-over", inside > 0);
  };
  zone.addEventListener("dragenter", over(1));
  zone.addEventListener("dragleave", over(-1));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    event.stopPropagation();
  });
  zone.addEventListener("drop", (event) => {
    over(0)(event);
    take([...event.dataTransfer.files]);
  });

  return listen(model, ({ upload }) => {
    if (!file || upload === undefined) return;
    if (upload === null) {
      file = null;
      said.textContent = "";
    } else if (upload.name === file.name) {
      said.textContent = gettext("Uploading {name}: {share}%", { name: file.name, share: Math.floor((100 * upload.at) / upload.size) });
      send(upload.at);
    }
  });
}

export default { initialize, render };

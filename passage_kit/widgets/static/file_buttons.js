// Buttons for files of the workspace. A file comes in pieces, each asked for, and is put together here.

const TYPES = { html: "text/html", csv: "text/csv" };

function sizeOf(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

// Gives the content of a file, or throws why it cannot.
function fetchFile(model, name, tell) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    let at = 0;
    let written = null;
    const end = (finish, value) => {
      model.off("msg:custom", take);
      finish(value);
    };
    const take = (message, buffers) => {
      if (message?.gone === name) return end(reject, gettext("The file is not there any more."));
      if (message?.piece !== name || message.at !== at) return;
      if (written !== null && message.written !== written) return end(reject, gettext("The file was written anew. Press again."));
      written = message.written;
      const piece = buffers[0];
      pieces.push(piece);
      at += piece.byteLength;
      tell(message.size ? at / message.size : 1);
      if (at >= message.size || !piece.byteLength) {
        const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "text/plain";
        return end(resolve, new Blob(pieces, { type: `${type};charset=utf-8` }));
      }
      ask();
    };
    const ask = () => model.send({ do: "read", with: { name, at } });
    model.on("msg:custom", take);
    ask();
  });
}

function follow(address, attributes) {
  const link = element("a", { href: address, ...attributes });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

function fileItem(model, { name, title, size, page }) {
  const said = element("span", { class: "passage-quiet", role: "status" });
  const press = async (button, use) => {
    button.disabled = true;
    try {
      const content = await fetchFile(model, name, (share) => (said.textContent = share < 1 ? `${Math.round(share * 100)} %` : ""));
      use(URL.createObjectURL(content));
    } catch (why) {
      said.textContent = why;
    }
    button.disabled = false;
  };
  const button = (text, use) => {
    const made = element("button", { class: "passage-button", "aria-label": `${text}: ${title}`, text });
    made.addEventListener("click", () => press(made, use));
    return made;
  };
  return element(
    "li",
    {},
    element("span", { class: "passage-file" }, title, element("span", { class: "passage-quiet", text: `${name} · ${sizeOf(size)}` })),
    said,
    page ? button(gettext("Open"), (address) => follow(address, { target: "_blank", rel: "noopener" })) : null,
    button(gettext("Download"), (address) => follow(address, { download: name.slice(name.lastIndexOf("/") + 1) })),
  );
}

function render({ model, el }) {
  el.classList.add("passage-files");
  let drawn = null;
  return listen(model, ({ files = [] }) => {
    const now = JSON.stringify(files);
    if (now === drawn) return; // a download goes on
    drawn = now;
    el.hidden = !files.length;
    const title = element("p", { class: "passage-subtitle", text: gettext("The files") });
    el.replaceChildren(title, element("ul", {}, ...files.map((file) => fileItem(model, file))));
  });
}

export default { initialize, render };

"""Check a built site: it fetches nothing from elsewhere, and its links lead somewhere."""

import os
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

# Attributes that make a browser fetch something when a page is opened.
_FETCHED = {
    "script": ("src",), "img": ("src", "srcset"), "link": ("href",), "iframe": ("src",), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "object": ("data",), "embed": ("src",), "use": ("href",),
}  # fmt: skip
_NO_FETCH = {"canonical", "next", "prev", "search", "index", "author", "copyright", "top", "genindex"}


class Page(HTMLParser):
    """What a page names: its anchors, the targets of its links, and what a browser fetches for it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self._styled = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self._styled = tag == "style"
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag != "link" or not set(given.get("rel", "").split()) & _NO_FETCH:
            self.fetched += [given[name] for name in _FETCHED.get(tag, ()) if name in given]
        self.fetched += urls_of_css(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self._styled:
            self.fetched += urls_of_css(data)
            self._styled = False


def urls_of_css(text: str) -> list[str]:
    """List what a style sheet fetches.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
    """
    parts = [part.split(")")[0] for part in text.split("url(")[1:]]
    parts += [part.split(";")[0] for part in text.split("@import ")[1:]]
    return [part.strip().strip("\"'") for part in parts]


def problems_of(html: Path) -> list[str]:
    """List what is wrong with a built site.

    Parameters
    ----------
    html : pathlib.Path
        Its folder.

    Returns
    -------
    list of str
        One sentence for each thing that is fetched from elsewhere and each link that leads nowhere. Links to other
        sites are not opened: only their form is checked.
    """
    html = html.resolve()
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(html.rglob("*.html"))}
    anchors = {str(path): set[str]() for path in (html, *html.rglob("*"))}
    anchors |= {str(path): page.anchors for path, page in pages.items()}
    fetched = [(path, url) for path, page in pages.items() for url in page.fetched]
    fetched += [(path, url) for path in html.rglob("*.css") for url in urls_of_css(path.read_text(encoding="utf-8"))]
    problems = [
        f"{path.relative_to(html)} fetches {url}: the site has to work without a network."
        for path, url in fetched
        if urlsplit(url).netloc
    ]
    for path, page in pages.items():
        links = dict.fromkeys(page.links)  # a page names many places twice, and all pages name the same ones
        problems += [f"{path.relative_to(html)} {wrong}" for link in links if (wrong := _wrong(link, path, anchors))]
    return problems


def _wrong(link: str, path: Path, anchors: dict[str, set[str]]) -> str:
    """Say what is wrong with a link of a page; nothing if it leads somewhere.

    ``anchors`` has every file and folder of the site.
    """
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        return "" if parts.hostname and "." in parts.hostname and " " not in link else f"has the strange link {link}."
    if parts.scheme:
        return "" if parts.scheme == "mailto" else f"has a link of another kind: {link}."
    name, anchor = urldefrag(link)
    target = os.path.normpath(path.parent / unquote(name)) if name else str(path)
    if target not in anchors:
        return f"links to {link}, which is not there."
    known = anchors[target] | {"", "top"}
    return f"links to {link}, whose anchor is not there." if unquote(anchor) not in known else ""

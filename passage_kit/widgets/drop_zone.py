"""Place of a panel that takes a file by drop or by click, in pieces, so that its size does not matter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from passage_kit.translations import gettext, number
from passage_kit.widgets.page_messages import is_number, is_words
from passage_kit.widgets.unsaved import Unsaved, script, style

LARGEST = 1 << 30  # bytes; a larger file is better copied than kept in memory twice


class DropZone(Unsaved):
    """Place to drop a file, with a button that chooses one.

    Parameters
    ----------
    label : str
        Words of the button.
    received : callable
        Takes the name, which can be anything, and the content of a file that came whole.
    refused : callable
        Takes the sentence of what cannot be taken.

    Notes
    -----
    The page sends ``{"upload": {"name", "size", "at"}}`` with one piece of the content, and the next one when it is
    told that this one came.

    Examples
    --------
    >>> zone = DropZone("Upload user list", lambda name, content: print(name, content), print)
    >>> zone.take({"name": "users.csv", "size": 6, "at": 0}, b"Mai")
    >>> zone.take({"name": "users.csv", "size": 6, "at": 3}, b"l\\na")
    users.csv b'Mail\\na'
    """

    _esm = script("drop_zone")
    _css = style("drop_zone")
    label = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, received: Callable[[str, bytes], None], refused: Callable[[str], None]) -> None:
        super().__init__(label=label)
        self._received, self._refused = received, refused
        self._begin({"name": "", "size": 0})
        self.on_msg(lambda _widget, content, buffers: self._take_message(content, buffers))

    def _begin(self, file: dict[str, Any]) -> None:
        self._file = {name: file[name] for name in ("name", "size")}
        self._pieces: list[bytes] = []
        self._at = 0

    def _take_message(self, content: Any, buffers: Any) -> None:
        piece = content.get("upload") if isinstance(content, dict) else None
        if not isinstance(piece, dict) or len(buffers or ()) != 1:
            return
        if is_words(piece.get("name")) and all(is_number(piece.get(it)) and piece[it] >= 0 for it in ("size", "at")):
            self.take(piece, bytes(buffers[0]))

    def take(self, piece: dict[str, Any], content: bytes) -> None:
        """Take a piece of a file; a piece of another one than before has to be the first."""
        if piece["size"] > LARGEST:
            self._refuse(
                gettext(
                    "The file has more than {size} MB. Copy it beside this notebook, and type its path.",
                    size=number(LARGEST >> 20),
                )
            )
            return
        if piece["at"] == 0:
            self._begin(piece)
        same = all(piece[name] == value for name, value in self._file.items())
        if not same or piece["at"] != self._at or self._at + len(content) > piece["size"]:
            self._refuse(gettext("The upload broke off, and nothing was taken. Drop the file again."))
            return
        self._pieces.append(content)
        self._at += len(content)
        if self._at < piece["size"]:
            self.show(upload={**self._file, "at": self._at})
            return
        whole, name = b"".join(self._pieces), piece["name"]
        self._end()
        self._received(name, whole)

    def _refuse(self, why: str) -> None:
        self._end()
        self._refused(why)

    def _end(self) -> None:
        self._begin({"name": "", "size": 0})
        self.show(upload=None)

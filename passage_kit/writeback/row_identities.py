"""Identities of the rows of a users table as the driver gives them; those of a long table wait in a private file."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

import numpy as np

from passage_kit.errors import OutputError

Page: TypeAlias = list[list[Any]]
FEW = 1 << 17  # rows whose identities stay in memory


class RowIdentities:
    """Columns of identities, page by page.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where the file of a long table is. Default: the system's folder for such files.

    Examples
    --------
    >>> rows = RowIdentities()
    >>> rows.add([[1, 2], ["a", "b"]])
    >>> rows.add([[3], ["c"]])
    >>> rows.at(np.array([0, 2]))
    [[1, 3], ['a', 'c']]
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._begins: list[int] = []
        self._pages: list[Page | tuple[int, int]] = []  # a page, or where it is in the file
        self._file: BinaryIO | None = None
        self._count = 0
        self._last: tuple[int, Page] | None = None

    def __len__(self) -> int:
        return self._count

    def add(self, columns: Sequence[Sequence[Any]]) -> None:
        """Add a page: the values of each column of the identity."""
        page = list(map(list, columns))
        self._begins.append(self._count)
        self._count += len(page[0])
        self._pages.append(page)
        if self._count > FEW:
            self._put_aside()

    def at(self, positions: np.ndarray[Any, Any]) -> Page:
        """Give the columns of some rows."""
        found: Page = []
        for position in positions.tolist():
            number = bisect_right(self._begins, position) - 1
            page, row = self._page(number), position - self._begins[number]
            found = found or [[] for _ in page]
            for column, values in zip(found, page, strict=True):
                column.append(values[row])
        return found

    def _page(self, number: int) -> Page:
        page = self._pages[number]
        if isinstance(page, list):
            return page
        if self._last is None or self._last[0] != number:
            file = cast("BinaryIO", self._file)
            file.seek(page[0])
            self._last = number, pickle.loads(file.read(page[1]))  # noqa: S301 - a file without a name, written here
        return self._last[1]

    def _put_aside(self) -> None:
        """Write the pages that are in memory; values of a driver that cannot be written stay there."""
        try:
            if self._file is None:
                self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder, prefix=".spool-"))  # noqa: SIM115 - below
                weakref.finalize(self, self._file.close)
            at = self._file.seek(0, 2)
            for number, page in enumerate(self._pages):
                if isinstance(page, list) and (data := _bytes(page)) is not None:
                    self._file.write(data)
                    self._pages[number] = at, len(data)
                    at += len(data)
        except OSError as error:
            raise OutputError(
                f"There is no room for what a write-back of so many rows puts aside: {error.strerror or error}. Free "
                "some space or choose another workspace."
            ) from error


def _bytes(page: Page) -> bytes | None:
    try:
        return pickle.dumps(page, protocol=pickle.HIGHEST_PROTOCOL)
    except (TypeError, AttributeError, pickle.PicklingError):
        return None

"""Opening of workbooks: what cannot be opened is said, protected and damaged ones by name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from passage_kit.errors import SourceError
from passage_kit.files.unpacking import unpack_zip, unreadable_workbook
from passage_kit.reading.excel.old_workbooks import check_size
from passage_kit.reading.excel.trial_reading import ends_in_a_panic
from passage_kit.reading.sparse_sheets import without_blanks
from passage_kit.translations import worded

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the part of a protected .xlsx that replaces its sheets
_ENCRYPTED_ODS = b"encryption-data"  # of the manifest of a protected .ods


@contextmanager
def opened_workbook(data: bytes, name: str) -> Iterator[CalamineWorkbook]:
    """Open a workbook without the blank cells far from its users; what is wrong with it is a :class:`SourceError`."""
    import python_calamine as calamine  # only where there is a workbook to read

    if _ENCRYPTED in data:
        raise _protected(name, "Excel (File, Info, Protect Workbook)")
    check_size(data, name)
    parts = unpack_zip(data, name) if data.startswith(b"PK") else {}
    if _ENCRYPTED_ODS in parts.get("META-INF/manifest.xml", b""):
        raise _protected(name, "LibreOffice (File, Save As)")
    laid_out = without_blanks(parts, data, name) if parts else data
    if ends_in_a_panic(laid_out):
        raise unreadable_workbook(name, worded("it is damaged"))
    with ExitStack() as opened:
        opened.push(partial(_refuse_panic, name))
        try:
            yield calamine.CalamineWorkbook.from_filelike(io.BytesIO(laid_out))
        except calamine.PasswordError as error:
            raise _protected(name, "Excel (File, Info, Protect Workbook)") from error
        except calamine.CalamineError as error:
            raise unreadable_workbook(name, str(error)) from error
        except OSError as error:  # of the bytes in memory, which end too soon
            raise unreadable_workbook(name, worded("it is damaged")) from error


def _protected(name: str, program: str) -> SourceError:
    return SourceError(
        worded(
            "{name} is protected by a password. Save a copy without one in {program}, and read that.",
            name=name,
            program=program,
        )
    )


def _refuse_panic(name: str, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
    """Say that a workbook is damaged where the library panics; the class of a panic has no name to import."""
    if kind is not None and kind.__name__ == "PanicException":
        raise unreadable_workbook(name, worded("it is damaged")) from error

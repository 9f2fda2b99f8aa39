"""The import template of the Passage Console: the header is the user's, so it is kept to the letter."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from passage_kit.errors import TemplateError

_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"')
_FIRST_LINE = re.compile(rf"(?:{_QUOTED.pattern}|[^\r\n])*")  # a quoted name may hold a line break
_LINE_ENDING = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Template:
    """The header of a Console template and how its file is written.

    Parameters
    ----------
    header : tuple of str
        Column names, in order.
    delimiter : str, default ","
        One character.
    bom : bool, default False
        Whether the file begins with a byte order mark.
    line_ending : str, default "\\r\\n"
        As RFC 4180 has it.
    header_line : str, default ""
        The header as it stands in the file, quotes included; made of ``header`` when empty.

    Examples
    --------
    >>> Template(("email", "phone", "Name, in full")).header_line
    'email,phone,"Name, in full"'
    """

    header: tuple[str, ...]
    delimiter: str = ","
    bom: bool = False
    line_ending: str = "\r\n"
    header_line: str = ""

    def __post_init__(self) -> None:
        if not self.header_line:
            line = io.StringIO()
            csv.writer(line, delimiter=self.delimiter, lineterminator="").writerow(self.header)
            object.__setattr__(self, "header_line", line.getvalue())


def read_template(path: str | Path) -> Template:
    """Read the header of a template CSV and how the file is written; rows below the header are passed over.

    Parameters
    ----------
    path : str or pathlib.Path
        The file that the Console's "Import Users" offered.

    Returns
    -------
    Template

    Raises
    ------
    TemplateError
        If the file cannot be read as UTF-8 CSV, is empty, or has an empty or repeated column name.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        line, delimiter, header = _parse_header(text)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TemplateError(
            f"The Console template {path} cannot be read ({error}). Download it again from Import Users in the Console."
        ) from error
    names = [name.strip() for name in header]
    if not any(names):
        raise TemplateError(
            f"The Console template {path} is empty. Download it again from Import Users in the Console."
        )
    repeated = sorted({name for name in names if names.count(name) > 1 or not name})
    if repeated:
        raise TemplateError(
            f"The Console template {path} has empty or repeated column names: {repeated}. "
            "Every column needs a name of its own; download the template again."
        )
    ending = _LINE_ENDING.match(text, len(line))
    return Template(tuple(header), delimiter, data.startswith(b"\xef\xbb\xbf"), ending[0] if ending else "\r\n", line)


def _parse_header(text: str) -> tuple[str, str, list[str]]:
    """First line of a CSV as it stands, its delimiter, and its names."""
    first = _FIRST_LINE.match(text)
    line = first[0] if first else ""
    bare = _QUOTED.sub("", line)
    delimiter = max(_DELIMITERS, key=bare.count)
    return line, delimiter, next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])


def plain_name(name: str) -> str:
    """Letters and digits of a column name in lower case: how names are compared.

    Examples
    --------
    >>> plain_name("First Name"), plain_name("first_name"), plain_name("E-Mail")
    ('firstname', 'firstname', 'email')
    """
    return re.sub(r"[\W_]+", "", name.casefold())

"""Import template of the Passage Console; the kit keeps its header unchanged, since it belongs to the user."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from passage_kit.errors import TemplateError
from passage_kit.files.reasons import reason_of
from passage_kit.files.regular_files import read_regular
from passage_kit.translations import worded

DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"[^"]*"')
_FIRST_LINE = re.compile(rf"(?:{_QUOTED.pattern}|[^\r\n])*")  # a quoted name may hold a line break
_LINE_ENDING = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Template:
    """Header and form of a Console template's file.

    Parameters
    ----------
    header : tuple of str
        Column names, in order.
    delimiter : str, default ","
        Delimiter of the file, one character.
    bom : bool, default False
        The file begins with a byte order mark.
    line_ending : str, default "\\r\\n"
        End of each line. The default follows RFC 4180.
    header_line : str, default ""
        The header line of the file, with its quotes. If empty, the kit writes it from ``header``.

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
            line = io.StringIO(newline="")
            csv.writer(line, delimiter=self.delimiter).writerow(self.header)  # its line ending is quoted within a name
            object.__setattr__(self, "header_line", line.getvalue().removesuffix("\r\n"))


def read_template(path: str | Path) -> Template:
    """Read the header of a template CSV and the form of its file; skip the rows below the header.

    Parameters
    ----------
    path : str or pathlib.Path
        The file that you downloaded from "Import Users" in the Console.

    Returns
    -------
    Template
        Column names in order, delimiter, byte order mark, line ending, and the header line as it stands in the file.

    Raises
    ------
    TemplateError
        If the file cannot be read as UTF-8 CSV, is empty, or has an empty or repeated column name.

    See Also
    --------
    write_console_csv : Write users in the form of a template.
    MetadataSchema.from_template : Take the metadata fields from a template.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "template.csv"
    >>> _ = path.write_bytes(b"email;phone;First Name\\r\\n")
    >>> read_template(path)
    Template(header=('email', 'phone', 'First Name'), delimiter=';', bom=False, line_ending='\\r\\n',
             header_line='email;phone;First Name')
    """
    path = Path(path)
    try:
        data = read_regular(path)
        text = data.decode("utf-8-sig")
        line, delimiter, header = _parse_header(text)
    except FileNotFoundError as error:
        raise TemplateError(
            worded(
                "There is no file {path}. Check the path; a relative one begins at {here}.", path=path, here=Path.cwd()
            )
        ) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = reason_of(error)
        raise TemplateError(
            worded(
                "The Console template {path} cannot be read ({reason}). Download it again from Import Users in the "
                "Console.",
                path=path,
                reason=reason,
            )
        ) from error
    names = [name.strip() for name in header]
    if not any(names):
        raise TemplateError(
            worded(
                "The Console template {path} is empty. Download it again from Import Users in the Console.", path=path
            )
        )
    repeated = sorted({name for name in names if names.count(name) > 1 or not name})
    if repeated:
        raise TemplateError(
            worded(
                "The Console template {path} has empty or repeated column names: {repeated}. Every "
                "column needs a name of its own. Download the template again.",
                path=path,
                repeated=repeated,
            )
        )
    ending = _LINE_ENDING.match(text, len(line))
    return Template(tuple(header), delimiter, data.startswith(b"\xef\xbb\xbf"), ending[0] if ending else "\r\n", line)


def _parse_header(text: str) -> tuple[str, str, list[str]]:
    """Read the first line of a CSV: the line itself, its delimiter, and its names."""
    first = _FIRST_LINE.match(text)
    line = first[0] if first else ""
    bare = _QUOTED.sub("", line)
    delimiter = max(DELIMITERS, key=bare.count)
    return line, delimiter, next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])


def plain_name(name: str) -> str:
    """Reduce a column name to its letters and digits in lower case, to compare names.

    Examples
    --------
    >>> plain_name("First Name"), plain_name("first_name"), plain_name("E-Mail")
    ('firstname', 'firstname', 'email')
    """
    return re.sub(r"[\W_]+", "", name.casefold())

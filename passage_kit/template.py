"""The import template of the Passage Console: the header is the user's, so it is kept to the letter."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from passage_kit.errors import TemplateError

_DELIMITERS = ",;\t|"


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

    Examples
    --------
    >>> Template(("email", "phone", "First Name")).header
    ('email', 'phone', 'First Name')
    """

    header: tuple[str, ...]
    delimiter: str = ","
    bom: bool = False
    line_ending: str = "\r\n"


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
        If the file cannot be read as UTF-8, is empty, or has an empty or repeated column name.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(
            f"The Console template {path} cannot be read ({error}). Download it again from Import Users in the Console."
        ) from error
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    header = next(iter(csv.reader(text.splitlines(), delimiter=delimiter)), [])
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
    line_ending = "\r\n" if first.endswith("\r") or "\n" not in text else "\n"
    return Template(tuple(header), delimiter, data.startswith(b"\xef\xbb\xbf"), line_ending)


def plain_name(name: str) -> str:
    """Letters and digits of a column name in lower case: how names are compared.

    Examples
    --------
    >>> plain_name("First Name"), plain_name("first_name"), plain_name("E-Mail")
    ('firstname', 'firstname', 'email')
    """
    return re.sub(r"[\W_]+", "", name.casefold())

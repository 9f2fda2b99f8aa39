"""The CSV for the import of the Passage Console: laid out as its template, in parts, and read back after writing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.spool import forget
from passage_kit.columns.users_frame import IDENTIFIERS, arrow
from passage_kit.errors import OptionError, OutputError, TemplateError
from passage_kit.export.csv_files import write_csv
from passage_kit.files.file_set import FileSet
from passage_kit.masking import mask
from passage_kit.metadata.console_template import Template, plain_name, read_template
from passage_kit.metadata.fields import MetadataSchema, identifier_of
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.translations import in_panel, worded

USERS_PER_FILE = 30_000  # the Import API's limit
DATE_FORMAT = "%m/%d/%Y"

# Types that text columns are converted to if the frame was not validated.
_TEXT_AS = {"boolean": pa.bool_(), "integer": pa.int64(), "date": pa.date32()}


def write_console_csv(
    users: pd.DataFrame,
    path: str | Path,
    *,
    schema: MetadataSchema | None = None,
    template: Template | str | Path | None = None,
) -> list[Path]:
    """Write the CSV for the Console's "Import Users".

    Booleans are ``true``/``false``, dates ``MM/DD/YYYY``, blanks empty. A value that begins with ``=``, ``+``, ``-`` or
    ``@`` is written as it is: the file is for an importer, and every phone begins with ``+``. More than 30,000 users,
    the limit of the Import API, go into parts (``console_import-001.csv``, ...). The function reads the new files back
    and compares them cell by cell before it replaces those of an earlier run at ``path``.

    Parameters
    ----------
    users : pandas.DataFrame
        ``email``, ``phone`` or both, and the columns of the metadata fields. Columns are typed as
        :func:`passage_kit.validate_users` returns them, or text in the same forms with ISO dates. Other columns are not
        written.
    path : str or pathlib.Path
        The file, such as ``out/console_import.csv``. Its folder is made if missing.
    schema : MetadataSchema, optional
        The metadata fields. A field without a column in ``users`` is written blank. Default: no fields if there is no
        template, otherwise the columns of the template, all of which ``users`` has to have.
    template : Template or path, optional
        The Console's own template. The file keeps its header, order, delimiter, byte order mark and line ending.
        Default: ``email,phone,<field_name>...`` in UTF-8, by RFC 4180.

    Returns
    -------
    list of pathlib.Path
        The file, or its parts in order.

    Raises
    ------
    TemplateError
        If a column of the template matches no field, or the template lacks a column for existing values.
    OptionError
        If a row has neither email nor phone, or a value is not of its field's type.
    OutputError
        If a file cannot be written or reads back differently. The former files stay as they were.

    See Also
    --------
    passage_kit.validate_users : Check the users and give their columns types.
    passage_kit.read_template : Read the Console's own template.
    passage_kit.write_report : Write the migration report.

    Examples
    --------
    >>> import tempfile
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a@example.org", ""], "phone": ["", "+14155552671"], "name": ["Lee, Ann", ""]})
    >>> folder = Path(tempfile.mkdtemp())
    >>> [part] = write_console_csv(users, folder / "import.csv", schema=MetadataSchema([MetadataField("name")]))
    >>> print(part.read_text())
    email,phone,name
    a@example.org,,"Lee, Ann"
    ,+14155552671,
    """
    with FileSet() as files:
        return write_console_parts(files, users, path, schema=schema, template=template)


def write_console_parts(
    files: FileSet,
    users: pd.DataFrame,
    path: str | Path,
    *,
    schema: MetadataSchema | None = None,
    template: Template | str | Path | None = None,
) -> list[Path]:
    """Write the Console CSV into a set of files that appear together: see :func:`write_console_csv`."""
    path, users = Path(path), given_frame(users, text=IDENTIFIERS, numbered=False)
    if template is not None and not isinstance(template, Template):
        template = read_template(template)
    layout = _plain_layout(schema) if template is None else template
    columns = dict(zip(layout.header, _columns(users, schema, template), strict=True))
    fields = {field.column: field for field in schema or ()}
    table = pa.table({name: _typed(users, column, fields.get(column)) for name, column in columns.items()})
    _check_identifiers(users, [table[name] for name, column in columns.items() if column in IDENTIFIERS])
    count = max(1, -(-len(users) // USERS_PER_FILE))
    parts = [path] if count == 1 else [_part(path, number) for number in range(1, count + 1)]
    texts = pa.table({name: _write_console_cells(table[name]) for name in table.column_names})
    for at, part in enumerate(parts):
        rows = (at * USERS_PER_FILE, USERS_PER_FILE)
        temporary = files.new(part)
        write_csv(texts.slice(*rows), temporary, layout=layout)
        check_written(table.slice(*rows), temporary, layout, part)
        forget()
    for former in {path, *_parts_of_earlier_runs(path)} - set(parts):
        files.remove(former)
    return parts


def _part(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number:03d}{path.suffix}")


def _parts_of_earlier_runs(path: Path) -> Iterator[Path]:
    """Find the numbered parts of earlier runs beside ``path``, which could be imported by mistake."""
    name = re.compile(rf"{re.escape(path.stem)}-\d{{3}}{re.escape(path.suffix)}")
    if path.parent.is_dir():
        yield from (other for other in path.parent.iterdir() if name.fullmatch(other.name))


def _plain_layout(schema: MetadataSchema | None) -> Template:
    """Make the header without a template: ``email,phone,<field_name>...``."""
    names = [field.field_name for field in schema or ()]
    clash = [name for name in names if name in IDENTIFIERS]
    if clash:
        raise TemplateError(
            worded(
                "The metadata field {name} has the name of an identifier, so a header cannot hold "
                "both. Give the template that the Console offers under Import Users.",
                name=repr(clash[0]),
            )
        )
    return Template((*IDENTIFIERS, *names))


def _columns(users: pd.DataFrame, schema: MetadataSchema | None, template: Template | None) -> list[str]:
    """Find the column of users for each column of the header; a known field may lack one."""
    if template is None:
        return [*IDENTIFIERS, *(field.column for field in schema or ())]
    if schema is None:
        named = {str(name): {str(name)} for name in users.columns if name not in IDENTIFIERS}
    else:
        named = {field.column: {field.field_name, field.friendly_name} for field in schema}
    matched = _match(template, named)
    missing = [name for name in template.header if name not in matched]
    if missing:
        known = ", ".join([*IDENTIFIERS, *named])
        raise TemplateError(
            in_panel(
                f"The Console template has the column {missing[0]!r}, which matches no metadata field "
                "that is still free; "
                f"the fields are: {known}. Add the field to the schema, or download the template again.",
                "The Console template has the column {column}, which matches no metadata field that "
                "is still free; the fields are: {known}. Add the field in the notebook "
                "01_read_and_map, or download the template again.",
                column=repr(missing[0]),
                known=known,
            )
        )
    wanted = [*IDENTIFIERS, *(named if schema is not None else ())]
    lost = [name for name in wanted if name not in matched.values() and name in users and users[name].notna().any()]
    if lost:
        raise TemplateError(
            worded(
                "The Console template has no column for {name}, and {users} users have a value there "
                "that would be lost. Create the field in the Console and download the template again, "
                "or leave it out of schema and mapping.",
                name=repr(lost[0]),
                users=int(users[lost[0]].notna().sum()),
            )
        )
    return [matched[name] for name in template.header]


def _match(template: Template, named: dict[str, set[str]]) -> dict[str, str]:
    """Match the columns of the template to targets, the surest first, and leave out those that fit twice."""
    ways: tuple[tuple[Callable[[str], str | None], dict[str, set[str]]], ...] = (
        (str.strip, {name: {name} for name in IDENTIFIERS}),
        (str.strip, named),
        (identifier_of, {name: {name} for name in IDENTIFIERS}),
        (plain_name, {column: {plain_name(name) for name in names} for column, names in named.items()}),
    )
    matched: dict[str, str] = {}
    for key, names_of in ways:
        for header in template.header:
            free = names_of.keys() - matched.values()
            fitting = [column for column in free if key(header) in names_of[column]]
            if header not in matched and len(fitting) == 1:
                matched[header] = fitting[0]
    return matched


def _typed(users: pd.DataFrame, column: str, field: MetadataField | None) -> pa.ChunkedArray:
    """Convert a column to text, boolean, integer or date; blank becomes null."""
    if column not in users:
        return pa.chunked_array([pa.nulls(len(users), pa.string())])
    text = values = arrow(users[column])
    kind = values.type
    if pa.types.is_string(kind):
        if pc.any(blank := pc.equal(text, "")).as_py():
            text = pc.if_else(blank, None, text)
        return _parsed(text, users, column, field) if field and field.type in _TEXT_AS else text
    if pa.types.is_timestamp(kind):
        return values.cast(pa.date32())
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_date(kind):
        return values
    raise OptionError(
        f"The Console CSV cannot be written: column {column!r} has the type {kind}, expected text, boolean, integer or "
        "date. Type the users with validate_users first."
    )


def _parsed(text: pa.ChunkedArray, users: pd.DataFrame, column: str, field: MetadataField) -> pa.ChunkedArray:
    """Convert text in canonical form to the type of its field."""
    wanted = _TEXT_AS[field.type]
    try:
        return text.cast(wanted)
    except pa.ArrowInvalid:
        value = next(value for value in text.unique() if not _can_be(value, wanted))
        at = pc.index(text, value).as_py()
        raise OptionError(
            f"The Console CSV cannot be written: row {users.index[at]}, column {column!r}: found "
            f"{mask(value.as_py())}, expected a {field.type}. Type the users with validate_users first."
        ) from None  # the message of arrow holds the value


def _can_be(value: pa.Scalar, wanted: pa.DataType) -> bool:
    try:
        value.cast(wanted)
    except pa.ArrowInvalid:
        return False
    return True


def _check_identifiers(users: pd.DataFrame, identifiers: Sequence[pa.ChunkedArray]) -> None:
    """Check that every user can sign in with something."""
    without = pa.chunked_array([pa.repeat(True, len(users))])
    for column in identifiers:
        without = pc.and_(without, pc.is_null(column))
    count = pc.sum(without).as_py() or 0
    if count:
        row = users.index[pc.index(without, True).as_py()]
        raise OptionError(
            f"The Console CSV cannot be written: row {row} and {count - 1} others have neither email nor phone, "
            "expected one of them. Leave out such rows with normalize_identifiers or validate_users first."
        )


def _write_console_cells(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write values as the Console reads them."""
    if not pa.types.is_date(values.type):
        return values.cast(pa.string())
    encoded = pc.dictionary_encode(values.combine_chunks())  # strftime is slow and there are few distinct days
    return pa.chunked_array([pc.strftime(encoded.dictionary, DATE_FORMAT).take(encoded.indices)])


def check_written(rows: pa.Table, temporary: Path, layout: Template, path: Path) -> None:
    """Read a file back with a parser that shares nothing with the writer and compare it cell by cell."""
    dates = {name for name, kind in zip(rows.column_names, rows.schema.types, strict=True) if pa.types.is_date(kind)}
    types = {field.name: pa.timestamp("s") if field.name in dates else field.type for field in rows.schema}
    try:
        read = csv.read_csv(
            temporary,
            read_options=csv.ReadOptions(block_size=max(temporary.stat().st_size, 1), use_threads=False),
            parse_options=csv.ParseOptions(
                delimiter=layout.delimiter, newlines_in_values=True, ignore_empty_lines=False
            ),
            convert_options=csv.ConvertOptions(
                column_types=types,
                timestamp_parsers=[DATE_FORMAT],
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,  # the text it is compared with is UTF-8
            ),
        )
        same_header = read.column_names == list(layout.header) and read.num_rows == rows.num_rows
        different = [name for name in rows.column_names if not same_header or not _same(rows[name], read[name])]
    except pa.ArrowInvalid:
        different = list(rows.column_names)
    if different:
        raise OutputError(
            f"{path} reads back as something else than was written, in column {different[0]!r}. It was not put in "
            "place, and what stood there is untouched; please report this as a defect."
        )


def _same(wanted: pa.ChunkedArray, read: pa.ChunkedArray) -> bool:
    return bool(wanted.equals(read if read.type == wanted.type else read.cast(wanted.type)))

"""The Python that makes the same mapping as the panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from passage_kit.mapping.mapping import FieldMapping
from passage_kit.widgets.panel import imports_of


def written_mapping(mapping: FieldMapping, suggested: FieldMapping, layout: str | None) -> str:
    """Write the call that makes a mapping: the suggestion, if it is that one.

    Examples
    --------
    >>> print(written_mapping(FieldMapping({"email": "Mail"}), FieldMapping({}), None))
    pk.FieldMapping({
        'email': 'Mail',
    })
    """
    if mapping == suggested:
        by = f", layout={layout!r}" if layout else ""
        return f"pk.suggest_mapping(raw, schema{by})"
    entries = "".join(f"    {target!r}: {origin!r},\n" for target, origin in mapping.to_dict().items())
    return f"pk.FieldMapping({{\n{entries}}})"


def written_save(written: str, fields: tuple[str, str], reading: Mapping[str, Any] | None, source: str | None) -> str:
    """Write the whole code of the panel.

    Parameters
    ----------
    written : str
        The call that makes the mapping.
    fields : tuple of str
        Code that makes the fields, and the arguments that save them.
    reading : mapping or None
        Settings of the reader, if the list is read again with them.
    source : str or None
        Place of the list.
    """
    code, arguments = fields
    if reading is not None:
        options = "".join(f", {name}={value!r}" for name, value in reading.items())
        code = f"raw = pk.read_users({source!r}{options})\n{code}"
        arguments += f"mapping=mapping, reading={dict(reading)!r}"
    else:
        arguments += "mapping=mapping"
    code += f"mapping = {written}\nworkspace.save_plan(replace(workspace.load_plan(), {arguments}))"
    return imports_of(code) + code

"""Rows that go on with the person above: a further address of a customer, below the customer's own row.

Such a row is blank where the person's own values stand, and has an address alone. A phone in it would make another
person of it. Nothing but the row and the names of the columns decides, so that each part of a list is judged by itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from passage_kit.columns.column_names import PEOPLE, keys_of, name_key
from passage_kit.columns.users_frame import EMAIL, SOURCE_KEY, is_blank
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.mapping.mapping import Columns, FieldMapping
from passage_kit.mapping.name_fit import plain_words

_FEWEST, _PLACES_FILLED = 3, 2  # columns of persons in the list, and of an address in the row
# Words of the names that the columns of an address have: its lines, what is around them, and what stands beside.
_LINES = frozenset(
    """
    address addresses addr address1 address2 street street1 street2 line1 line2 strasse str hausnummer adresse rue calle
    direccion domicilio via indirizzo endereco rua straat straße adres ulica zip zipcode postcode postal plz
    postleitzahl postnummer kod kodpocztowy cp cep cap
    """.split()  # noqa: SIM905
)
_AROUND = frozenset(
    """
    city town ort stadt ville commune ciudad localidad citta comune cidade municipio plaats stad miasto country land
    pays pais paese kraj province provincia provincie state region county district apartment apt suite house building
    """.split()  # noqa: SIM905
)
_BESIDE = frozenset(
    """
    phone telephone tel telefon telefono telefone telefoon mobile fax default billing shipping
    """.split()  # noqa: SIM905
)
_NO_ADDRESS = frozenset(("email", "mail", "ip", "mac", "web", "wallet"))
_NAMES = frozenset(key for name in ("first name", "last name", "name") for key in keys_of(PEOPLE[name]))


def rows_going_on(raw: pd.DataFrame, users: pd.DataFrame, mapping: FieldMapping) -> pd.DataFrame:
    """Find the rows that go on with the person above, and those that may do so.

    A row without email and key goes on with the person above if an address of at least two parts is all that it has,
    and the list has names or keys, and at least three columns of other kinds. It may do so if it has more, but no name,
    or if the list has neither. The first row of a list does not.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text columns as read, or some consecutive rows of them.
    users : pandas.DataFrame
        The same rows as mapped and corrected, without those that were rejected or that a person corrected.
    mapping : FieldMapping
        Origin of each target.

    Returns
    -------
    pandas.DataFrame
        Findings frame with ``row_goes_on`` and ``row_may_go_on``.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.mapping.mapped_users import apply_mapping
    >>> raw = users_frame({"Email": ["ann@example.org", None], "Name": ["Ann", None], "Since": ["2024", None],
    ...                    "Street": ["1 First St", "2 Second St"], "City": ["Ulm", "Bonn"], "Phone": [None, "0228 1"]})
    >>> mapping = FieldMapping({"email": "Email", "phone": "Phone"})
    >>> rows_going_on(raw, apply_mapping(raw, mapping), mapping)[["source_row", "code"]].to_numpy().tolist()
    [[2, 'row_goes_on']]
    """
    if EMAIL not in mapping or not (kinds := _Kinds.of(raw, mapping)).has_address:
        return no_findings()
    identified = ~is_blank(users[EMAIL])
    if SOURCE_KEY in users:
        identified |= ~is_blank(users[SOURCE_KEY])
    without = ~identified.to_numpy(dtype=bool) & (users.index != 1)
    if not without.any():
        return no_findings()
    some = raw.loc[users.index[without]]
    address = (_filled(some, kinds.lines) > 0) & (_filled(some, kinds.lines + kinds.around) >= _PLACES_FILLED)
    alone = _filled(some, kinds.others) == 0
    nameless = _filled(some, kinds.names) == 0 if kinds.names else np.full(len(some), SOURCE_KEY in mapping)
    goes_on = address & alone & nameless & (len(kinds.others) >= _FEWEST)
    may = address & (alone | nameless) & ~goes_on
    found = {"row_goes_on": goes_on, "row_may_go_on": may}
    return collect_findings(make_findings(some.index[rows], field="", code=code) for code, rows in found.items())


class _Kinds(NamedTuple):
    """Columns of a list: the lines of an address, what is around them, and others, among them names."""

    lines: list[str]
    around: list[str]
    others: list[str]
    names: list[str]

    @classmethod
    def of(cls, raw: pd.DataFrame, mapping: FieldMapping) -> _Kinds:
        """Tell the columns apart by their names."""
        kinds = cls([], [], [], [])
        email = mapping[EMAIL]
        own = email.names if isinstance(email, Columns) else ()
        for name in map(str, raw.columns):
            words = frozenset(plain_words(name))
            if name in own or words & _NO_ADDRESS or not words & (_LINES | _AROUND | _BESIDE):
                kinds.others.append(name)
            elif words & _LINES:
                kinds.lines.append(name)
            elif words & _AROUND:
                kinds.around.append(name)
        kinds.names.extend(name for name in kinds.others if name_key(name) in _NAMES)
        return kinds

    @property
    def has_address(self) -> bool:
        """Whether the list has an address of at least two parts."""
        return bool(self.lines) and len(self.lines) + len(self.around) >= _PLACES_FILLED


def _filled(raw: pd.DataFrame, names: list[str]) -> npt.NDArray[np.int64]:
    """Count the columns among some that are filled, for each row."""
    filled = np.zeros(len(raw), dtype=np.int64)
    for name in names:
        filled += ~is_blank(raw[name]).to_numpy(dtype=bool)
    return filled

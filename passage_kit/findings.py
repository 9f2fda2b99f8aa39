"""Findings (what happened to a value), the ledger (what became of a row), and the one catalogue of their codes.

``findings frame``: one row a finding; columns ``source_row`` (nullable int64: null speaks of the whole source),
``field`` (a column of the source or of the users frame), ``value`` (as it was), ``code``, ``effect`` and ``detail``.

``ledger frame``: one row a source row; index ``source_row``; columns ``source_key``, ``disposition``
(``kept | absorbed | rejected``), ``survivor_row`` (of an absorbed row) and ``codes`` (joined by a space).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.errors import AccountingError
from passage_kit.frames import SOURCE_KEY, SOURCE_ROW, arrow, mask_of, one_chunk, series
from passage_kit.parallel import together

_Positions = np.ndarray[Any, np.dtype[np.int64]]
_Mask = np.ndarray[Any, np.dtype[np.bool_]]

Effect = Literal["changed", "withheld", "rejected", "absorbed", "warning"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
COLUMNS = (SOURCE_ROW, "field", "value", "code", "effect", "detail")

# Codes of lines that a reader cannot split into columns; their finding holds the line.
UNREADABLE = ("row_too_long", "line_unreadable")

KEPT, ABSORBED, REJECTED = "kept", "absorbed", "rejected"


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding: its name, its usual effect, what it means and what a person can do about it."""

    code: str
    effect: Effect
    meaning: str
    next_step: str


_CATALOGUE = (
    # reading
    Code("encoding_fallback", "warning", "The file is not UTF-8; it was read in another encoding.",
         "Look at names with accents; if they are wrong, give the encoding yourself."),
    Code("preamble_skipped", "warning", "Lines above the header were left out.",
         "Check that they hold titles or comments, not users."),
    Code("header_renamed", "warning", "A column had an empty or repeated name and got a new one.",
         "Use the new name in the mapping."),
    Code("lines_blank", "warning", "Empty lines were passed over; they are not counted as rows.", "Nothing to do."),
    Code("row_blank", "rejected", "Every cell of the row is empty.", "Nothing to do, unless a user is missing."),
    Code("row_repeats_header", "rejected", "The row repeats the header, as when exports are pasted together.",
         "Nothing to do."),
    Code("row_too_short", "warning", "The row has fewer values than the header; the missing ones are taken as blank.",
         "Check that no value stands in the wrong column."),
    Code("row_too_long", "rejected", "The row has more values than the header, so its columns cannot be told apart.",
         "Quote the value that holds the delimiter, and read the file again."),
    Code("line_unreadable", "rejected", "The line cannot be parsed.", "Mend the line in the source, and read it again."),
    Code("quotes_misplaced", "warning", "Text follows a quoted value, so the value may not be what was meant.",
         "Look at the value; within quotes, CSV writes a quote twice."),
    Code("cell_error", "warning", "A formula of the spreadsheet failed (as #N/A does), so the cell is blank.",
         "Mend the formula, or correct the value."),
    # mapping and corrections
    Code("column_not_stored", "warning", "Passage will not store this column.",
         "Map it to a metadata field if Passage should have it."),
    Code("corrected", "changed", "A value was replaced by your correction.", "Nothing to do."),
    Code("correction_unused", "warning", "A correction names a row or a field that is not there.",
         "Mend or delete its line in corrections.csv."),
    # emails
    Code("email_normalized", "changed", "The address was written in its normal form.", "Nothing to do."),
    Code("email_invalid", "withheld", "This is not an email address.", "Correct it, or ask the user for one."),
    Code("email_multiple", "withheld", "The cell holds several addresses, and the kit does not choose.",
         "Put the one to use into corrections.csv."),
    Code("email_placeholder", "withheld", "The address stands for 'no address', or is on suspiciously many rows.",
         "Ask the user for an address, or correct it."),
    Code("email_domain_typo", "warning", "The domain is one slip away from a popular one.",
         "Check it: the first sign-in goes through an email to this address."),
    Code("email_non_ascii", "warning", "The part before the @ has letters outside ASCII; many systems cannot deliver to it.",
         "Ask the user for another address."),
    Code("email_leading_quote", "warning", "The address begins with a quote, as spreadsheets mark text; it is valid with it.",
         "Check whether the quote belongs to the address."),
    # phones
    Code("phone_normalized", "changed", "The number was written in E.164 form.", "Nothing to do."),
    Code("phone_international_prefix", "changed", "A leading 00 was read as +, since the number is valid in no other way.",
         "Check that the number is the user's."),
    Code("phone_decimal", "changed", "A number was stored as a decimal; the '.0' at its end was left out.",
         "Export the column as text next time."),
    Code("phone_invalid", "withheld", "This is not a phone number of its country.", "Correct it, or ask the user for one."),
    Code("phone_multiple", "withheld", "The cell holds several numbers, and the kit does not choose.",
         "Put the one to use into corrections.csv."),
    Code("phone_placeholder", "withheld", "The number stands for 'no number'.", "Ask the user for a number."),
    Code("phone_extension", "withheld", "The number has an extension: E.164 cannot carry it, and a switchboard answers.",
         "Ask the user for a direct number."),
    Code("phone_excel_damaged", "withheld", "A spreadsheet rounded the number; its digits are lost.",
         "Export the column as text from the original system."),
    Code("phone_no_region", "withheld", "The number has no country of its own, and its row names none.",
         "Map a country column, or set the default region."),
    Code("phone_two_readings", "warning", "The digits begin with the calling code of the country: with a + before them they are another valid number.",
         "Check which one is meant; a spreadsheet drops the + of a number."),
    Code("phone_letters", "warning", "Letters in the number were read as the digits of a dial pad.",
         "Check the number, if the letters are a remark."),
    Code("phone_too_long_for_e164", "warning", "The number is valid in its country, but has more digits than the 15 that E.164 allows.",
         "Check it: the import may refuse it."),
    Code("phone_fixed_line", "warning", "This is a fixed line: no text message reaches it.", "Ask the user for a mobile number."),
    Code("phone_service_number", "warning", "This is a toll-free, premium, pager or company number: no text message reaches it.",
         "Ask the user for a mobile number."),
    Code("region_unknown", "warning", "The country of the row is not one the kit knows.",
         "Correct it to an ISO code or the name of a country."),
    # values
    Code("value_normalized", "changed", "The value was written in the normal form of its type.", "Nothing to do."),
    Code("boolean_invalid", "withheld", "The value is neither yes nor no.", "Add the word to the boolean words, or correct it."),
    Code("integer_invalid", "withheld", "The value is not a whole number.", "Correct it, or allow thousands separators."),
    Code("date_invalid", "withheld", "The value is not a date.", "Correct it, or set how dates are written."),
    Code("date_ambiguous", "withheld", "Day and month cannot be told apart, and the column does not decide it.",
         "Set the date order."),
    Code("value_too_long", "withheld", "The value is longer than its field allows.", "Shorten it, or raise max_length."),
    Code("value_pattern", "withheld", "The value does not match the pattern of its field.", "Correct it, or change the pattern."),
    Code("value_not_allowed", "withheld", "The value is not among the choices of its field.",
         "Correct it, or add it to the choices."),
    # duplicates
    Code("duplicate_email", "absorbed", "Another row has the same email, so this is the same person.", "Nothing to do."),
    Code("duplicate_phone", "absorbed", "The row has no email, and its phone belongs to one person.", "Nothing to do."),
    Code("merged_by_phone", "absorbed", "People with different emails share this phone and were merged, as you chose.",
         "Check that they are one person."),
    Code("merged_by_decision", "absorbed", "The row was merged into another one, as you decided.", "Nothing to do."),
    Code("kept_apart", "withheld", "You decided that these rows are different people, and another of them keeps this value.",
         "Nothing to do, or give the row an identifier of its own in corrections.csv."),
    Code("shared_phone", "withheld", "People with different emails have this phone: a household or a switchboard.",
         "Leave it, or choose what becomes of shared phones."),
    Code("conflicting_value", "warning", "An absorbed row says something else than its survivor; the survivor's value stays.",
         "Check which value is right."),
    Code("value_filled", "changed", "A blank of the survivor was filled from a row that it absorbed.", "Nothing to do."),
    Code("possible_duplicate", "warning", "Another row looks like the same person.", "Review the two; nothing was merged."),
    Code("decision_applied", "changed", "Your decision about duplicates was applied.", "Nothing to do."),
    Code("decision_unused", "warning", "A decision about duplicates does not fit the rows as they are now.",
         "Decide again, or delete its line in decisions.csv."),
    Code("order_unreadable", "warning", "The date or number that orders duplicates cannot be read, so the row counts as oldest or last.",
         "Correct it, or choose another survivorship rule."),
    # validation
    Code("no_identifier", "rejected", "No valid email and no valid phone is left, so the user could not sign in.",
         "Correct one of them in corrections.csv."),
    Code("required_missing", "rejected", "A required metadata field has no valid value.",
         "Fill it in corrections.csv, or set required = false on the field."),
    Code("survivor_rejected", "rejected", "The row that absorbed this one was rejected.", "Mend the survivor, and run again."),
    Code("check_failed", "rejected", "The row fails a check of the pandera schema.", "See the check, and correct the value."),
    # push
    Code("identifier_conflict", "warning", "The email belongs to one Passage user, the phone to another; nothing was sent.",
         "Find out whose they are, mend it in Passage or in corrections.csv, and push again."),
)  # fmt: skip

CODES: dict[str, Code] = {code.code: code for code in _CATALOGUE}


def make_findings(
    rows: pd.Index[Any] | np.ndarray[Any, Any] | pa.Array | Iterable[int | None],
    *,
    field: Any,
    code: Any,
    value: Any = None,
    detail: Any = None,
    effect: Any = None,
) -> pd.DataFrame:
    """Make a findings frame, by columns.

    Parameters
    ----------
    rows : index, array or iterable of int or None
        ``source_row`` of each finding; None speaks of the whole source.
    field, code, value, detail : str, array or Series
        One for all, or one a finding.
    effect : str, array or Series, optional
        Default: the usual effect of each code.

    Returns
    -------
    pandas.DataFrame
        Columns ``source_row, field, value, code, effect, detail``; a fresh index from 0.

    Raises
    ------
    KeyError
        If a code is not in the catalogue.

    Examples
    --------
    >>> make_findings([2], field="email", code="email_invalid", value="anna@")
       source_row  field  value           code    effect detail
    0           2  email  anna@  email_invalid  withheld   <NA>
    """
    source_row = pa.array(rows, type=pa.int64(), from_pandas=True)
    count = len(source_row)
    codes = _text(code, count)
    if effect is None:
        known = pa.array(CODES)
        at = pc.index_in(codes, value_set=known)
        if at.null_count:
            raise KeyError(f"not in the catalogue of codes: {pc.unique(codes.filter(at.is_null())).to_pylist()}")
        effect = pa.array([entry.effect for entry in CODES.values()]).take(at)
    arrays = [source_row, _text(field, count), _text(value, count), codes, _text(effect, count), _text(detail, count)]
    frame = pd.DataFrame(index=pd.RangeIndex(count))
    return pd.DataFrame({name: series(array, like=frame) for name, array in zip(COLUMNS, arrays, strict=True)})


def _text(values: Any, count: int) -> pa.Array:
    """One text for each of ``count`` findings."""
    if values is None or isinstance(values, str):
        return pa.repeat(pa.scalar(values, type=pa.string()), count)
    if isinstance(values, pd.Series):
        values = values.array
    array = values if isinstance(values, pa.ChunkedArray) else pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array if array.type == pa.string() else pc.cast(array, pa.string())


def no_findings() -> pd.DataFrame:
    """Make an empty findings frame."""
    return make_findings([], field=None, code=None)


def collect_findings(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join findings frames, in the order given."""
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else no_findings()


def in_row_order(findings: pd.DataFrame) -> pd.DataFrame:
    """Put findings in the order of their rows, those on the whole source first; of one row they stay as they are.

    Examples
    --------
    >>> found = make_findings([2, 1, None], field="email", code=["email_invalid", "email_normalized", "lines_blank"])
    >>> in_row_order(found)[["source_row", "code"]]
       source_row              code
    0        <NA>       lines_blank
    1           1  email_normalized
    2           2     email_invalid
    """
    rows = pc.fill_null(arrow(findings[SOURCE_ROW]), 0).to_numpy()
    order = pa.array(np.argsort(rows, kind="stable"))
    columns = together(*(partial(_take, arrow(findings[name]), order) for name in findings))
    return pd.DataFrame({name: series(column, like=findings) for name, column in zip(findings, columns, strict=True)})


def _take(values: pa.ChunkedArray, rows: pa.Array) -> pa.Array:
    return one_chunk(values).take(rows)


def count_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Count findings by code, with what each code means and what to do about it.

    Parameters
    ----------
    findings : pandas.DataFrame
        Findings frame.

    Returns
    -------
    pandas.DataFrame
        One row a code and effect, in the order of the catalogue: ``code, effect, findings, meaning, next_step``.

    Examples
    --------
    >>> count_findings(make_findings([1, 2], field="email", code="email_normalized"))[["code", "effect", "findings"]]
                   code   effect  findings
    0  email_normalized  changed         2
    """
    counts = findings.groupby(["code", "effect"], observed=True).size()
    ordered = sorted(counts.items(), key=lambda entry: (list(CODES).index(entry[0][0]), entry[0][1]))
    rows = [(code, effect, count, CODES[code].meaning, CODES[code].next_step) for (code, effect), count in ordered]
    return pd.DataFrame(rows, columns=["code", "effect", "findings", "meaning", "next_step"])


def into_row(survivor_rows: pd.Series[Any] | np.ndarray[Any, Any]) -> pa.Array:
    """Detail of an ``absorbed`` finding: :func:`build_ledger` reads the survivor from it."""
    return pc.binary_join_element_wise("into row", pc.cast(pa.array(survivor_rows), pa.string()), " ")


def build_ledger(
    read: pd.Index[Any],
    users: pd.DataFrame,
    findings: pd.DataFrame,
    *,
    source_key: pd.Series[Any] | None = None,
) -> pd.DataFrame:
    """Say of every source row what became of it.

    Parameters
    ----------
    read : pandas.Index
        ``source_row`` of everything that was read.
    users : pandas.DataFrame
        The rows that are kept; only the index counts.
    findings : pandas.DataFrame
        All findings of all steps.
    source_key : pandas.Series, optional
        Text, indexed by ``source_row``; default: no source keys.

    Returns
    -------
    pandas.DataFrame
        Ledger frame, in the order of ``read``. A row absorbed into a row that was rejected is rejected itself
        (``survivor_rejected``), so that a survivor is always a kept row.

    Raises
    ------
    AccountingError
        If a row is neither kept nor has a finding that absorbed or rejected it.

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> read = users_frame({"email": ["a@example.org", "b@", "A@example.org"]})
    >>> found = collect_findings([
    ...     make_findings([2], field="email", code="email_invalid"),
    ...     make_findings([2], field="email", code="no_identifier"),
    ...     make_findings([3], field="email", code="duplicate_email", detail=into_row([1])),
    ... ])
    >>> build_ledger(read.index, read.loc[[1]], found)
               source_key disposition survivor_row                        codes
    source_row
    1                <NA>        kept         <NA>
    2                <NA>    rejected         <NA>  email_invalid no_identifier
    3                <NA>    absorbed            1              duplicate_email
    """
    rows, effect = arrow(findings[SOURCE_ROW]), arrow(findings["effect"])
    at = np.where(mask_of(rows.is_valid()), read.get_indexer(pc.fill_null(rows, 0).to_numpy()), -1)
    says_rejected, says_absorbed = (mask_of(pc.equal(effect, said)) & (at >= 0) for said in (REJECTED, ABSORBED))
    kept, rejected = np.zeros((2, len(read)), dtype=bool)
    kept[read.get_indexer(users.index)] = True
    rejected[at[says_rejected]] = True
    survivor = _survivors(read, at[says_absorbed], arrow(findings["detail"]).filter(pa.array(says_absorbed)))
    absorbed = (survivor >= 0) & ~kept & ~rejected
    orphaned = absorbed & ~kept[survivor]
    absorbed &= ~orphaned
    disposition = np.full(len(read), 3, dtype=np.int8)
    for place, mask in enumerate([rejected | orphaned, absorbed, kept]):
        disposition[mask] = place
    columns = {
        SOURCE_KEY: pa.nulls(len(read), pa.string()) if source_key is None else arrow(source_key.reindex(read)),
        "disposition": pa.array([REJECTED, ABSORBED, KEPT, "lost"]).take(pa.array(disposition)),
        "survivor_row": pa.array(read.to_numpy()[survivor], mask=~absorbed),
        "codes": _codes_by_row(arrow(findings["code"]), at, orphaned),
    }
    frame = pd.DataFrame(index=read.rename(SOURCE_ROW))
    ledger = pd.DataFrame({name: series(column, like=frame) for name, column in columns.items()}, index=frame.index)
    check_accounting(ledger, users)
    return ledger


def _survivors(read: pd.Index[Any], at: _Positions, details: pa.ChunkedArray) -> _Positions:
    """Final survivor of each row, as a position, -1 without one: the last finding speaks, chains are followed."""
    rows = pc.cast(pc.replace_substring(details, "into row ", "", max_replacements=1), pa.int64())
    survivor = np.full(len(read), -1)
    survivor[at] = read.get_indexer(rows.to_numpy())
    chained = np.flatnonzero(survivor >= 0)
    while len(chained := chained[survivor[survivor[chained]] >= 0]):
        survivor[chained] = survivor[survivor[chained]]
    return survivor


def _codes_by_row(codes: pa.ChunkedArray, at: _Positions, orphaned: _Mask) -> pa.Array:
    """Codes of each row in the order found, each once, joined by a space: few such texts, and each is made once."""
    of_rows, orphans = np.flatnonzero(at >= 0), np.flatnonzero(orphaned)
    code = pc.index_in(codes, value_set=pa.array(CODES)).to_numpy()[of_rows].astype(np.int16)
    code = np.append(code, np.full(len(orphans), [*CODES].index("survivor_rejected"), dtype=np.int16))
    rows = np.append(at[of_rows], orphans)
    order = np.argsort(rows, kind="stable")  # quick for what is in order, as findings are
    rows, code = rows[order], code[order]
    names, texts = [*CODES], {"": 0}
    text, latest = np.zeros(len(orphaned), dtype=np.int32), np.empty(len(orphaned), dtype=np.int16)
    while len(rows):  # the first code of each row, then the next one that is another, ...
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        touched, added = rows[first], code[first]
        longer = text[touched] * len(names) + added
        becomes, earlier = np.zeros(len(texts) * len(names), dtype=np.int32), [*texts]
        for each in np.flatnonzero(np.bincount(longer)):
            joined = f"{earlier[each // len(names)]} {names[each % len(names)]}".lstrip()
            becomes[each] = texts.setdefault(joined, len(texts))
        text[touched], latest[touched] = becomes[longer], added
        others = np.flatnonzero(code != latest[rows])
        rows, code = rows[others], code[others]
    return pa.array(texts).take(pa.array(text))


def count_dispositions(ledger: pd.DataFrame) -> dict[str, int]:
    """Count the rows of a ledger that were kept, absorbed and rejected.

    Examples
    --------
    >>> count_dispositions(pd.DataFrame({"disposition": ["kept", "absorbed", "kept"]}))
    {'kept': 2, 'absorbed': 1, 'rejected': 0}
    """
    disposition = arrow(ledger["disposition"])
    return {name: pc.sum(pc.equal(disposition, name)).as_py() or 0 for name in (KEPT, ABSORBED, REJECTED)}


def check_accounting(ledger: pd.DataFrame, users: pd.DataFrame) -> None:
    """Check that every source row has one disposition and that the kept rows are the users.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Ledger frame.
    users : pandas.DataFrame
        The rows that go out.

    Raises
    ------
    AccountingError
        If kept + absorbed + rejected is not what was read, or a user is not a row that was read.
    """
    counted = count_dispositions(ledger)
    accounted = sum(counted.values())
    if not ledger.index.is_unique or accounted != len(ledger) or counted[KEPT] != len(users):
        lost = ledger.index[~ledger["disposition"].isin([KEPT, ABSORBED, REJECTED]).to_numpy(dtype=bool)]
        raise AccountingError(
            f"The rows do not add up: {len(ledger)} read, {accounted} accounted for, {len(users)} users to go out; "
            f"unaccounted source rows begin with {list(lost[:5])}. Nothing was written; please report this as a defect."
        )

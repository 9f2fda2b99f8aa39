"""Phones in E.164: what can be read as one valid number is kept, everything else is withheld and said.

The phonenumbers library parses, validates and formats: one number of each kind where a cell has nothing but a number in
it (module ``phone_columns``), else each distinct pair of cell and country (module ``phone_cells``). The kit only looks
for what the library is not made for: several numbers in a cell, spreadsheet damage, placeholders, a stray ``00``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions, narrowest
from passage_kit.columns.spool import one_table, partitions_of
from passage_kit.columns.text_parts import parts_of_text, take_rows
from passage_kit.columns.users_frame import REGION, TEXT, arrow, mask_of, per_distinct, series
from passage_kit.errors import OptionError
from passage_kit.findings.findings import collect_findings, findings_in_parts, make_findings
from passage_kit.identifiers.phones.lost_plus import LostPlus, PlusEvidence, Readings, find_readings, settle_readings
from passage_kit.identifiers.phones.phone_cells import VERDICTS, PhoneVerdict, judge_cells, judge_one
from passage_kit.identifiers.phones.phone_columns import judge_plain
from passage_kit.identifiers.phones.two_numbers import find_pairs, settle_pairs
from passage_kit.identifiers.regions import is_unknown_region, region_of

_NO_ROWS = np.zeros(0, dtype=np.int64)


def normalize_phones(
    column: pd.Series[Any],
    *,
    region: pd.Series[Any] | None = None,
    default_region: str | None = None,
    strict: bool = False,
    fast_paths: bool = True,
    evidence: PlusEvidence | None = None,
    lost_plus: LostPlus = None,
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Normalize a column of phones to E.164; a value that is not exactly one valid number becomes null.

    The country of a number is that of its own ``+`` or ``00``, else of its row, else ``default_region``. A country
    that is written in the row and not understood is never overruled by the default.

    Digits without ``+``, ``00`` or ``0`` before them may have lost their ``+``. If that makes another valid number, the
    column decides: all its numbers that are valid in one way only must be so in the same way. ``lost_plus`` tells it
    otherwise.

    Parameters
    ----------
    column : pandas.Series
        Text, indexed by ``source_row``; its name is the field of the findings.
    region : pandas.Series, optional
        Country of each row, as :func:`passage_kit.identifiers.regions.region_of` reads it; same index.
    default_region : str, optional
        ISO code or name of the country of rows that have none. Default: such rows need a number with ``+``.
    strict : bool, default False
        Give the findings of unusable values the effect ``rejected`` instead of ``withheld``; leaving out their rows
        is the caller's part.
    fast_paths : bool, default True
        Let one number of each kind speak for all of its kind. Without, each distinct pair of cell and country is
        judged by itself: slower, with the same result.
    evidence : PlusEvidence, optional
        What the whole column shows, if this is a part of it: see :func:`plus_evidence`. Default: what these cells show.
    lost_plus : bool or "likely", optional
        Read digits that may have lost their ``+`` with one before them, where that is a valid number (True), or at home
        (False). "likely" counts as if two numbers showed that they lost it. Default: as the column shows.

    Returns
    -------
    column : pandas.Series
        Numbers in E.164 and nulls, same index and name. Normalizing them again changes nothing.
    findings : pandas.DataFrame
        On the column first: ``phone_plus_added`` or ``phone_read_at_home``, if it decides how digits without a plus are
        read. Then in the order of the rows. Withheld: ``phone_invalid`` (its argument says why), ``phone_multiple``,
        ``phone_placeholder``, ``phone_extension``, ``phone_letters``, ``phone_excel_damaged``, ``phone_no_region``,
        ``phone_remark_against``, ``phone_two_readings`` (its argument has both).
        Changed: ``phone_normalized``, ``phone_decimal``, ``phone_international_prefix``, their argument is the number.
        Warnings: ``phone_fixed_line``, ``phone_service_number``, ``phone_remark``, and ``region_unknown`` on the
        country of a row that has a value. A blank has none.

    Raises
    ------
    OptionError
        If ``default_region`` is not a country that has phones.

    Notes
    -----
    E.164 exactly as the phonenumbers library (a port of Google's libphonenumber) parses, validates and formats.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"phone": ["(201) 555-0123", "07400 123456", "12345"], "region": ["", "UK", ""]})
    >>> phones, findings = normalize_phones(users["phone"], region=users["region"], default_region="US")
    >>> phones.to_list()
    ['+12015550123', '+447400123456', <NA>]
    >>> findings[["source_row", "code", "effect", "argument"]]
       source_row              code    effect            argument
    0           1  phone_normalized   changed      +12015550123
    1           2  phone_normalized   changed     +447400123456
    2           3     phone_invalid  withheld  too short for US
    """
    cells = pd.Series(pd.NA, index=column.index, dtype=TEXT) if region is None else region
    regions, unknown = _regions_of_rows(cells, default_region)
    values = arrow(column)
    place, verdicts = _judge_partitions(values, regions, fast_paths=fast_paths)
    readings = find_readings(values, place, verdicts, partial(_judge_abroad, fast_paths=fast_paths))
    place, verdicts, said = settle_readings(readings, place, verdicts, (evidence or readings.shown()).way(lost_plus))
    del regions, readings
    numbers = _numbers(place, verdicts)
    findings = findings_in_parts(_findings(column, place, verdicts, arrow(cells), unknown))
    if said:
        of_column = make_findings([None], field=str(column.name), code=said[0], argument=[f"{said[1]:,}"])
        findings = collect_findings([of_column, findings])
    if strict:
        findings["effect"] = findings["effect"].replace("withheld", "rejected")
    return series(numbers, column), findings


def plus_evidence(
    column: pd.Series[Any], *, region: pd.Series[Any] | None = None, default_region: str | None = None
) -> PlusEvidence:
    """Tell what a part of a column shows of the digits without a plus in it.

    Parameters
    ----------
    column, region, default_region
        As for :func:`normalize_phones`.

    Returns
    -------
    PlusEvidence
        Evidence that adds up with that of the other parts.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> part = plus_evidence(users_frame({"phone": ["447400123456"]})["phone"], default_region="US")
    >>> other = plus_evidence(users_frame({"phone": ["447400123457"]})["phone"], default_region="US")
    >>> (part + other).way()
    'abroad'
    """
    return _bare_readings(column, region, default_region).shown()


def witnesses_of(
    column: pd.Series[Any], *, region: pd.Series[Any] | None = None, default_region: str | None = None
) -> pd.Index[Any]:
    """Choose few rows by which :func:`normalize_phones` reads bare digits as it does by the whole column.

    Parameters
    ----------
    column, region, default_region
        As for :func:`normalize_phones`.

    Returns
    -------
    pandas.Index
        Some of the index.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"phone": ["+12015550123", "2015550123", "4155552671", "447400123456"]})
    >>> witnesses_of(users["phone"], default_region="US").to_list()
    [3, 4]
    """
    return column.index[_bare_readings(column, region, default_region).witnesses()]


def _bare_readings(column: pd.Series[Any], region: pd.Series[Any] | None, default_region: str | None) -> Readings:
    """Read the bare digits of a column at home and abroad."""
    cells = pd.Series(pd.NA, index=column.index, dtype=TEXT) if region is None else region
    values = arrow(column)
    place, verdicts = _judge_partitions(values, _regions_of_rows(cells, default_region)[0], fast_paths=True)
    return find_readings(values, place, verdicts, partial(_judge_abroad, fast_paths=True))


def _judge_abroad(texts: pa.ChunkedArray, *, fast_paths: bool) -> tuple[Positions, pa.Table]:
    nowhere = pa.chunked_array([pa.nulls(len(texts), pa.string())])
    return _judge_rows(texts, nowhere, fast_paths=fast_paths)


def _regions_of_rows(cells: pd.Series[Any], default_region: str | None) -> tuple[pa.ChunkedArray, Mask]:
    """Country of each row, as a dictionary with null where there is none, and where its cell is not understood."""
    of_rows = pc.dictionary_encode(arrow(cells), null_encoding="encode").combine_chunks()
    distinct = pd.Series(of_rows.dictionary, dtype=TEXT)
    regions = region_of(distinct)
    unknown = is_unknown_region(distinct, regions).to_numpy()
    if default_region is not None:
        regions = regions.where(regions.notna() | unknown, _default(default_region))
    once = pc.dictionary_encode(arrow(regions), null_encoding="encode").combine_chunks()  # a country has several names
    at = np.asarray(of_rows.indices)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(np.asarray(once.indices)[at], once.dictionary)]), unknown[
        at
    ]


def _default(region: str) -> str:
    found = region_of(pd.Series([region], dtype=TEXT))[0]
    if found not in phonenumbers.SUPPORTED_REGIONS:
        raise OptionError(
            f"The default region cannot be used: found {region!r}, expected a country that has phones. "
            "Give its ISO code or name, such as 'US' or 'Germany'."
        )
    return str(found)


def _judge_partitions(
    values: pa.ChunkedArray, regions: pa.ChunkedArray, *, fast_paths: bool
) -> tuple[Positions, pa.Table]:
    """Judge the rows, partition by partition: the place of each row's verdict, or -1, and the verdicts."""
    place = np.full(len(values), -1, dtype=narrowest(2 * len(values)))

    def verdicts() -> Iterator[pa.Table]:
        start = judged = 0
        for part in parts_of_text(values):
            some, found = _judge_rows(part, regions.slice(start, len(part)), fast_paths=fast_paths)
            place[some + start] = judged + np.arange(len(some))
            start += len(part)
            judged += len(some)
            yield found

    return place, one_table(verdicts())


def _judge_rows(values: pa.ChunkedArray, regions: pa.ChunkedArray, *, fast_paths: bool) -> tuple[Positions, pa.Table]:
    """Rows that have a value, in no order, and the verdicts on them.

    By columns where the cell is plain or holds two plain numbers, else once per distinct pair of value and region.
    """
    plain, verdicts = _NO_ROWS, VERDICTS.empty_table()
    if fast_paths:
        plain, verdicts = judge_plain(values, regions, judge_one)
    is_other = mask_of(values.is_valid())
    is_other[plain] = False
    pairs, of_pairs = (
        _judge_pairs(values, regions, np.flatnonzero(is_other)) if fast_paths else (_NO_ROWS, verdicts[:0])
    )
    is_other[pairs] = False
    others = np.flatnonzero(is_other)
    named = pc.binary_join_element_wise(
        pc.fill_null(regions.take(others).cast(pa.string()), ""), values.take(others), ":"
    )

    def judge(distinct: Sequence[str]) -> pa.Table:
        split = [pair.partition(":") for pair in distinct]
        return judge_cells(
            [value for _, _, value in split],
            [region or None for region, _, _ in split],
            judge_parts=_judge_parts if fast_paths else None,
        )

    verdicts_on_others = per_distinct(pd.Series(pd.arrays.ArrowExtensionArray(named)), judge)
    return np.concatenate([plain, pairs, others]), pa.concat_tables([verdicts, of_pairs, verdicts_on_others])


def _judge_pairs(values: pa.ChunkedArray, regions: pa.ChunkedArray, among: Positions) -> tuple[Positions, pa.Table]:
    """Judge the cells among some that hold two plain numbers: their rows, in no order, and the verdicts on them."""
    pairs = find_pairs(values.take(pa.array(among)))
    if not len(pairs.rows):
        return _NO_ROWS, VERDICTS.empty_table()
    rows = among[pairs.rows]
    of_rows = regions.take(pa.array(rows))
    one, other = (_in_order(*_judge_rows(pa.chunked_array([part]), of_rows, fast_paths=True)) for part in pairs[1:3])
    settled, verdicts = settle_pairs(one, other, pairs.divided)
    return rows[settled], verdicts.filter(pa.array(settled))


def _in_order(rows: Positions, verdicts: pa.Table) -> pa.Table:
    return verdicts.take(pa.array(np.argsort(rows)))


def _judge_parts(parts: Sequence[tuple[str, str | None]]) -> list[PhoneVerdict]:
    """Verdicts on parts of cells, with the country of each, as on cells of their own."""
    texts, regions = (pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*parts, strict=True))
    rows, verdicts = _judge_rows(texts, regions, fast_paths=True)
    return list(map(PhoneVerdict, *(column.to_pylist() for column in _in_order(rows, verdicts).columns)))


def _numbers(place: Positions, verdicts: pa.Table) -> pa.ChunkedArray:
    """Give the number of each row, partition by partition."""

    def parts() -> Iterator[pa.Table]:
        for start in (starts := partitions_of(len(place))):
            some = place[start : start + starts.step]
            yield pa.table([take_rows(verdicts["number"], pa.array(some, mask=some < 0))], names=["number"])

    return one_table(parts())["number"]


def _findings(
    column: pd.Series[Any], place: Positions, verdicts: pa.Table, region_cells: pa.ChunkedArray, unknown: Mask
) -> Iterator[pd.DataFrame]:
    """Give the findings of each partition in the order of the rows: on the number, on its kind of line, on the country
    of its row.
    """
    has_code, has_warning = (np.append(mask_of(verdicts[name].is_valid()), False) for name in ("code", "warning"))
    for start in (starts := partitions_of(len(column))):
        part = slice(start, start + starts.step)
        of_rows, cells = place[part], arrow(column).slice(start, starts.step)
        on_number, on_kind = (np.flatnonzero(has[of_rows]) for has in (has_code, has_warning))
        on_region = np.flatnonzero((of_rows >= 0) & unknown[part])
        at = np.concatenate([on_number, on_kind, on_region])
        order = np.argsort(at, kind="stable")
        number, kind = pa.array(of_rows[on_number]), pa.array(of_rows[on_kind])
        yield make_findings(
            column.index.to_numpy()[start + at[order]],
            field=pc.if_else(pa.array(order >= len(number) + len(kind)), REGION, str(column.name)),
            value=_in_turn(
                order,
                take_rows(cells, pa.array(np.concatenate([on_number, on_kind]))),
                take_rows(region_cells.slice(start, starts.step), pa.array(on_region)),
            ),
            code=_in_turn(
                order,
                take_rows(verdicts["code"], number),
                take_rows(verdicts["warning"], kind),
                pa.repeat(pa.scalar("region_unknown"), len(on_region)),
            ),
            argument=_in_turn(
                order,
                take_rows(verdicts["argument"], number),
                take_rows(verdicts["warning_argument"], kind),
                pa.nulls(len(on_region), pa.string()),
            ),
        )


def _in_turn(order: Positions, *columns: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """Put columns one behind another, then in some order."""
    chunks = [column.chunks if isinstance(column, pa.ChunkedArray) else [column] for column in columns]
    behind = pa.chunked_array([chunk for some in chunks for chunk in some], pa.string())
    return take_rows(behind, pa.array(order))

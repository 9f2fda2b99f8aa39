"""The first page of the migration report: what was done, what a person has to decide, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from passage_kit.columns.users_frame import HELPERS, IDENTIFIERS
from passage_kit.findings.catalogue import CODES, to_decide
from passage_kit.findings.funnel import Funnel
from passage_kit.translations import gettext, ngettext, number

_SHOWN = 6  # kinds of findings that need a decision
_ASKED = ("withheld", "warning")  # effects that may need a decision


class GroupCounts(Protocol):
    """The findings of one code and one effect."""

    @property
    def code(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def findings(self) -> int: ...
    @property
    def rows(self) -> int: ...


def list_done(funnel: Funnel, people: int, columns: int, mapped: Iterable[str], *, strict: bool) -> list[str]:
    """Say what the preparation did, a sentence for each step that did something.

    Parameters
    ----------
    funnel : Funnel
        Counts of the rows.
    people : int
        Users who are made of several rows.
    columns : int
        Columns of the source.
    mapped : iterable of str
        Targets of the mapping.
    strict : bool
        True if a value that cannot be used rejects its row.

    Examples
    --------
    >>> counts = Funnel(read=3, normalized=2, normalized_values=4, absorbed=1, exported=2)
    >>> list_done(counts, 1, 5, ["email", "plan"], strict=False)[1:]
    ['4 values in 2 rows were written in their normal form.', '1 row was merged into 1 user who had several.']
    """
    targets = list(mapped)
    said = [
        gettext(
            "{rows} with {columns} read, {mapped} of them mapped.",
            rows=_rows(funnel.read),
            columns=ngettext("{count} column", "{count} columns", columns),
            mapped=number(len(targets)),
        )
    ]
    if funnel.normalized:
        said.append(
            ngettext(
                "{count} value in {rows} was written in its normal form.",
                "{count} values in {rows} were written in their normal form.",
                funnel.normalized_values,
                rows=_rows(funnel.normalized),
            )
        )
    if funnel.withheld and not strict:
        said.append(
            ngettext(
                "{count} value was left out; the users go on without.",
                "{count} values were left out; the users go on without.",
                funnel.withheld_values,
            )
        )
    if funnel.absorbed:
        said.append(
            ngettext(
                "{count} row was merged into {users} who had several.",
                "{count} rows were merged into {users} who had several.",
                funnel.absorbed,
                users=ngettext("{count} user", "{count} users", people),
            )
        )
    if funnel.rejected:
        said.append(
            ngettext(
                "{count} row was left out, each with its reason.",
                "{count} rows were left out, each with its reason.",
                funnel.rejected,
            )
        )
    return said


def list_decisions(groups: Iterable[GroupCounts], rejected_by: Mapping[str, int]) -> list[dict[str, Any]]:
    """List what a person has to decide: first the rows left out, then the other kinds of findings by their rows.

    Parameters
    ----------
    groups : iterable of GroupCounts
        Findings by code and effect.
    rejected_by : mapping of str to int
        Rejected rows by the code that first rejected them.

    Returns
    -------
    list of dict
        ``count``, ``what`` (such as ``"rows withheld"``), ``meaning`` and ``link`` to the examples. The last entry may
        have ``more``, the number of kinds that the report shows below only.

    Examples
    --------
    >>> [(entry["count"], entry["what"]) for entry in list_decisions([], {"row_blank": 3, "no_identifier": 2})]
    [(2, 'rows left out')]
    """
    asked = [
        (group.rows or group.findings, group.effect, gettext(CODES[group.code].meaning), f"{group.effect}-{group.code}")
        for group in groups
        if group.effect in _ASKED and to_decide(group.code)
    ]
    asked.sort(key=lambda entry: (-entry[0], entry[3]))
    left_out = sum(rows for code, rows in rejected_by.items() if to_decide(code))
    if left_out:
        meaning = gettext("Each has its reason; correct them, or let them go.")
        asked.insert(0, (left_out, "rejected", meaning, "rejected"))
    lines: list[dict[str, Any]] = [
        {"count": count, "what": _what(effect, count), "meaning": meaning, "link": link, "more": 0}
        for count, effect, meaning, link in asked
    ]
    more = len(lines) - _SHOWN
    return lines if more < 2 else [*lines[:_SHOWN], {"more": more}]


def _rows(count: int) -> str:
    return ngettext("{count} row", "{count} rows", count)


def _what(effect: str, count: int) -> str:
    """Say what stands behind a count, such as ``"rows left out"``."""
    match effect:
        case "rejected":
            return ngettext("row left out", "rows left out", count)
        case "withheld":
            return ngettext("row with a value left out", "rows with a value left out", count)
    return ngettext("row to look at", "rows to look at", count)


def list_left(targets: Iterable[str], *, identifiers_only: bool) -> list[dict[str, str]]:
    """List the steps that follow a preparation.

    Returns
    -------
    list of dict
        ``step``, and ``section``: the section of the report that shows it done.

    Examples
    --------
    >>> [entry["step"] for entry in list_left(["email", "plan", "source_key"], identifiers_only=False)]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['Create the metadata field in the Passage Console.', 'Bring the users into Passage: upload the Console CSV, or
    push them.', 'Compare Passage with what was prepared.', 'Tell the users that they sign in by a link once.']
    """
    fields = sum(target not in (*IDENTIFIERS, *HELPERS) for target in targets)
    steps = []
    if fields and not identifiers_only:
        create = ngettext(
            "Create the metadata field in the Passage Console.",
            "Create the metadata fields ({count}) in the Passage Console.",
            fields,
        )
        steps.append((create, ""))
    steps += [
        (gettext("Bring the users into Passage: upload the Console CSV, or push them."), "push"),
        (gettext("Compare Passage with what was prepared."), "verification"),
    ]
    if identifiers_only:
        steps.append((gettext("Write the Passage ids into the users table of the application."), ""))
    steps.append((gettext("Tell the users that they sign in by a link once."), ""))
    return [{"step": step, "section": section} for step, section in steps]

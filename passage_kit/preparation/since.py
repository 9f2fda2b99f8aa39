"""A newer export compared with what an earlier workspace exported: who is new, changed or gone, and who is there.

A person is known by the source key, else by the email, else by the phone of a row without an email. Nobody is exported
twice: a person whose email or phone has changed is held back too, since Passage would take the new one for a new user.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.columns.arrays import Mask, Positions
from passage_kit.columns.users_frame import (
    EMAIL,
    IDENTIFIERS,
    PHONE,
    SOURCE_KEY,
    SOURCE_ROW,
    TEXT,
    arrow,
    blanked,
    filter_rows,
    mask_of,
    rows_at,
    series,
)
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.identifiers.identifiers import normalize_identifiers
from passage_kit.preparation.since_counts import SinceCounts
from passage_kit.workspace.plan import Plan

PASSAGE_ID = "passage_id"
BEFORE = "exported_before"  # the stage, and the code of those who are there as they are
_KEY_RANK, _EMAIL_RANK, _PHONE_RANK, _NOBODY = range(4)
_CHANGED_COLUMNS = (SOURCE_ROW, SOURCE_KEY, PASSAGE_ID, "field", "before", "now")


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """What differs from an earlier export.

    Parameters
    ----------
    new, changed, unchanged : int
        People who were not exported before; who are exported again, since their metadata has changed; and who are left
        out, since nothing has changed.
    held : int
        Rows left out since an email or phone has changed, or was exported for somebody else, or since several people
        have the key.
    gone : pandas.DataFrame
        People who were exported before, and of whom nothing is in the list now: ``source_key``, ``email``, ``phone``
        and ``passage_id``. Nothing is deleted.
    identifiers : pandas.DataFrame
        Changed emails and phones, one row each: ``source_row``, ``source_key``, ``passage_id``, ``field``, ``before``
        and ``now``.
    others : pandas.DataFrame
        Everybody exported before who is not exported again, for the next comparison.
    """

    new: int
    changed: int
    unchanged: int
    held: int
    gone: pd.DataFrame
    identifiers: pd.DataFrame
    others: pd.DataFrame

    @property
    def counts(self) -> SinceCounts:
        """All counts."""
        return SinceCounts(self.new, self.changed, self.unchanged, self.held, len(self.gone))

    def summary(self) -> dict[str, int]:
        """Give the counts as plain values."""
        return self.counts.summary()

    def to_text(self) -> str:
        """Write the counts for a person."""
        return self.counts.to_text()


class ComparedPeople(NamedTuple):
    """Users to export, findings and counts; of the people exported before, who is gone, and who is exported again."""

    users: pd.DataFrame
    findings: pd.DataFrame
    counts: SinceCounts
    is_gone: Mask
    is_again: Mask
    identifiers: pd.DataFrame


def compare_since(
    users: pd.DataFrame, exported: pd.DataFrame, *, mapped: pd.DataFrame, plan: Plan
) -> tuple[pd.DataFrame, pd.DataFrame, Since]:
    """Leave out who was exported before, and say who is new, changed or gone.

    Parameters
    ----------
    users : pandas.DataFrame
        Users that a run would export, index ``source_row``.
    exported : pandas.DataFrame
        Everybody exported before, as :func:`passage_kit.preparation.exported.load_exported` gives them.
    mapped : pandas.DataFrame
        All rows of the list as mapped and corrected, with ``source_key`` if it is mapped.
    plan : Plan
        Plan of the run.

    Returns
    -------
    users : pandas.DataFrame
        New and changed users.
    findings : pandas.DataFrame
        ``exported_before``, ``identifier_changed_since``, ``identifier_of_another`` and ``key_of_several`` for rows
        that are left out; ``phone_of_another`` for a phone that is withheld; ``changed_since`` as a warning.
    since : Since

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> before = users_frame({"source_key": ["1", "2"], "email": ["ann@x.org", "bo@x.org"], "phone": [None, None]})
    >>> today = users_frame({"source_key": ["1", "3"], "email": ["ann@x.org", "cleo@x.org"], "phone": [None, None]})
    >>> new, findings, since = compare_since(today[["email", "phone"]], before, mapped=today, plan=Plan())
    >>> new["email"].tolist(), findings["code"].tolist(), since.gone["email"].tolist()
    (['cleo@x.org'], ['exported_before'], ['bo@x.org'])
    """
    exported = exported.reset_index(drop=True)
    others = filter_rows(mapped, ~mapped.index.isin(users.index))
    named = [name for name in IDENTIFIERS if name in others]
    if named and len(others):
        options = plan.options
        others, _ = normalize_identifiers(
            others,
            default_region=options.default_region,
            lost_plus=plan.lost_plus,
            allow_special_use=options.allow_special_use,
        )
    found = compare_people(users, exported, keys=bare_keys(mapped), others=others)
    since = Since(
        *(found.counts.new, found.counts.changed, found.counts.unchanged, found.counts.held),
        gone=who(filter_rows(exported, found.is_gone)),
        identifiers=found.identifiers,
        others=filter_rows(exported, ~found.is_again),
    )
    return found.users, found.findings, since


def compare_people(
    users: pd.DataFrame, exported: pd.DataFrame, *, keys: pd.Series[Any], others: pd.DataFrame
) -> ComparedPeople:
    """Compare users with the people exported before, as :func:`compare_since` does.

    Parameters
    ----------
    users, exported : pandas.DataFrame
        As for :func:`compare_since`.
    keys : pandas.Series
        Source keys of all rows of the list, as :func:`bare_keys` gives them.
    others : pandas.DataFrame
        The other rows of the list, with normalized identifiers.
    """
    given, of_users = users, keys.reindex(users.index)
    person, strangers, phones = _people(users, of_users, exported)
    unsure = (person < 0) & (_at(of_users, _bare(exported[SOURCE_KEY])) >= 0)  # several have the key
    users = users.assign(**{PHONE: blanked(users[PHONE], phones)}) if phones.any() else users
    known = (person >= 0) & ~strangers
    before = rows_at(exported, person).set_axis(users.index)  # -1 is nobody: blanks
    moved = {name: known & _is_other(users, before, name, blank_counts=False) for name in IDENTIFIERS}
    held = np.logical_or.reduce([*moved.values()])
    fields = [name for name in users if name not in IDENTIFIERS]
    differing = {name: known & ~held & _is_other(users, before, name, blank_counts=True) for name in fields}
    changed = np.logical_or.reduce([np.zeros(len(users), dtype=bool), *differing.values()])
    same = known & ~held & ~changed
    out = same | held | strangers | unsure
    findings = collect_findings(
        [
            make_findings(users.index[phones], field=PHONE, value=given[PHONE][phones], code="phone_of_another"),
            make_findings(users.index[same], field="", code=BEFORE),
            *(_moved(users, before, name, mask) for name, mask in moved.items()),
            make_findings(users.index[strangers], field="", code="identifier_of_another"),
            make_findings(users.index[unsure], field=SOURCE_KEY, value=of_users[unsure], code="key_of_several"),
            *(make_findings(users.index[mask], field=name, code="changed_since") for name, mask in differing.items()),
        ]
    )
    again = np.zeros(len(exported), dtype=bool)
    again[person[changed]] = True
    gone = _are_gone(exported, person[known], given, keys, others)
    counts = SinceCounts(
        new=int((~out & ~changed).sum()),
        changed=int(changed.sum()),
        unchanged=int(same.sum()),
        held=int((held | strangers | unsure).sum()),
        left=int(gone.sum()),
    )
    identifiers = _identifiers(users, before, of_users, moved)
    return ComparedPeople(filter_rows(users, ~out), findings, counts, gone, again, identifiers)


def judge_absorbed(judged: pd.DataFrame, of_since: pd.DataFrame) -> pd.DataFrame:
    """Leave out the rows that were absorbed into somebody who is left out, by the same finding: they are one person.

    Parameters
    ----------
    judged : pandas.DataFrame
        Findings of the rules, which absorbed the rows.
    of_since : pandas.DataFrame
        Findings of :func:`compare_since`.
    """
    absorbed = judged[[SOURCE_ROW, "other_row"]][judged["effect"].eq("absorbed").to_numpy(dtype=bool)]
    absorbed = absorbed.drop_duplicates(SOURCE_ROW, keep="last")
    into = pd.Series(absorbed["other_row"].to_numpy(np.int64), index=absorbed[SOURCE_ROW].to_numpy(np.int64))
    survivor = into
    while (further := survivor.map(into)).notna().any():
        survivor = further.fillna(survivor).astype("int64")
    out = of_since[of_since["effect"].eq("rejected").to_numpy(dtype=bool)].drop_duplicates(SOURCE_ROW)
    codes = survivor.map(pd.Series(out["code"].to_numpy(object), index=out[SOURCE_ROW].to_numpy(np.int64))).dropna()
    return make_findings(codes.index, field="", code=codes.to_numpy(), other_row=survivor[codes.index].to_numpy())


def bare_keys(mapped: pd.DataFrame) -> pd.Series[Any]:
    """Give the source keys of the rows, without white space around them.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> bare_keys(users_frame({"source_key": [" c7", ""]})).tolist()
    ['c7', <NA>]
    """
    if SOURCE_KEY not in mapped:
        return pd.Series(pd.array([None] * len(mapped), dtype=TEXT), index=mapped.index)
    return _bare(mapped[SOURCE_KEY])


def _bare(keys: pd.Series[Any]) -> pd.Series[Any]:
    bare = pc.utf8_trim_whitespace(arrow(keys.astype(TEXT)))
    return series(pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare), keys)


def _people(users: pd.DataFrame, keys: pd.Series[Any], exported: pd.DataFrame) -> tuple[Positions, Mask, Mask]:
    """Find who each user was before.

    Returns
    -------
    person : array of int
        Position among the exported; -1 for nobody.
    strangers : array of bool
        Users with the email, or with the only phone, of somebody else who was exported.
    phones : array of bool
        Users with a good email and somebody else's phone.
    """
    by_key = _at(_alone(keys), _alone(_bare(exported[SOURCE_KEY])))
    by_email, by_phone = (_at(users[name], exported[name]) for name in IDENTIFIERS)
    no_email = mask_of(pc.is_null(arrow(users[EMAIL]))) | _has_no_email(exported, by_phone)
    own_phone = np.where(no_email, by_phone, -1)
    person = np.where(by_key >= 0, by_key, np.where(by_email >= 0, by_email, own_phone))
    ranks = np.select([by_key >= 0, by_email >= 0, own_phone >= 0], [_KEY_RANK, _EMAIL_RANK, _PHONE_RANK], _NOBODY)
    strangers = (by_email >= 0) & (by_email != person)
    strangers |= (person >= 0) & ~_is_first(person, ranks)
    elsewhere = (by_phone >= 0) & (by_phone != person)
    without = mask_of(pc.is_null(arrow(users[EMAIL])))
    strangers |= elsewhere & without
    return person, strangers, elsewhere & ~without & ~strangers


def _at(values: pd.Series[Any], among: pd.Series[Any]) -> Positions:
    found = pc.index_in(arrow(values), value_set=arrow(among).combine_chunks(), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


def _alone(keys: pd.Series[Any]) -> pd.Series[Any]:
    """Blank the keys that several rows have, which tell nobody apart."""
    return blanked(keys, keys.duplicated(keep=False).to_numpy(dtype=bool))


def _has_no_email(exported: pd.DataFrame, at: Positions) -> Mask:
    blank = mask_of(pc.is_null(arrow(exported[EMAIL])))
    found: Mask = (at >= 0) & blank[np.maximum(at, 0)] if len(exported) else np.zeros(len(at), dtype=bool)
    return found


def _is_first(person: Positions, ranks: Positions) -> Mask:
    """Tell who has the best claim to be a person; of several with an equal one, nobody has."""
    claims = pd.DataFrame({"person": person, "rank": ranks})
    best = claims.groupby("person")["rank"].transform("min").eq(claims["rank"])
    several = claims[best].duplicated(["person", "rank"], keep=False).reindex(claims.index, fill_value=False)
    first: Mask = (best & ~several).to_numpy(dtype=bool)
    return first


def _is_other(users: pd.DataFrame, before: pd.DataFrame, name: str, *, blank_counts: bool) -> Mask:
    """Tell which values differ from those before, as text; a blank may count as none that was given."""
    now = pc.cast(arrow(users[name]), pa.string())
    was = pc.cast(arrow(before[name]), pa.string()) if name in before else pa.nulls(len(users), pa.string())
    differs = ~mask_of(pc.equal(now, was))
    filled = mask_of(pc.is_valid(now))
    return differs & (filled | (mask_of(pc.is_valid(was)) & blank_counts))


def _moved(users: pd.DataFrame, before: pd.DataFrame, name: str, mask: Mask) -> pd.DataFrame:
    return make_findings(
        users.index[mask],
        field=name,
        value=users[name][mask],
        code="identifier_changed_since",
        argument=before[name][mask],
    )


def _identifiers(
    users: pd.DataFrame, before: pd.DataFrame, keys: pd.Series[Any], moved: dict[str, Mask]
) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                SOURCE_ROW: users.index[mask],
                SOURCE_KEY: keys[mask].array,
                PASSAGE_ID: _column(before, PASSAGE_ID)[mask].array,
                "field": name,
                "before": before[name][mask].array,
                "now": users[name][mask].array,
            }
        )
        for name, mask in moved.items()
    ]
    return pd.concat(parts, ignore_index=True).astype({"field": TEXT})[list(_CHANGED_COLUMNS)]


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    return frame[name] if name in frame else pd.Series(pd.array([None] * len(frame), dtype=TEXT), index=frame.index)


def _are_gone(
    exported: pd.DataFrame, found: Positions, users: pd.DataFrame, keys: pd.Series[Any], others: pd.DataFrame
) -> Mask:
    """Mark the people of whom nothing is in the list: no key, no email and no phone, also in rows that are left out."""
    there = np.zeros(len(exported), dtype=bool)
    there[found] = True
    pairs = [(_bare(exported[SOURCE_KEY]), keys)]
    pairs += [(exported[name], frame[name]) for name in IDENTIFIERS for frame in (users, others) if name in frame]
    for theirs, today in pairs:
        there |= mask_of(pc.is_in(arrow(theirs), value_set=arrow(today).combine_chunks(), skip_nulls=True))
    return ~there


def who(exported: pd.DataFrame) -> pd.DataFrame:
    """Give what names people who were exported before.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> who(users_frame({"source_key": ["c7"], "email": ["ann@example.org"], "phone": [None]})).columns.tolist()
    ['source_key', 'email', 'phone', 'passage_id']
    """
    return pd.DataFrame({name: _column(exported, name).array for name in (SOURCE_KEY, *IDENTIFIERS, PASSAGE_ID)})

"""Notices: what a summary says beside the funnel about accounts, warnings and secrets."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from passage_kit.columns.fingerprints import repeated_rows, whole_prints
from passage_kit.columns.users_frame import SOURCE_ROW, arrow, filter_rows, mask_of, series
from passage_kit.findings.funnel import explained
from passage_kit.findings.ledger import KEPT, REJECTED
from passage_kit.translations import ENGLISH, gettext, ngettext, number, speaking

_INDENT = " " * 12  # of a text below its heading


@dataclass(frozen=True, slots=True)
class Notices:
    """Counts of what a person should look at before going on.

    Parameters
    ----------
    inactive : int
        People among the exported ones whose account is inactive: every row of theirs says so.
    inactive_left_out : int
        Rows that are left out because the account is inactive.
    warned : int
        Rows with a warning.
    warned_by : dict of str to int
        Rows by the code of the warning, most rows first.
    secrets : tuple of str
        Columns that were left out as secrets.
    unknown_states : str
        Words for the state of an account that are not known, with their rows.
    may_say_state : tuple of str
        Columns that may say the state of the accounts by codes; no column is mapped to it.

    Examples
    --------
    >>> print(Notices(inactive=1, warned=3, warned_by={"phone_fixed_line": 2, "phone_remark": 1}).to_text())
    Inactive    1 exported user has a closed account (deleted, banned, disabled); inactive=reject leaves them out
    Warnings    3 rows
                2 This is a fixed line: no text message reaches it (phone_fixed_line)
                1 Words stand before or behind the number; they were left out (phone_remark)
    """

    inactive: int = 0
    inactive_left_out: int = 0
    warned: int = 0
    warned_by: dict[str, int] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    unknown_states: str = ""
    may_say_state: tuple[str, ...] = ()

    def __add__(self, other: Notices) -> Notices:
        """Add the counts of other rows of the same list, of which no person has rows among these."""
        warned_by = Counter(self.warned_by) + Counter(other.warned_by)
        return Notices(
            self.inactive + other.inactive,
            self.inactive_left_out + other.inactive_left_out,
            self.warned + other.warned,
            dict(sorted(warned_by.items(), key=lambda entry: (-entry[1], entry[0]))),
            (*self.secrets, *other.secrets),
            ", ".join(filter(None, (self.unknown_states, other.unknown_states))),
            (*self.may_say_state, *other.may_say_state),
        )

    @property
    def lines(self) -> dict[str, str]:
        """Sentences by their heading; only those that have something to say."""
        said = {
            gettext("Inactive"): self._of_accounts(),
            gettext("Accounts"): self._of_unknown_states(),
            gettext("Warnings"): self._of_warnings(),
            gettext("Secrets"): self._of_secrets(),
        }
        return {name: text for name, text in said.items() if text}

    def _of_accounts(self) -> str:
        parts = []
        if self.inactive:
            parts.append(
                ngettext(
                    "{count} exported user has a closed account (deleted, banned, disabled); inactive=reject leaves "
                    "them out",
                    "{count} exported users have a closed account (deleted, banned, disabled); inactive=reject leaves "
                    "them out",
                    self.inactive,
                )
            )
        if self.inactive_left_out:
            parts.append(
                ngettext(
                    "{count} row of closed accounts (deleted, banned, disabled) left out",
                    "{count} rows of closed accounts (deleted, banned, disabled) left out",
                    self.inactive_left_out,
                )
            )
        return "; ".join(parts)

    def _of_unknown_states(self) -> str:
        if self.may_say_state:
            return gettext(
                "column {columns} may say which accounts are closed; if so, map it to account_state, and say what each "
                "means, as in --account-state X=inactive",
                columns=gettext(" and ").join(self.may_say_state),
            )
        if not self.unknown_states:
            return ""
        return gettext(
            "not known as states of an account: {states}; they go on as active; say what each means, as in "
            "--account-state X=inactive",
            states=self.unknown_states,
        )

    def _of_warnings(self) -> str:
        if not self.warned:
            return ""
        counts = {explained(code): number(rows) for code, rows in self.warned_by.items()}
        width = max(map(len, counts.values()), default=0)
        kinds = [f"{_INDENT}{rows:>{width}} {what}" for what, rows in counts.items()]
        return "\n".join([ngettext("{count} row", "{count} rows", self.warned), *kinds])

    def _of_secrets(self) -> str:
        return (
            gettext("left out, never written anywhere: {names}", names=", ".join(self.secrets)) if self.secrets else ""
        )

    def to_dict(self) -> dict[str, Any]:
        """Convert the counts to plain values."""
        return {**asdict(self), "secrets": list(self.secrets), "may_say_state": list(self.may_say_state)}

    def to_text(self) -> str:
        """Write the notices for a terminal, in English; "" if there are none."""
        with speaking(ENGLISH):
            return "\n".join(f"{name:<{len(_INDENT)}}{text}" for name, text in self.lines.items())


def notices(ledger: pd.DataFrame, findings: pd.DataFrame) -> Notices:
    """Count closed accounts and warnings, and list the columns of secrets.

    Parameters
    ----------
    ledger : pandas.DataFrame
        Ledger frame.
    findings : pandas.DataFrame
        All findings of all steps.

    Returns
    -------
    Notices

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> from passage_kit.findings.findings import make_findings
    >>> from passage_kit.findings.ledger import build_ledger
    >>> read = users_frame({"email": ["a@example.org", "b@example.org"]})
    >>> found = make_findings([2], field="account_state", code="account_inactive", value="deleted")
    >>> notices(build_ledger(read.index, read, found), found).inactive
    1
    """
    warnings = _of_rows(findings[[SOURCE_ROW, "code"]], findings["effect"].eq("warning"))
    by_code = warnings.groupby("code", sort=True)[SOURCE_ROW].nunique().sort_values(ascending=False, kind="stable")
    closed = _of_rows(findings[[SOURCE_ROW, "effect"]], findings["code"].eq("account_inactive"))
    secrets = findings["field"][findings["code"].eq("secret_left_out").to_numpy(dtype=bool)]
    return Notices(
        inactive=_closed_people(ledger, closed),
        inactive_left_out=int(closed["effect"].eq("rejected").sum()),
        warned=int(warnings[SOURCE_ROW].nunique()),
        warned_by={str(code): int(rows) for code, rows in by_code.items()},
        unknown_states=", ".join(_texts(findings, "account_words_unknown", "argument")),
        may_say_state=tuple(_texts(findings, "account_codes_unread", "field")),
        secrets=tuple(secrets.dropna().drop_duplicates().tolist()),
    )


def exported_keys(ledger: pd.DataFrame) -> pd.Series[str]:
    """Give the source keys of the exported users who have one, without spaces around them.

    Examples
    --------
    >>> rows = {"source_key": ["7", " 7", "", None], "disposition": ["kept"] * 4}
    >>> exported_keys(pd.DataFrame(rows, dtype="string[pyarrow]")).to_list()
    ['7', '7']
    """
    keys = filter_rows(ledger[["source_key"]], ledger["disposition"].eq(KEPT).to_numpy(dtype=bool))["source_key"]
    stripped = series(pc.utf8_trim_whitespace(arrow(keys)), keys)
    return stripped[mask_of(pc.fill_null(pc.not_equal(arrow(stripped), ""), False))]


def count_shared(keys: pd.Series[str]) -> int:
    """Count the keys that stand there more than once, nulls aside.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import TEXT
    >>> count_shared(pd.Series(["7", "8", "7"], dtype=TEXT))
    2
    """
    may_be_shared = repeated_rows(whole_prints(arrow(keys)))  # hardly any, in most lists
    return int(keys.iloc[may_be_shared].dropna().duplicated(keep=False).sum())


def say_shared_keys(shared: int) -> str:
    """Say how many exported users have the source key of another one, which tells neither apart; "" if none has.

    Examples
    --------
    >>> say_shared_keys(2).partition(",")[0]
    '2 exported users share their own id (source_key) with another one'
    """
    if not shared:
        return ""
    return gettext(
        "{count} exported users share their own id (source_key) with another one, so neither a newer export nor the "
        "write-back can tell them apart by it. Merge those who are one person (“Who is one person” in 02), or give "
        "each an id of its own (another column in 01, or “All rows” in 02).",
        count=number(shared),
    )


def _texts(findings: pd.DataFrame, code: str, column: str) -> list[str]:
    return list(findings[column][findings["code"].eq(code).to_numpy(dtype=bool)].dropna())


def _of_rows(findings: pd.DataFrame, chosen: pd.Series[bool]) -> pd.DataFrame:
    """Take the chosen findings that are about a row."""
    some = findings[chosen.to_numpy(dtype=bool)]
    return some[some[SOURCE_ROW].notna()]


def _closed_people(ledger: pd.DataFrame, closed: pd.DataFrame) -> int:
    """Count the exported people who have closed accounts only."""
    if closed.empty:
        return 0
    goes = (ledger["disposition"] != REJECTED).to_numpy(dtype=bool)
    rows = ledger.index.to_numpy()[goes]
    people = ledger["survivor_row"][goes].fillna(pd.Series(rows, index=ledger.index[goes])).to_numpy(dtype=np.int64)
    is_open = ~np.isin(rows, closed[SOURCE_ROW].to_numpy(dtype=np.int64))
    return len(np.unique(people)) - len(np.unique(people[is_open]))

"""Accounts that the source says are closed: deleted, banned, disabled."""

from __future__ import annotations

from typing import get_args

import pandas as pd
import pyarrow.compute as pc

from passage_kit.columns.account_codes import count_words
from passage_kit.columns.account_state import INACTIVE, UNKNOWN, Inactive, what_they_say
from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.users_frame import ACCOUNT_STATE, arrow, filter_rows
from passage_kit.errors import OptionError
from passage_kit.findings.findings import collect_findings, make_findings, no_findings


def judge_accounts(users: pd.DataFrame, *, inactive: Inactive = "keep") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the users whose account is deleted, banned or disabled, and leave them out if you choose so.

    A word that the kit does not know is neither active nor inactive: its row goes on, with a finding.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame. The column ``account_state`` has a word for each row, as :func:`passage_kit.apply_mapping` makes
        it: ``active``, a state such as ``deleted``, or a word of the source. Without that column, nothing is found.
    inactive : {"keep", "reject"}, default "keep"
        Treatment of a user whose account is inactive. ``keep``: the row goes on with a warning. ``reject``: the row is
        left out. Reject before duplicates are merged, so that a closed account takes nobody out who has an open one.

    Returns
    -------
    users : pandas.DataFrame
        The users that go on; the same frame if nothing is left out.
    findings : pandas.DataFrame
        ``account_inactive`` and ``account_state_unknown``, and one ``account_words_unknown`` that counts the words.

    Raises
    ------
    OptionError
        If ``inactive`` has a value that it cannot have.

    See Also
    --------
    passage_kit.apply_mapping : Read the state of the accounts from one column or several.
    passage_kit.merge_duplicates : Merge the rows of each person, the next step.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> emails = ["anna@example.org", "ben@example.org", "cleo@example.org"]
    >>> users = users_frame({"email": emails, "account_state": ["active", "deleted", "A"]})
    >>> kept, findings = judge_accounts(users, inactive="reject")
    >>> kept["email"].tolist()
    ['anna@example.org', 'cleo@example.org']
    >>> findings[["source_row", "code", "effect"]]
       source_row                   code    effect
    0           2       account_inactive  rejected
    1           3  account_state_unknown   warning
    2        <NA>  account_words_unknown   warning
    """
    if inactive not in get_args(Inactive):
        raise OptionError(
            f"Accounts cannot be judged: found inactive={inactive!r}, expected one of {', '.join(get_args(Inactive))}."
        )
    users = given_frame(users, text=[ACCOUNT_STATE])
    if ACCOUNT_STATE not in users:
        return users, no_findings()
    says = what_they_say(arrow(users[ACCOUNT_STATE]))
    closed, unknown = says == INACTIVE, says == UNKNOWN
    words = users[ACCOUNT_STATE]
    effect = "rejected" if inactive == "reject" else None
    found = [
        make_findings(
            users.index[closed],
            field=ACCOUNT_STATE,
            value=words[closed],
            code="account_inactive",
            effect=effect,
            argument=pc.utf8_lower(arrow(words[closed])),
        ),
        make_findings(users.index[unknown], field=ACCOUNT_STATE, value=words[unknown], code="account_state_unknown"),
    ]
    if unknown.any():
        counts = count_words(arrow(words[unknown]))
        found.append(make_findings([None], field=ACCOUNT_STATE, code="account_words_unknown", argument=[counts]))
    going = filter_rows(users, ~closed) if effect and closed.any() else users
    return going, collect_findings(found)


def words_not_known(findings: pd.DataFrame) -> str:
    """Count the words for states that are not known, as :func:`passage_kit.translations.told_text` can say them.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> _, findings = judge_accounts(users_frame({"account_state": ["active", "A", "A"]}))
    >>> words_not_known(findings)
    "'A' in 2 rows"
    """
    unknown = findings["code"].eq("account_state_unknown").to_numpy(dtype=bool, na_value=False)
    return count_words(arrow(findings["value"][unknown]))

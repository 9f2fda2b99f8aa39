"""The two identifiers of a user, email and phone, in their normal form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from passage_kit.columns.given_frame import given_frame
from passage_kit.columns.parallel import together
from passage_kit.columns.users_frame import EMAIL, HELPERS, IDENTIFIERS, PHONE, REGION, SOURCE_ROW, without_rows
from passage_kit.errors import MappingError
from passage_kit.findings.findings import collect_findings
from passage_kit.identifiers.email_columns import Judged
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.phones.lost_plus import LostPlus, PlusEvidence
from passage_kit.identifiers.phones.phones import normalize_phones


@dataclass(frozen=True, slots=True)
class IdentifierEvidence:
    """What the whole list shows of its emails and phones, for a part of it.

    Parameters
    ----------
    crowds : mapping of str to int
        Addresses that crowd the column, with their rows.
    plus : PlusEvidence
        Evidence on the digits that may have lost their plus.
    """

    crowds: Mapping[str, int] = field(default_factory=dict)
    plus: PlusEvidence = field(default_factory=PlusEvidence)


def normalize_identifiers(
    users: pd.DataFrame,
    *,
    default_region: str | None = None,
    lost_plus: LostPlus = None,
    allow_special_use: bool = False,
    strict: bool = False,
    fast_paths: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize the emails and phones of users, and withhold unusable ones but keep their rows.

    A row whose identifiers are both withheld stays until :func:`passage_kit.validate_users` rejects it. The
    email-validator library judges emails, and the phonenumbers library phones. Neither uses the network.

    Parameters
    ----------
    users : pandas.DataFrame
        Users frame with ``email``, ``phone`` or both, as text. The column ``region``, if present, has the country of
        each row's phone.
    default_region : str, optional
        ISO code or name of the country for phones without ``+`` in rows without ``region``. Default: withhold them.
    lost_plus : bool or "likely", optional
        Whether digits without ``+`` lost it: True reads them with a ``+`` where that makes a valid number, False reads
        them in the country of their row. "likely" says that the system writes phones so, and holds unless numbers that
        are valid at home only contradict it. Default: as the numbers of the column show.
    allow_special_use : bool, default False
        Accept emails at special-use domains (``.test``, ``.local``, ...), for a rehearsal.
    strict : bool, default False
        Reject a row with an unusable identifier instead of withholding the value.
    fast_paths : bool, default True
        Judge plain emails and phones by whole columns. If False, judge every distinct cell by itself, which is slower
        and gives the same result.

    Returns
    -------
    users : pandas.DataFrame
        A new frame with the same columns and, unless ``strict``, the same rows; emails in lower case with an ASCII
        domain, phones in E.164. Normalizing it again changes nothing.
    findings : pandas.DataFrame
        Findings on emails, then on phones, as :func:`passage_kit.identifiers.emails.normalize_emails` and
        :func:`passage_kit.identifiers.phones.phones.normalize_phones` give them.

    Raises
    ------
    MappingError
        If the frame has neither ``email`` nor ``phone``.
    OptionError
        If ``default_region`` is not a country that has phones.

    See Also
    --------
    passage_kit.merge_duplicates : Merge the rows of each person, by the normal forms.
    passage_kit.validate_users : Check the normalized users.
    passage_kit.describe_findings : Explain findings in words.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> raw = users_frame({
    ...     "email": ["Anna@Example.org", "bob@example.org", "carl@"],
    ...     "phone": ["(201) 555-0123", "", "+44 7400 123456"],
    ... })
    >>> users, findings = normalize_identifiers(raw, default_region="US")
    >>> users
                           email          phone
    source_row
    1           anna@example.org   +12015550123
    2            bob@example.org           <NA>
    3                       <NA>  +447400123456
    >>> findings[["source_row", "field", "code", "effect"]]
       source_row  field              code    effect
    0           1  email  email_normalized   changed
    1           3  email     email_invalid  withheld
    2           1  phone  phone_normalized   changed
    3           3  phone  phone_normalized   changed
    """
    return normalize_part(
        users,
        default_region=default_region,
        lost_plus=lost_plus,
        allow_special_use=allow_special_use,
        strict=strict,
        fast_paths=fast_paths,
        evidence=None,
    )


def normalize_part(
    users: pd.DataFrame,
    *,
    default_region: str | None,
    lost_plus: LostPlus,
    allow_special_use: bool,
    strict: bool,
    fast_paths: bool,
    evidence: IdentifierEvidence | None,
    judged: Judged | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Normalize a part of a list as :func:`normalize_identifiers` does, by the evidence of the whole list.

    Findings on the whole column count the numbers of this part. Verdicts on its emails (``judged``) are taken as given.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> part = users_frame({"email": ["info@example.org"]})
    >>> users, findings = normalize_part(part, default_region=None, lost_plus=None, allow_special_use=False,
    ...                                  strict=False, fast_paths=True,
    ...                                  evidence=IdentifierEvidence({"info@example.org": 2_500}))
    >>> findings[["code", "argument"]]
                    code argument
    0  email_placeholder     2500
    """
    users = given_frame(users, text=[*IDENTIFIERS, *HELPERS])
    present = [name for name in IDENTIFIERS if name in users]
    if not present:
        raise MappingError(
            f"The users have no identifier: found the columns {list(users.columns)}, expected email, phone or both. "
            "Map a column to one of them with apply_mapping."
        )
    normalize: dict[str, Callable[[], tuple[pd.Series[Any], pd.DataFrame]]] = {
        EMAIL: lambda: normalize_emails(
            users[EMAIL],
            allow_special_use=allow_special_use,
            strict=strict,
            fast_paths=fast_paths,
            crowds=None if evidence is None else evidence.crowds,
            judged=judged,
        ),
        PHONE: lambda: normalize_phones(
            users[PHONE],
            region=users.get(REGION),
            default_region=default_region,
            strict=strict,
            fast_paths=fast_paths,
            evidence=None if evidence is None else evidence.plus,
            lost_plus=lost_plus,
        ),
    }
    results = together(*(normalize[name] for name in present), rows=len(users))
    columns = {name: column for name, (column, _) in zip(present, results, strict=True)}
    said = collect_findings(findings for _, findings in results)
    rejected = said.loc[said["effect"] == "rejected", SOURCE_ROW]
    return without_rows(users.assign(**columns), rejected), said

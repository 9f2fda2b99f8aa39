"""Emails in one normal form. A cell that is not exactly one address is withheld, with a finding.

The email-validator library judges the syntax: the domain alone where the rest of a cell is plain
(module ``email_columns``), else each distinct cell (module ``email_cells``). The kit adds checks
beyond the syntax: placeholders, and addresses that may not reach anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from passage_kit.columns.fingerprints import fingerprints, first_rows, may_repeat
from passage_kit.columns.parallel import in_pieces
from passage_kit.columns.spool import partitions_of, put_column_aside
from passage_kit.columns.text_parts import take_rows
from passage_kit.columns.users_frame import (
    arrow,
    as_text,
    bytes_of,
    holds,
    mask_of,
    matches,
    one_chunk,
    series,
    words_of,
)
from passage_kit.findings.findings import findings_in_parts, make_findings
from passage_kit.identifiers.email_columns import Judged, findings_at, judge_column

CROWDED_ROWS = 20  # an address on as many rows of a column belongs to no single user

# Addresses that nobody reads, and the fakes that forms are filled with. In doubt it is a person's own.
_UNREAD = """
    no[-_.]?reply do[-_.]?not[-_.]?reply dont[-_.]?reply nicht[-_.]?antworten ne[-_.]?pas[-_.]?repondre
    no[-_.]?responder nao[-_.]?responda mailer-daemon
"""
_FAKE_TWICE = "test none na null noemail no-email nomail no-mail asdf asd qwerty unknown nobody fake"
_FAKE_COM = "a@a x@x aa@aa xx@xx xxx@xxx abc@abc foo@bar email@email no@email none@email noemail@email"
_PLACEHOLDERS = [_UNREAD.split(), [f"{word}@{word}" for word in _FAKE_TWICE.split()], _FAKE_COM.split()]
PLACEHOLDER = r"^(?:(?:{})(?:[-_.]?[0-9]+)?(?:\+[^@]*)?@|(?:{})\.|(?:{})\.com$)".format(*map("|".join, _PLACEHOLDERS))
GUEST = "#ext#@"  # in the sign-in name of a guest in Microsoft Entra ID, which looks like an address
_HOME = r"^([^@]+)_([^_@]+)#ext#@.*"  # the guest's address is before it, with the last underscore for its @
PLACEHOLDER_BEGINNINGS = {word[:2] for words in _PLACEHOLDERS for word in words}
QUOTES = "'`´"  # those that an address may begin with

# Popular domains whose name has five letters or more: around a shorter one, half of the alphabet is somebody's domain.
_POPULAR = """
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.com.br
    yahoo.com.mx yahoo.co.in yahoo.co.jp hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es
    outlook.com outlook.fr outlook.de outlook.es icloud.com proton.me protonmail.com fastmail.com rocketmail.com
    comcast.net verizon.net sbcglobal.net bellsouth.net charter.net earthlink.net optonline.net
    btinternet.com virginmedia.com ntlworld.com talktalk.net blueyonder.co.uk bigpond.com
    t-online.de freenet.de orange.fr wanadoo.fr laposte.net libero.it virgilio.it tiscali.it bluewin.ch
    yandex.ru yandex.com rambler.ru rediffmail.com hanmail.net
"""
POPULAR_DOMAINS = tuple(_POPULAR.split())
_MASKED = "**"  # of an address that the export does not show whole
# One slip away from a popular domain, and real.
_NOT_SLIPPED = {"ymail.com", "email.com", "fmail.com", "mail.com", "hotmail.co", "cloud.com", "libera.it"}
KNOWN_DOMAINS = _NOT_SLIPPED.union(POPULAR_DOMAINS)


def normalize_emails(
    column: pd.Series[Any],
    *,
    allow_special_use: bool = False,
    strict: bool = False,
    fast_paths: bool = True,
    crowds: Mapping[str, int] | None = None,
    judged: Judged | None = None,
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Normalize a column of emails; a value that is not exactly one usable address becomes null.

    An address is trimmed, taken out of ``mailto:``, quotes, ``Ann <ann@x.org>`` and trailing ``,;.``, and written in
    lower case with its domain in ASCII (``xn--...``), as mail systems use it. Its syntax is judged by the
    email-validator library, without asking the network.

    Parameters
    ----------
    column : pandas.Series
        Text, indexed by ``source_row``; its name is the field of the findings.
    allow_special_use : bool, default False
        Accept the domains of the library's list of special-use names (``.test``, ``.local``, ...), for a rehearsal.
    strict : bool, default False
        Give the findings of unusable values the effect ``rejected`` instead of ``withheld``. The caller leaves out
        their rows.
    fast_paths : bool, default True
        Judge only the domain of a plain address, and look for rare patterns only where the first bytes allow them. If
        False, judge every distinct cell by itself, which is slower and gives the same result.
    crowds : mapping of str to int, optional
        Addresses that stand on ``CROWDED_ROWS`` rows or more of the whole column, with their rows, if this is a part of
        it: see :func:`count_addresses`. Default: as these cells show.
    judged : Judged, optional
        The verdicts on the column, if :func:`judge_emails` gave them already.

    Returns
    -------
    column : pandas.Series
        Normal forms and nulls, same index and name. Normalizing them again changes nothing.
    findings : pandas.DataFrame
        In the order of the rows. Withheld: ``email_invalid``, ``email_multiple``, ``email_placeholder`` (a word or an
        address that stands for "none" or is masked, as ``a***@example.org`` is, or one that stands on ``CROWDED_ROWS``
        rows or more), ``email_guest_login``
        (the sign-in name of a guest, with ``#EXT#`` in it; its argument is the address probably meant). Changed:
        ``email_normalized``, its argument is the normal form. Warnings: ``email_domain_typo``, its argument is the
        domain probably meant, ``email_non_ascii`` and ``email_leading_quote``. A blank has none.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["Ann <Ann@Example.org>", "bob@example.org", "carl@"]})
    >>> emails, findings = normalize_emails(users["email"])
    >>> emails.to_list()
    ['ann@example.org', 'bob@example.org', <NA>]
    >>> findings[["source_row", "code", "effect"]]
       source_row              code    effect
    0           1  email_normalized   changed
    1           3     email_invalid  withheld
    """
    if judged is None:
        judged = judge_emails(column, allow_special_use=allow_special_use, fast_paths=fast_paths)
    forms, guests = _withhold_guests(judged.forms)
    rows = _rows_of_crowds(forms, fast_paths) if crowds is None else _rows_as_counted(forms, crowds)
    forms, suspicious = _withhold_placeholders(forms, rows, fast_paths)
    del rows
    kept = Judged(forms, judged.domains, pa.concat_tables([judged.unusable, guests, suspicious]))
    findings = findings_in_parts(_findings(column, kept, fast_paths))
    if strict:
        findings["effect"] = findings["effect"].replace("withheld", "rejected")
    return series(forms, column), findings


def _findings(column: pd.Series[Any], judged: Judged, fast_paths: bool) -> Iterator[pd.DataFrame]:
    """Give the findings of each partition in the order of the rows, with those that were made already."""
    meant, unusable = _meant_domains(judged.domains.dictionary.to_pylist()), judged.unusable.sort_by("at")
    bounds = np.searchsorted(unusable["at"].to_numpy(), [*partitions_of(len(column)), len(column)])
    for place, start in enumerate(starts := partitions_of(len(column))):
        values, forms = (texts.slice(start, starts.step) for texts in (arrow(column), judged.forms))
        some = unusable.slice(bounds[place], bounds[place + 1] - bounds[place])
        some = some.set_column(0, "at", pc.subtract(some["at"], start))
        changed = mask_of(pc.not_equal(forms, values))
        normalized = findings_at(np.flatnonzero(changed), "email_normalized", forms.filter(pa.array(changed)))
        warnings = _warnings(forms, judged.domains.indices.slice(start, starts.step), meant, fast_paths)
        said = pa.concat_tables([some, normalized, *warnings]).sort_by("at")
        yield make_findings(
            column.index.to_numpy()[start + said["at"].to_numpy()],
            field=str(column.name),
            value=take_rows(values, said["at"].combine_chunks()),
            code=said["code"],
            argument=said["argument"],
        )


def judge_emails(column: pd.Series[Any], *, allow_special_use: bool = False, fast_paths: bool = True) -> Judged:
    """Judge a column of emails, for :func:`count_addresses` and :func:`normalize_emails`.

    Parameters
    ----------
    column, allow_special_use, fast_paths
        As for :func:`normalize_emails`.
    """
    return judge_column(arrow(column), allow_special_use=allow_special_use, fast_paths=fast_paths)


def count_addresses(judged: Judged) -> tuple[pa.Array, pa.Array]:
    """Count the rows of each address in a part of a column, by the normal forms.

    Parameters
    ----------
    judged : Judged
        The verdicts on the part.

    Returns
    -------
    addresses, rows : pyarrow.Array
        Distinct texts, and int64.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["Ann@Example.org", "ann@example.org", "bo@"]})
    >>> [counted.to_pylist() for counted in count_addresses(judge_emails(users["email"]))]
    [['ann@example.org'], [2]]
    """
    forms, _ = _withhold_guests(judged.forms)
    counted = pc.value_counts(forms.drop_null())
    return counted.field("values"), counted.field("counts")


def same_mailbox(column: pd.Series[Any]) -> pd.Series[Any]:
    """Give each email the key that it shares with the other spellings of its mailbox.

    A ``+tag`` is left out; at Gmail, dots as well, and ``googlemail.com`` is ``gmail.com``. Other services may treat a
    ``+`` as any other letter, so an equal key is a reason to look, never one to merge.

    Parameters
    ----------
    column : pandas.Series
        Emails in normal form.

    Returns
    -------
    pandas.Series
        Text, null where the email is null; same index and name.

    Examples
    --------
    >>> from passage_kit.columns.users_frame import users_frame
    >>> users = users_frame({"email": ["a.b+x@googlemail.com", "a.b+x@example.org", None]})
    >>> same_mailbox(users["email"]).to_list()
    ['ab@gmail.com', 'a.b@example.org', <NA>]
    """
    emails = arrow(column)
    emails = _rewrite(emails, pc.match_substring(emails, "+"), r"^([^+@]+)\+[^@]*@", r"\1@")
    at_gmail = pc.match_substring_regex(emails, r"@(?:gmail|googlemail)\.com$")
    emails = _rewrite(emails, at_gmail, r"\.|@.*", "")
    return series(_rewrite(emails, at_gmail, "$", "@gmail.com"), column)


def _rewrite(values: pa.ChunkedArray, which: pa.ChunkedArray, pattern: str, replacement: str) -> pa.ChunkedArray:
    """Replace a pattern in some of the values."""
    rewritten = pc.replace_substring_regex(values.filter(which), pattern, replacement)
    return pc.replace_with_mask(values, pa.array(mask_of(which)), one_chunk(rewritten))


def _withhold_guests(forms: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.Table]:
    """Leave out the sign-in names of guests, with the address that each was made of."""
    guests = holds(forms, GUEST)
    if not guests.any():
        return forms, findings_at(np.flatnonzero(guests), "email_guest_login")
    meant = pc.replace_substring_regex(forms.filter(pa.array(guests)), _HOME, r"\1@\2")
    meant = pc.if_else(pc.match_substring(meant, GUEST), pa.scalar(None, pa.string()), meant)
    kept = put_column_aside(pc.if_else(pa.array(~guests), forms, None))
    return kept, findings_at(np.flatnonzero(guests), "email_guest_login", meant)


def _withhold_placeholders(
    forms: pa.ChunkedArray, rows: npt.NDArray[np.int64], fast_paths: bool
) -> tuple[pa.ChunkedArray, pa.Table]:
    """Leave out the addresses that stand for "none" and those that crowd the column, on so many rows."""
    crowded = rows > 0
    beginnings = PLACEHOLDER_BEGINNINGS if fast_paths else None
    placeholder = crowded | matches_where_it_begins(forms, PLACEHOLDER, beginnings=beginnings) | holds(forms, _MASKED)
    counts = pc.if_else(pa.array(crowded[placeholder]), as_text(rows[placeholder]), None)
    kept = put_column_aside(pc.if_else(pa.array(~placeholder), forms, None))
    return kept, findings_at(np.flatnonzero(placeholder), "email_placeholder", counts)


def _rows_of_crowds(forms: pa.ChunkedArray, fast_paths: bool) -> npt.NDArray[np.int64]:
    """Count the rows of each address; 0 if there are fewer than ``CROWDED_ROWS``."""
    may_be = mask_of(forms.is_valid())
    if fast_paths:
        may_be &= may_repeat(fingerprints(forms), CROWDED_ROWS)
    which = first_rows(forms.filter(pa.array(may_be)))
    count = np.bincount(which)[which]
    rows = np.zeros(len(forms), dtype=np.int64)
    rows[may_be] = np.where(count >= CROWDED_ROWS, count, 0)
    return rows


def _rows_as_counted(forms: pa.ChunkedArray, crowds: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """Give the rows of each address in the whole column; 0 if it is none of the crowds."""
    at = pc.index_in(forms, value_set=pa.array(list(crowds), pa.string()), skip_nulls=True)
    counts = np.array([*crowds.values(), 0], dtype=np.int64)
    rows: npt.NDArray[np.int64] = counts[pc.fill_null(at, len(crowds)).to_numpy()]
    return rows


def _warnings(forms: pa.ChunkedArray, domains: pa.Array, meant: pa.Array, fast_paths: bool) -> tuple[pa.Table, ...]:
    """Make the findings on kept addresses that may not reach anybody, by what each domain probably means."""
    kept = np.flatnonzero(mask_of(forms.is_valid()))
    of_kept = np.asarray(domains.fill_null(0))[kept]
    slips = mask_of(meant.is_valid())[of_kept]
    non_ascii = np.flatnonzero(_is_non_ascii(forms))
    beginnings = QUOTES if fast_paths else None
    quoted = np.flatnonzero(matches_where_it_begins(forms, f"^[{QUOTES}]", beginnings=beginnings))
    return (
        findings_at(kept[slips], "email_domain_typo", meant.take(pa.array(of_kept[slips]))),
        findings_at(non_ascii, "email_non_ascii"),
        findings_at(quoted, "email_leading_quote"),
    )


def matches_where_it_begins(
    values: pa.ChunkedArray, pattern: str, *, beginnings: Collection[str] | None
) -> npt.NDArray[np.bool_]:
    """Mark the texts that match a pattern; look only at those that begin with a character it can begin with."""
    if beginnings is None:
        return matches(values, pattern)
    begins = np.zeros(1 << 16, dtype=bool)  # by the first two bytes
    for text in beginnings:
        first = text.encode()[:2]
        begins[first[0] + 256 * (first[1] if len(first) > 1 else np.arange(256))] = True
    found = np.concatenate([np.zeros(0, dtype=bool), *in_pieces(values, lambda piece: begins[_beginnings(piece)])])
    some = np.flatnonzero(found)
    found[some] = matches(take_rows(values, pa.array(some)), pattern)
    return found


def _beginnings(texts: pa.Array) -> npt.NDArray[np.uint16]:
    """Read the first two bytes of each text as one number, which is arbitrary for shorter texts."""
    data, starts = bytes_of(texts)
    pairs: npt.NDArray[np.uint16] = words_of(data, "<u2")[starts[:-1]]
    return pairs


def _is_non_ascii(values: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    if all(in_pieces(values, lambda piece: bytes_of(piece)[0].max(initial=0) < 128)):
        return np.zeros(len(values), dtype=bool)
    return mask_of(pc.invert(pc.string_is_ascii(values)))


def _meant_domains(domains: Sequence[str]) -> pa.Array:
    """Find the popular domain one slip (a letter more, less, other, or two swapped) away from each, or null.

    Other top-level domains of the same name (``yahoo.dk`` beside ``yahoo.de``) are other countries; only near
    ``.com`` they are slips.
    """
    slips = cdist(domains, POPULAR_DOMAINS, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8) == 1
    meant: list[str | None] = [None] * len(domains)
    for at, near in np.argwhere(slips)[::-1]:  # the most popular one comes last and wins
        domain, popular = domains[at], POPULAR_DOMAINS[near]
        same_name = domain.partition(".")[0] == popular.partition(".")[0]
        if domain not in KNOWN_DOMAINS and (popular.endswith(".com") or not same_name):
            meant[at] = popular
    return pa.array(meant, pa.string())

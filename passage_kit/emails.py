"""Emails in one normal form: what can be read as one address is kept, everything else is withheld and said.

Most addresses of an export are plain already. One regular expression over the whole column accepts those that the
email-validator library certainly accepts unchanged; only the others are unwrapped and shown to the library, once per
distinct value, with its verdict on each domain remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import email_validator
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from email_validator import EmailNotValidError, EmailSyntaxError, ValidatedEmail, validate_email
from email_validator.rfc_constants import ATEXT, DOT_ATOM_TEXT, EMAIL_MAX_LENGTH
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from passage_kit.findings import make_findings
from passage_kit.frames import arrow, mask_of, per_distinct, series
from passage_kit.placeholders import says_nothing

CROWDED_ROWS = 20  # an address on as many rows of a column belongs to no single user

# Never part of an address, wherever they stand: soft hyphen, zero-width space, word joiner, byte order mark and the
# marks that turn the direction of writing.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Every Unicode space, and the joiners, which are letters' business inside an address and nobody's at its ends.
_SPACES = (
    "".join(map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, 0x180E, *range(0x2000, 0x200E))))
    + "\u2028\u2029\u202f\u205f\u3000"
)
_QUOTES = "\"'`´‘’‚‛“”„‟‹›«»"
_TRAILING = ",;."
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_ADDRESS_LIKE = re.compile(r"\S@\S")
_LONGEST_CELL = 5_000  # beyond, something else went wrong: an unclosed quote in a CSV file, say

_BETWEEN_SEGMENTS = re.compile(r"[,;\t\r\n]+")
_BETWEEN_WORDS = re.compile(r"[\s/|<>]+")
_CONNECTING_WORDS = {"or", "and"}

# Letters and digits of a whole cell that says "no address", besides the words that say so of anything.
_NO_ADDRESS = """
    noemail nomail noaddress noemailaddress noemailprovided noemailavailable noreply keinemail keineemail
    aucunemail pasdemail sansemail sincorreo sinemail nessunaemail sememail geenemail ingenmail ingenepost нетпочты
"""
_NO_ADDRESS_WORDS = frozenset(_NO_ADDRESS.split())
# Addresses that nobody reads, and the fakes that forms are filled with. In doubt it is a person's own.
_UNREAD = (
    "(?:no|do[-_.]?not|dont)[-_.]?reply|nicht[-_.]?antworten|ne[-_.]?pas[-_.]?repondre|no[-_.]?responder"
    "|nao[-_.]?responda|mailer-daemon"
)
_FAKE_TWICE = "test none na null noemail no-email nomail no-mail asdf asd qwerty unknown nobody fake"
_FAKE_COM = "a@a x@x aa@aa xx@xx xxx@xxx abc@abc foo@bar email@email no@email none@email noemail@email"
_PLACEHOLDER = (
    rf"^(?:(?:{_UNREAD})(?:[-_.]?[0-9]+)?(?:\+[^@]*)?@"
    rf"|(?:{'|'.join(f'{word}@{word}' for word in _FAKE_TWICE.split())})\."
    rf"|(?:{'|'.join(_FAKE_COM.split())})\.com$)"
)

# What the library gives back as it is: its own characters of a dot-atom, but no capitals.
_ATOM = f"[{ATEXT.replace('A-Z', '')}]+"
_LABEL = "[a-z0-9]+(?:-[a-z0-9]+)*"
_PLAIN = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z]+$"

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
_POPULAR_DOMAINS = tuple(_POPULAR.split())
# One slip away from a popular domain, and real.
_NOT_SLIPPED = {"ymail.com", "email.com", "fmail.com", "mail.com", "hotmail.co", "cloud.com", "libera.it"}
_KNOWN_DOMAINS = _NOT_SLIPPED.union(_POPULAR_DOMAINS)


def normalize_emails(
    column: pd.Series[Any], *, allow_special_use: bool = False, strict: bool = False
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
        Accept the domains of the library's list of special-use names (``.test``, ``.local``, ...), to rehearse.
    strict : bool, default False
        Give the findings of unusable values the effect ``rejected`` instead of ``withheld``; leaving out their rows
        is the caller's part.

    Returns
    -------
    column : pandas.Series
        Normal forms and nulls, same index and name. Normalizing them again changes nothing.
    findings : pandas.DataFrame
        In the order of the rows. Withheld: ``email_invalid``, ``email_multiple``, ``email_placeholder`` (a word or an
        address that stands for "none", or one that stands on ``CROWDED_ROWS`` rows or more). Changed:
        ``email_normalized``, its detail is the normal form. Warnings: ``email_domain_typo``, its detail is the domain
        probably meant, ``email_non_ascii`` and ``email_leading_quote``. A blank has none.

    Examples
    --------
    >>> from passage_kit.frames import users_frame
    >>> users = users_frame({"email": ["Ann <Ann@Example.org>", "bob@example.org", "carl@"]})
    >>> emails, findings = normalize_emails(users["email"])
    >>> emails.to_list()
    ['ann@example.org', 'bob@example.org', <NA>]
    >>> findings[["source_row", "code", "effect"]]
       source_row              code    effect
    0           1  email_normalized   changed
    1           3     email_invalid  withheld
    """
    values = arrow(column)
    forms, unusable = _normal_forms(values, allow_special_use)
    forms, placeholders = _withhold_placeholders(forms)
    changed = np.flatnonzero(mask_of(pc.not_equal(forms, values)))
    said = pa.concat_tables(
        [unusable, placeholders, _said(changed, "email_normalized", forms.take(pa.array(changed))), *_warnings(forms)]
    ).sort_by("at")
    findings = make_findings(
        column.index.to_numpy()[said["at"].to_numpy()],
        field=str(column.name),
        value=values.take(said["at"]),
        code=said["code"],
        detail=said["detail"],
    )
    if strict:
        findings["effect"] = findings["effect"].replace("withheld", "rejected")
    return series(forms, column), findings


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
    >>> from passage_kit.frames import users_frame
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
    return pc.replace_with_mask(values, pa.array(mask_of(which)), _one_chunk(rewritten))


def _said(at: np.ndarray[Any, Any], code: Any, detail: Any = None) -> pa.Table:
    """Findings on the values at the positions ``at``."""
    columns = [
        pa.repeat(pa.scalar(words, pa.string()), len(at)) if words is None or isinstance(words, str) else words
        for words in (code, detail)
    ]
    return pa.table([pa.array(at, pa.int64()), *columns], names=["at", "code", "detail"])


def _normal_forms(values: pa.ChunkedArray, allow_special_use: bool) -> tuple[pa.ChunkedArray, pa.Table]:
    """Normal form of every value, null where there is none, and the findings on what is unusable."""
    trimmed = pc.ascii_lower(pc.utf8_trim_whitespace(values))
    hard = mask_of(values.is_valid()) & ~_is_plain(trimmed, allow_special_use)
    at = np.flatnonzero(hard)
    cells = pd.Series(pd.arrays.ArrowExtensionArray(values.take(pa.array(at))))
    verdicts = per_distinct(cells, lambda distinct: _judge_cells(distinct, allow_special_use)).combine_chunks()
    forms = pc.replace_with_mask(trimmed, pa.array(hard), _one_chunk(verdicts["form"]))
    bad = verdicts["code"].is_valid()
    return forms, _said(at[mask_of(bad)], verdicts["code"].filter(bad), verdicts["detail"].filter(bad))


def _one_chunk(values: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(values.chunks or [pa.array([], values.type)])


def _is_plain(values: pa.ChunkedArray, allow_special_use: bool) -> np.ndarray[Any, Any]:
    """True where the library certainly accepts a value and gives it back as it is; False says nothing.

    Lower-case dot-atoms before the @, labels of letters, digits and single hyphens after it, at most 65 characters in
    all, so that no limit of a length can bite, and no special-use domain.
    """
    plain = mask_of(pc.match_substring_regex(values, _PLAIN)) & mask_of(pc.less_equal(pc.binary_length(values), 65))
    if not allow_special_use:
        names = "|".join(map(re.escape, email_validator.SPECIAL_USE_DOMAIN_NAMES))
        plain &= ~mask_of(pc.match_substring_regex(values, f"[.@](?:{names})$"))
    return plain


def _judge_cells(cells: Sequence[str], allow_special_use: bool) -> pa.Table:
    """Normal form of each cell, or the code and the detail of what is wrong with it; a blank has neither."""
    library = _Library(allow_special_use)
    verdicts = [_judge_cell(cell, library) for cell in cells]
    columns = zip(*verdicts, strict=True) if verdicts else [[], [], []]
    return pa.table([pa.array(words, pa.string()) for words in columns], names=["form", "code", "detail"])


def _judge_cell(cell: str, library: _Library) -> tuple[str | None, str | None, str | None]:
    seen = _INVISIBLE.sub("", cell).strip(_SPACES)
    if not seen:
        return None, None, None
    if len(seen) > _LONGEST_CELL:
        return None, "email_invalid", f"{len(seen)} characters"
    value = _unwrap(seen)
    if "@" not in value:
        letters = "".join(filter(str.isalnum, value.casefold()))
        if says_nothing(value) or letters in _NO_ADDRESS_WORDS:
            return None, "email_placeholder", None
        return None, "email_invalid", "no @-sign"
    try:
        return library.normal_form(value), None, None
    except EmailNotValidError as error:
        several = _judge_several(value, library) if value.count("@") > 1 else None
        return several or (None, "email_invalid", str(error))


def _judge_several(value: str, library: _Library) -> tuple[str | None, str | None, str | None] | None:
    """Verdict on a cell that holds several addresses; None if it does not.

    One address several times over is that address, but only if nothing else stands in the cell.
    """
    parts = list(_parts(value, library))
    forms = {form for _, form in parts}
    addresses = sum(_ADDRESS_LIKE.search(part) is not None for part, _ in parts)
    if addresses < 2 or forms == {None}:
        return None
    if len(forms) == 1:
        return forms.pop(), None, None
    return None, "email_multiple", f"{addresses} addresses"


def _parts(value: str, library: _Library) -> Iterator[tuple[str, str | None]]:
    """Split a cell into what may be addresses, each with its normal form if it is one.

    Words are taken apart only where a segment is no address, since ``|`` and ``/`` may be part of one.
    """
    for cut in _BETWEEN_SEGMENTS.split(value):
        segment = _unwrap(cut).strip(_QUOTES)
        form = library.find(segment)
        if form is not None:
            yield segment, form
            continue
        for word in filter(None, _BETWEEN_WORDS.split(segment)):
            if word.lower() not in _CONNECTING_WORDS:
                part = _unwrap(word).strip(_QUOTES)
                yield part, library.find(part)


def _unwrap(value: str) -> str:
    """Take an address out of whatever is wrapped around it, layer by layer."""
    while (inner := _unwrap_once(value)) != value:
        value = inner
    return value


def _unwrap_once(value: str) -> str:
    value = value.strip(_SPACES).rstrip(_TRAILING)
    if value[:7].lower() == "mailto:":
        value = value[7:].partition("?")[0]
        return value if "@" in value else value.replace("%40", "@")
    if len(value) > 1 and value[0] in _QUOTES and value[-1] in _QUOTES:
        return value[1:-1]
    named = _NAMED.fullmatch(value)
    # A name that is an address, too, makes two of them.
    return named[2] if named and not _ADDRESS_LIKE.search(named[1]) else value


class _Library:
    """The email-validator library, with its verdict on each domain remembered."""

    def __init__(self, allow_special_use: bool) -> None:
        self._allow_special_use = allow_special_use
        self._domains: dict[str, tuple[str, int] | str] = {}

    def find(self, address: str) -> str | None:
        """Give the normal form of an address, or None."""
        try:
            return self.normal_form(address)
        except EmailNotValidError:
            return None

    def normal_form(self, address: str) -> str:
        """Give the normal form of an address: lower case, ASCII domain.

        Raises
        ------
        EmailNotValidError
            If the library does not accept the address, or its lower-case form.
        """
        form = self._lower(address)
        while form != address and not form.isascii():
            address, form = form, self._lower(form)  # a change of case may call for Unicode's normal form again
        return form

    def _lower(self, address: str) -> str:
        if len(address) > EMAIL_MAX_LENGTH:  # the library counts bytes, which are no fewer
            raise EmailSyntaxError("The email address is too long.")
        if address.count("@") != 1:  # it takes quotes to have another one, and those are not allowed
            raise EmailSyntaxError("An email address has exactly one @-sign.")
        local, _, domain = address.partition("@")
        if not DOT_ATOM_TEXT.match(local):
            validated = self._validate(address)
            return f"{validated.local_part.lower()}@{validated.ascii_domain}"
        ascii_domain, longest = self._domain(domain)
        if len(local) + 1 + longest > EMAIL_MAX_LENGTH:
            raise EmailSyntaxError("The email address is too long.")
        return f"{local.lower()}@{ascii_domain}"

    def _domain(self, domain: str) -> tuple[str, int]:
        """ASCII form of a domain and the bytes of its longest form, found by way of the shortest address there."""
        if domain not in self._domains:
            try:
                found = self._validate(f"a@{domain}")
            except EmailNotValidError as error:
                self._domains[domain] = str(error)
            else:
                longest = max(len(form.encode()) for form in (domain, found.domain, found.ascii_domain))
                self._domains[domain] = found.ascii_domain, longest
        verdict = self._domains[domain]
        if isinstance(verdict, str):
            raise EmailSyntaxError(verdict)
        return verdict

    def _validate(self, address: str) -> ValidatedEmail:
        name = self._special_use_name(address.lower()) if self._allow_special_use else None
        if name is None:
            return validate_email(address, check_deliverability=False)
        # The library has no switch for these names, and its list of them is shared with everybody else in the
        # program. So it judges an ordinary domain of the same shape, and the name is put back.
        before = address[: -len(name)]
        validated = validate_email(before + re.sub(r"[^.]", "x", name), check_deliverability=False)
        validated.domain = validated.domain[: -len(name)] + name
        validated.ascii_domain = validated.ascii_domain[: -len(name)] + name
        return validated

    def _special_use_name(self, address: str) -> str | None:
        names = email_validator.SPECIAL_USE_DOMAIN_NAMES
        return next((name for name in names if address.endswith(f".{name}")), None)


def _withhold_placeholders(forms: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.Table]:
    """Leave out the addresses that stand for "none" and those that crowd the column."""
    encoded = pc.dictionary_encode(forms).combine_chunks()
    addresses = mask_of(forms.is_valid())
    which = np.asarray(encoded.indices.fill_null(0))
    rows = np.bincount(which[addresses], minlength=1)[which]
    crowded = addresses & (rows >= CROWDED_ROWS)
    placeholder = crowded | mask_of(pc.match_substring_regex(forms, _PLACEHOLDER))
    counts = pc.binary_join_element_wise("on", pc.cast(pa.array(rows[placeholder]), pa.string()), "rows", " ")
    details = pc.if_else(pa.array(crowded[placeholder]), counts, None)
    kept = pc.if_else(pa.array(~placeholder), forms, None)
    return kept, _said(np.flatnonzero(placeholder), "email_placeholder", details)


def _warnings(forms: pa.ChunkedArray) -> tuple[pa.Table, ...]:
    """Findings on addresses that are kept although they may not reach anybody."""
    non_ascii = np.flatnonzero(mask_of(pc.invert(pc.string_is_ascii(forms))))
    domains = pd.Series(pd.arrays.ArrowExtensionArray(pc.list_element(pc.split_pattern(forms, "@"), 1)))
    meant = per_distinct(domains, lambda distinct: pa.table({"domain": _meant_domains(distinct)}))["domain"]
    slipped = np.flatnonzero(mask_of(meant.is_valid()))
    quoted = np.flatnonzero(mask_of(pc.match_substring_regex(forms, r"^['`´]")))
    return (
        _said(slipped, "email_domain_typo", meant.take(pa.array(slipped))),
        _said(non_ascii, "email_non_ascii"),
        _said(quoted, "email_leading_quote"),
    )


def _meant_domains(domains: Sequence[str]) -> pa.Array:
    """Popular domain that is one slip (a letter more, less, other, or two swapped) away from each, or null.

    Other top-level domains of the same name (``yahoo.dk`` beside ``yahoo.de``) are other countries; only near
    ``.com`` they are slips.
    """
    slips = cdist(domains, _POPULAR_DOMAINS, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8) == 1
    meant: list[str | None] = [None] * len(domains)
    for at, near in np.argwhere(slips)[::-1]:  # the most popular one speaks last
        domain, popular = domains[at], _POPULAR_DOMAINS[near]
        same_name = domain.partition(".")[0] == popular.partition(".")[0]
        if domain not in _KNOWN_DOMAINS and (popular.endswith(".com") or not same_name):
            meant[at] = popular
    return pa.array(meant, pa.string())

"""The judgement of one email cell: unwraps an address, splits several, and asks the library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import email_validator
from email_validator import EmailNotValidError, EmailSyntaxError, ValidatedEmail, validate_email

from passage_kit.columns.placeholders import says_nothing
from passage_kit.identifiers.address_syntax import DOT_ATOM_TEXT, EMAIL_MAX_LENGTH

# Never part of an address, wherever they stand: soft hyphen, zero-width space, word joiner, byte order mark and the
# marks that turn the direction of writing.
INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Every Unicode space, and the joiners, which belong to letters inside an address and to nothing at its ends.
SPACES = (
    "".join(map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, 0x180E, *range(0x2000, 0x200E))))
    + "\u2028\u2029\u202f\u205f\u3000"
)
QUOTES = "\"'`´‘’‚‛“”„‟‹›«»"
TRAILING = ",;."
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_ADDRESS_LIKE = re.compile(r"\S@\S")
_LONGEST_CELL = 5_000  # a longer cell has another cause, such as an unclosed quote in a CSV file

# What a plain address has before the @, in any case: it is accepted as it is, so that only the domain is judged.
PLAIN_LOCAL = DOT_ATOM_TEXT.pattern.removesuffix(r"\Z")
LINK = "mailto:"
PROXY = "smtp:"  # before each address of a mailbox in Exchange and Active Directory; in capitals before the main one

_BETWEEN_SEGMENTS = re.compile(r"[,;\t\r\n]+|:::")
_BETWEEN_WORDS = re.compile(r"[\s/|<>]+")
_CONNECTING_WORDS = {"or", "and"}
_AROUND_PROXIES = f"{SPACES}{QUOTES}{{}}[]"  # as PowerShell and JSON write a list of them
_HAS_PROXY = re.compile(rf"(?i)(?:^|[\s,;|{re.escape(_AROUND_PROXIES)}]){PROXY}")
_BETWEEN_PROXIES = re.compile(rf"[;|\n]+|[\s,;]+(?=[{QUOTES}]?\w+:)")

# Letters and digits of a whole cell that says "no address", besides the words that say so of anything.
_NO_ADDRESS = """
    noemail nomail noaddress noemailaddress noemailprovided noemailavailable noreply keinemail keineemail
    aucunemail pasdemail sansemail sincorreo sinemail nessunaemail sememail geenemail ingenmail ingenepost нетпочты
"""
_NO_ADDRESS_WORDS = frozenset(_NO_ADDRESS.split())


class EmailVerdict(NamedTuple):
    """The verdict on one cell: its normal form or None, and a finding."""

    form: str | None
    code: str | None = None
    argument: str | None = None


def judge_cell(cell: str, library: Library) -> EmailVerdict:
    """Judge one cell.

    Parameters
    ----------
    cell : str
    library : Library

    Returns
    -------
    EmailVerdict
        Normal form, or code and argument of the finding. A blank has neither.

    Examples
    --------
    >>> judge_cell("Ann <Ann@Example.org>", Library(allow_special_use=False))
    EmailVerdict(form='ann@example.org', code=None, argument=None)
    """
    seen = INVISIBLE.sub("", cell).strip(SPACES)
    if not seen:
        return EmailVerdict(None)
    if len(seen) > _LONGEST_CELL:
        return EmailVerdict(None, "email_invalid", f"{len(seen)} characters")
    value = _unwrap(seen)
    if "@" not in value:
        letters = "".join(filter(str.isalnum, value.casefold()))
        if says_nothing(value) or letters in _NO_ADDRESS_WORDS:
            return EmailVerdict(None, "email_placeholder")
        return EmailVerdict(None, "email_invalid", "no @-sign")
    if _HAS_PROXY.search(value):
        value = _main_address(value)
    try:
        return EmailVerdict(library.normal_form(value))
    except EmailNotValidError as error:
        several = _judge_several(value, library) if value.count("@") > 1 else None
        return several or EmailVerdict(None, "email_invalid", str(error))


def _main_address(value: str) -> str:
    """Take the main address out of those of a mailbox; all of them without their marks if none is the main one.

    An address without a mark may be the main one, too.

    Examples
    --------
    >>> _main_address("smtp:a.berg@example.org;SMTP:anna@example.org;SIP:anna@example.org")
    'anna@example.org'
    >>> _main_address("anna@example.org; smtp:a.berg@example.org")
    'anna@example.org;a.berg@example.org'
    """
    marked = [entry.strip(_AROUND_PROXIES).partition(":") for entry in _BETWEEN_PROXIES.split(value)]
    entries = [(mark, address.strip()) if sign else ("", mark) for mark, sign, address in marked]
    main = [address for mark, address in entries if f"{mark}:" == PROXY.upper()]
    bare = [address for mark, address in entries if not mark and "@" in address]
    every = [address for mark, address in entries if f"{mark}:".lower() == PROXY]
    return main[0] if len(main) == 1 and not bare else ";".join([*bare, *every]) or value


def _judge_several(value: str, library: Library) -> EmailVerdict | None:
    """Judge a cell that holds several addresses; None if it does not.

    One address several times over is that address, but only if nothing else stands in the cell.
    """
    parts = list(_parts(value, library))
    forms = {form for _, form in parts}
    addresses = sum(_ADDRESS_LIKE.search(part) is not None for part, _ in parts)
    if addresses < 2 or forms == {None}:
        return None
    if len(forms) == 1:
        return EmailVerdict(forms.pop())
    return EmailVerdict(None, "email_multiple", f"{addresses} addresses")


def _parts(value: str, library: Library) -> Iterator[tuple[str, str | None]]:
    """Split a cell into what may be addresses, each with its normal form if it is one.

    Words are taken apart only where a segment is no address, since ``|`` and ``/`` may be part of one.
    """
    for cut in _BETWEEN_SEGMENTS.split(value):
        segment = _unwrap(cut).strip(QUOTES)
        form = library.find(segment)
        if form is not None:
            yield segment, form
            continue
        for word in filter(None, _BETWEEN_WORDS.split(segment)):
            if word.lower() not in _CONNECTING_WORDS:
                part = _unwrap(word).strip(QUOTES)
                yield part, library.find(part)


def _unwrap(value: str) -> str:
    """Take links, names, quotes and brackets off an address, layer by layer."""
    while (inner := _unwrap_once(value)) != value:
        value = inner
    return value


def _unwrap_once(value: str) -> str:
    value = value.strip(SPACES).rstrip(TRAILING)
    if value[: len(LINK)].lower() == LINK:
        value = value[len(LINK) :].partition("?")[0]
        return value if "@" in value else value.replace("%40", "@")
    if len(value) > 1 and value[0] in QUOTES and value[-1] in QUOTES:
        return value[1:-1]
    named = _NAMED.fullmatch(value)
    # A name that is an address, too, makes two of them.
    return named[2] if named and not _ADDRESS_LIKE.search(named[1]) else value


class Library:
    """The email-validator library, with its verdict on each domain remembered.

    Parameters
    ----------
    allow_special_use : bool
        Accept the domains of its list of special-use names.
    """

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
        ascii_domain, longest = self.domain(domain)
        if len(local) + 1 + longest > EMAIL_MAX_LENGTH:
            raise EmailSyntaxError("The email address is too long.")
        return f"{local.lower()}@{ascii_domain}"

    def domain(self, domain: str) -> tuple[str, int]:
        """Give the ASCII form of a domain and the bytes of its longest form, by way of the shortest address there.

        Raises
        ------
        EmailNotValidError
            If the library accepts no address there.
        """
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

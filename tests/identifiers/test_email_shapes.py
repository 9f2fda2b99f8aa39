"""Emails by their shapes: what is said of one holds for every other, letter by letter and sign by sign."""

import random
import re
import unicodedata

import pyarrow as pa
import pytest
from email_validator import validate_email
from hostile_addresses import hostile_addresses
from long_runs import LONG, SEEDS
from test_email_columns import by_columns, differing

from passage_kit.identifiers import email_columns
from passage_kit.identifiers.email_cells import Library, judge_cell
from passage_kit.identifiers.email_shapes import LETTERS, in_lower_case, international_forms, speakers

PIECES = [
    "ann", "bo", "x" * 50, "@", "@x.org", "@y.org", ".org", ".test", "xn--bcher-kva", "mailto:", "SMTP:", " or ", " / ",
    *"()[]<>\"'\\?|/:.,;-_1 ", "--", "Jürgen", "ÉMIL", "bücher", *"ΣςßİſŉéЖё漢が한א。·Å", "か\u3099", "e\u0301",
    "\u212b", "\u200b", "\u00ad", "\u200d", "\u00a0", "ﬁ",
]  # fmt: skip
SHAPES = [
    "SMTP:{}", "SMTP:{};smtp:bo@y.org", "x:{}", "({})", "a {}", "jürgen.{}", "JÜRGEN.{}", '"{}', "{}\u200b",
    "\ufeff{}", "{}.bücher.org", "{}, bo@y.org",
    "{} / bo@y.org", "{0} {0}", "{} and bo@y.org", "[{}]", "{}_", "{}ü.local", "漢{}", "{}\u00a0;", ".{}",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("allow_special_use", [False, True])
def test_verdicts_are_those_on_each_cell(seed, allow_special_use):
    dice = random.Random(seed)  # noqa: S311
    count = 100_000 if LONG else 15_000
    soup = ["".join(dice.choices(PIECES, k=dice.randint(2, 8))) for _ in range(count)]
    shaped = [dice.choice(SHAPES).format(address) for address in hostile_addresses(count, seed)]
    at_once = [cell.replace("@", ".@", 1) for cell in shaped[:2_000]]
    assert differing(list(dict.fromkeys([*soup, *shaped, *at_once])), allow_special_use=allow_special_use) == []


def test_letters_are_those_that_the_library_takes_as_they_are():
    letters = [char for char in map(chr, range(0x80, 0xD7A4)) if re.fullmatch(f"[{LETTERS}]", char)]
    assert len(letters) > 30_000
    dice = random.Random(1)  # noqa: S311
    for letter in [*letters[:600], *dice.sample(letters, 1_000)]:
        assert unicodedata.normalize("NFC", f"a{letter}{letter}") == f"a{letter}{letter}".lower()
        assert validate_email(f"{letter}a@x.org", check_deliverability=False).local_part == f"{letter}a"


def test_every_sign_of_the_scripts_that_are_not_asked_is_a_letter():
    signs = [chr(code) for begin, end in ((0x4E00, 0x9FA6), (0xAC00, 0xD7A4)) for code in range(begin, end)]
    assert {(unicodedata.category(sign), unicodedata.bidirectional(sign)) for sign in signs} == {("Lo", "L")}
    text = "".join(signs)
    assert unicodedata.normalize("NFC", text) == text == text.lower()
    assert re.fullmatch(f"[{LETTERS}]+", text)


def test_every_known_letter_gives_the_domain_that_the_library_gives():
    letters = [char for char in map(chr, range(0x80, 0x530)) if re.fullmatch(f"[{LETTERS}]", char)]
    domains = [f"a-{letter}1{other}.x.org" for letter, other in zip(letters, letters[::-1], strict=True)]
    library = Library(allow_special_use=False)
    forms = international_forms(pa.array(domains), library).to_pylist()
    known = [(domain, form) for domain, form in zip(domains, forms, strict=True) if form is not None]
    assert len(known) > 300
    assert all(form == library.domain(domain)[0] for domain, form in known)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_domains_of_many_shapes(seed):
    dice = random.Random(seed)  # noqa: S311
    labels = ["".join(dice.choices("ab1ü漢жé" + "-" * (at % 2), k=dice.randint(1, 12))) for at in range(3_000)]
    domains = [f"{label}.{other}.org" for label, other in zip(labels, [*labels[1:], "x"], strict=True)]
    library = Library(allow_special_use=False)
    forms = international_forms(pa.array(domains), library).to_pylist()
    known = [(domain, form) for domain, form in zip(domains, forms, strict=True) if form is not None]
    assert len(known) > 1_000
    assert all(form == library.domain(domain)[0] for domain, form in known)


def test_signs_that_are_not_seen_go_first():
    cells = pa.array(["\u200b Ann@X.org\u00a0", "\u200dJÜRGEN@x.org\u3000", None, "ΣΑΣ@x.org", "İ@x.org"])
    assert in_lower_case(cells).to_pylist() == ["ann@x.org", "jürgen@x.org", None, "ΣαΣ@x.org", "İ@x.org"]


def test_a_cell_that_may_mean_something_else_speaks_for_itself():
    cells = ["mailto:a b@x.org", "<a b@x.org>", "a b@x.org'", "ann@x.org ann@x.org", "a@b@x.org", "a\\b@x.org", "n/a"]
    assert speakers(pa.array(cells)).to_pylist() == [None] * len(cells)


TRAITS = [
    "SMTP:ann.{}@x.org", "x:ann.{}@x.org", "ann {}@x.org", "(ann.{}@x.org)", '"ann.{}"@x.org',
    "ann.{}.@x.org", "jürgen.{}@x.org",
    "ann.{}@bücher.org", "ann@{}-bücher.org", "\ufeffann.{}@x.org", "ann.{0}@x.org, bo.{0}@y.org", "ann@{}_.org",
    "ann@x{}", "ann@x{}.test", "ann@{}..org", "a-long-name-for-a-mailbox-of-a-department-of-another-company.{}@x.org",
]  # fmt: skip


@pytest.mark.parametrize("trait", TRAITS)
def test_few_cells_and_domains_of_a_trait_are_judged_by_themselves(trait, monkeypatch):
    asked = []

    def judge(cell, library):
        asked.append(cell)
        return judge_cell(cell, library)

    def validate(library, address):
        asked.append(address)
        return validate_once(library, address)

    validate_once = Library._validate
    monkeypatch.setattr(email_columns, "judge_cell", judge)
    monkeypatch.setattr(Library, "_validate", validate)
    by_columns([trait.format(number) for number in range(1_000, 1_200)])
    assert len(asked) <= 4

"""Emails by columns: the verdicts are those on each cell, whatever the cells are."""

import random

import email_validator
import pyarrow as pa
import pytest
from hostile_addresses import hostile_addresses
from long_runs import LONG, SEEDS

from passage_kit.identifiers import email_columns
from passage_kit.identifiers.email_cells import EmailVerdict, Library, judge_cell
from passage_kit.identifiers.email_columns import judge_column

WRAPPERS = [
    "{},",
    "{}; ",
    "{} .,;",
    "{}.\t",
    "{},\u00a0",
    "{}. x",
    ",{}",
    "mailto:{},",
    "Ann <{}>;",
    "Ann <{}>, bo",
    "{}\n;",
    "'{},",
    "'{}',",
    "{}\v,",
    "Ann <{}>",
    "<{}>",
    " {} ",
    "mailto:{}",
    "MAILTO:{}?subject=x",
    "Ann: <{}>",
    "{},",
    "<{}",
    "a@b.org <{}>",
    "'{}'",
    "smtp:{}",
    "SMTP:{};smtp:a@b.org",
]
PIECES = [
    *"abz09.-@_+'/{|}~?<>: ",
    "@x.",
    ".co",
    ".test",
    "--",
    "xn--",
    "A",
    "é",
    "\n",
    "y" * 31,
    "@ex.org",
    "mailto:",
    "SMTP:",
    "smtp:",
]


def by_columns(cells, *, allow_special_use=False):
    """Verdicts by columns, and the domain said of each form."""
    judged = judge_column(pa.chunked_array([pa.array(cells, pa.string())]), allow_special_use=allow_special_use)
    wrong = {row["at"]: (row["code"], row["argument"]) for row in judged.unusable.to_pylist()}
    verdicts = [EmailVerdict(form, *wrong.get(at, (None, None))) for at, form in enumerate(judged.forms.to_pylist())]
    return verdicts, judged.domains.to_pylist()


def differing(cells, *, allow_special_use=False):
    """Cells whose verdict by columns is not that on the cell."""
    library = Library(allow_special_use)
    verdicts, domains = by_columns(cells, allow_special_use=allow_special_use)
    expected = [judge_cell(cell, library) for cell in cells]
    assert domains == [verdict.form and verdict.form.rpartition("@")[2] for verdict in verdicts]
    return [case for case in zip(cells, verdicts, expected, strict=True) if case[1] != case[2]]


def hostile_cells(count, seed):
    dice = random.Random(seed)  # noqa: S311
    addresses = hostile_addresses(count // 2, seed=seed)
    soup = ("".join(dice.choices(PIECES, k=dice.randint(1, 9))) for _ in range(count // 2))
    wrapped = (dice.choice(WRAPPERS).format(cell) if dice.random() < 0.2 else cell for cell in (*addresses, *soup))
    return list(dict.fromkeys(wrapped))


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_verdicts_by_columns_are_those_on_each_cell(seed):
    cells = hostile_cells(270_000 if LONG else 70_000, seed=seed)
    assert len(cells) > (200_000 if LONG else 50_000)
    assert differing(cells) == []


@pytest.mark.slow
def test_verdicts_by_columns_are_those_on_each_cell_where_special_use_is_allowed():
    assert differing(hostile_cells(20_000, seed=9), allow_special_use=True) == []


# Cells that might easily be judged otherwise by columns.
TRAPS = [
    "ann@", "ann@.", "ann@x", "ann@x.org.", "ann@x.org,", "ann@x.org;", "'ann@x.org'", "'ann@x.org", "ann@x.org'",
    "@x.org", "mailto:ann@x.org", "mailto:a?b@x.org", "mailto:ann@x.org?cc=b@x.org", "mailto: ann@x.org",
    "mailto:<ann@x.org>", "Ann <ann@x.org>", "<ann@x.org>", "Ann <a?b@x.org>", "Ann <ann@x.org", "Ann ann@x.org>",
    "b@x.org <ann@x.org>", "mailto: Ann <ann@x.org>", "Chloé <chloe@x.org>", "Ann\n<ann@x.org>", "Ann < ann@x.org >",
    "<<ann@x.org>>", "Ann " * 60 + "<ann@x.org>", "x" * 6_000 + " <ann@x.org>", "ann@" + "x" * 64 + ".org",
    "x" * 61 + "@x.org", "x" * 60 + "@x.org", "ann@xn--bcher-kva.example", "ann@xn--p1ai", "ann@xn--.org",
    "ann@a_b.org", "ann@-a.org", "ann@a-.org", "ann@a--b.org", "ann@x.test", "ann@test", "ann@test.org", "ann@x.c0m",
    "ann@x.1", "ann@1.2.3.4", "ANN@X.ORG", "ANN@X.TEST", "ann@x.org\u200b", "a.@x.org", ".a@x.org", "a..b@x.org",
    "a@b@x.org", "ann @x.org", "n/a", "", " ", "\u3000", "İ@x.org",
]  # fmt: skip


@pytest.mark.parametrize("allow_special_use", [False, True])
def test_traps(allow_special_use):
    assert differing(TRAPS, allow_special_use=allow_special_use) == []


def test_a_library_that_knows_other_names_is_followed(monkeypatch):
    monkeypatch.setattr(email_validator, "SPECIAL_USE_DOMAIN_NAMES", ["home.example"])
    cells = ["ann@home.example", "ann@my.home.example", "ann@myhome.example", "ann@x.test"]
    assert differing(cells) == []
    assert [verdict.form for verdict in by_columns(cells)[0]] == [None, None, cells[2], cells[3]]


def test_most_cells_are_not_judged_one_by_one(monkeypatch):
    seen = []

    def judge(cell, library):
        seen.append(cell)
        return judge_cell(cell, library)

    monkeypatch.setattr(email_columns, "judge_cell", judge)
    by_columns(["Ann@x.org", "Ann <ann@x.org>", "mailto:ann@x.org", "ann@", "ann@x.test", None, "n/a", "n/a", "a@b@c"])
    assert seen == ["n/a", "a@b@c"]


def test_columns_in_pieces_and_without_values():
    cells = ["ann@x.org", None, "n/a", "bo@", "Cy <cy@x.org>"]
    pieces = pa.chunked_array([cells[:2], [], cells[2:]], pa.string())
    judged = judge_column(pieces, allow_special_use=False)
    assert judged.forms.to_pylist() == [verdict.form for verdict in by_columns(cells)[0]]
    for empty in ([], [[]], [[None, None]]):
        assert judge_column(pa.chunked_array(empty, pa.string()), allow_special_use=False).unusable.num_rows == 0

"""No sentence in another language has English words in it: each value in it that is words is marked, too."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from english_words import Modules, modules_of

from passage_kit.translations import languages
from passage_kit.widgets import ChoosePath, WriteBackIds
from passage_kit.workspace.workspace import Workspace

PACKAGE = Path(__file__).parents[1] / "passage_kit"
FOREIGN = languages()[1:]
QUOTED = re.compile("„[^“]*“|«[^»]*»|“[^”]*”|'[^']*'")
# Words of English sentences that none of the other languages has.
ENGLISH = re.compile(r"\b(?:the|of|is|has|have|with|its?|there|which|cannot|found|expected|and|rows?|entries|header)\b")


def test_every_value_in_a_text_that_is_words_is_marked():
    """Make it by ``worded``, ``nworded`` or ``joined``; what a driver says stands in quotes."""
    assert list(modules_of(PACKAGE).fragments()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f():\n    worded('{a}', a='the mapping')", ["m.py:a = the mapping"]),
        ("def f():\n    a = 'it is' if x else 'no'\n    gettext('{a}', a=a)", ["m.py:a = it is", "m.py:a = no"]),
        ("def g(n):\n    return f'{n} entries'\ndef f():\n    worded('{a}', a=g(1))", ["m.py:a = {} entries"]),
        ("A = 'set it to'\ndef f():\n    worded('{a}', a=A)", ["m.py:a = set it to"]),
        ("def f():\n    worded('{a}', a=', '.join(f'{n} (header in {p})' for n in x))", ["m.py:a = {} (header in {})"]),
        ("def f():\n    worded('{a}', a=worded('the mapping'))", []),
        ("def g():\n    return worded('the mapping')\ndef f():\n    worded('{a}', a=g())", []),
        ("def f():\n    worded('{a}', a=repr(name), b='users.csv', c=len(rows))", []),
    ],
)
def test_english_in_a_value_is_seen(source, found):
    assert list(Modules({"m.py": source}).fragments()) == found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Lists, fields, plans and databases that are wrong in many ways."""
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_text("email,name\nann@example.org,Ann\nbo@example.org,Bo\n")
    Path("binary.csv").write_bytes(b"id,email\n" + bytes(range(128, 256)) * 3)
    Path("empty.csv").write_text("")
    Path("kopf.csv").write_text("email,name\n")
    Path("two.csv").write_text("A\nemail,name\nann@example.org,Ann\n\nB\nemail,city\nbo@example.org,Ulm\n")
    Path("lists.json").write_text('{"users": [{"email": "a@example.org"}], "staff": [{"email": "b@example.org"}]}')
    Path("dump.sql").write_text("CREATE TABLE users (id int);\n")
    Path("wrong.toml").write_text("a = [")
    Path("typed.toml").write_text("[[fields]]\nfield_name = 5\n")
    Path("none").mkdir()
    Path("none.db").write_bytes(b"")
    Path("old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    openpyxl.Workbook().save("empty.xlsx")
    with closing(sqlite3.connect("shop.db")) as shop, shop:
        shop.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT)")
    return tmp_path


LISTS = [
    *(
        "nowhere.csv",
        "",
        "none",
        "none/*.csv",
        "binary.csv",
        "empty.csv",
        "kopf.csv",
        "two.csv",
        "lists.json",
        "dump.sql",
    ),
    *("old.xls", "empty.xlsx", "x" * 300, "https://example.org/a.csv", "shop://a", "sqlite:///none.db"),
    *("sqlite:///good.csv", "sqlite:///nowhere.db", "sqlite:///shop.db", "sqlite:///shop.db?mode=ro", "oracle://a/b"),
]
PLANS = [
    *("source = [", "x = 1", "[source]\npath = 5\n", "[options]\nstrikt = true\n", "[options]\nsurvivor = 'newst'\n"),
    *(
        "[template]\nbom = true\n",
        "[[fields]]\nfield_name = 'x'\nmax_length = '5'\n",
        "[mapping]\nemail = {constant = []}\n",
    ),
    "[[steps]]\ncolumn = 'a'\ndo = 'mapp'\n",
]


def all_that_panels_say() -> list[str]:
    """What panels say about everything that is wrong in the folder."""
    path = ChoosePath(Workspace("migration"))
    said = []
    for name in LISTS:
        path.source.value = name
        said += path.messages
    path.source.value = "good.csv"
    for control, names in (
        (path.fields, ("nowhere.toml", "none", "binary.csv", "wrong.toml", "typed.toml")),
        (path.template, ("nowhere.csv", "none", "binary.csv", "empty.csv")),
    ):
        for name in names:
            control.value = name
            said += path.messages
        control.value = ""
    for number, text in enumerate(PLANS):
        workspace = Workspace(f"plan-{number}").make()
        workspace.plan_path.write_text(text)
        said += ChoosePath(workspace).messages
    back = WriteBackIds(Workspace("migration"))
    back.database.value = "typed"
    for address in LISTS[-6:]:
        back.address.hear({"secret": address})
        back.wait()
        said += back.messages
    back.address.hear({"secret": "sqlite:///shop.db"})
    back.wait()
    for name in ("binary.csv", "good.csv", "nowhere.csv", "none", "nowhere.json", "wrong.json"):
        back.ids.value = name
        back.look.click()
        back.wait()
        said += back.messages
    return said


@pytest.mark.slow
@pytest.mark.parametrize("spoken", FOREIGN)
def test_no_panel_mixes_english_into_another_language(folder, monkeypatch, spoken):
    monkeypatch.setenv("PASSAGE_KIT_LANGUAGE", spoken)
    said = all_that_panels_say()
    assert len(said) > 50
    mixed = [text for text in said if ENGLISH.search(QUOTED.sub("", text.replace(str(folder), "")))]
    assert mixed == []


@pytest.mark.slow
def test_the_words_are_those_of_english(folder, monkeypatch):
    monkeypatch.setenv("PASSAGE_KIT_LANGUAGE", "en")
    said = [text for text in all_that_panels_say() if not text.startswith("Saved")]
    assert len([text for text in said if ENGLISH.search(QUOTED.sub("", text))]) > 0.7 * len(said)

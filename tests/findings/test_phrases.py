"""What the kit puts into the sentences of findings is said in the language of the reader, as the sentences are."""

import json
import re
from pathlib import Path

import openpyxl
import pytest
from english_words import modules_of

import passage_kit as pk
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import describe_findings, make_findings, sentences_of
from passage_kit.findings.phrases import TEMPLATES, is_phrase, said_argument
from passage_kit.preparation.run import prepare
from passage_kit.translations import gettext, languages, speaking

PACKAGE = Path(__file__).parents[2] / "passage_kit"
FOREIGN = languages()[1:]
WORD = re.compile(r"[a-z]{3,}")
# Of checks of a schema that a program made: no panel shows one.
OF_PROGRAMS = {"not in the normal form of {}s, which normalize_identifiers writes"}
ENGLISH = re.compile(r"\b(?:the|of|is|has|with|there|which|and|rows?|lines?|entr(?:y|ies)|values?|too|number|column)\b")


def words_of(code: str) -> set[str]:
    """Give the words of the templates of a code, or of all codes."""
    chosen = TEMPLATES.get(code, ()) if code else [one for templates in TEMPLATES.values() for one in templates]
    return set(WORD.findall(re.sub("{.*?}", " ", json.dumps(chosen))))


def test_every_word_that_goes_into_an_argument_is_in_a_template_of_its_code():
    found = [
        (module, code, text)
        for module, code, text in modules_of(PACKAGE).arguments()
        if text not in OF_PROGRAMS and set(WORD.findall(text)) - words_of(code)
    ]
    assert found == []


def test_the_templates_are_of_codes():
    assert TEMPLATES.keys() <= CODES.keys()


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Findings of lists with many kinds of trouble."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "odd.csv").write_bytes(
        "Nom;E-mail;Téléphone;Statut\n\nAnn;ann@example.org;+33 800 123456;actif\nBo;bo@\nCleo;c@example.org;x;y;z\n"
        "Dan;dan@example.org;+33 1 23 45;X\nEve;eve..x@example.org;1;X\nFay;a@example.org, b@example.org;;X\n"
        "Gus;gus@example.org;+49 30 901820 Durchwahl 4;X\nTotal;7;;\n".encode("cp1252")
    )
    book = openpyxl.Workbook()
    book.active.append(["Email", "Name"])
    book.active.append(["ann@example.org", "=1/0"])
    book.create_sheet("Staff").append(["Email"])
    book["Staff"].append(["bo@example.org"])
    book.save(folder / "book.xlsx")
    people = [{"email": "a@example.org", "orders": [{"email": "b@example.org"}]}, {"email": "c@example.org"}]
    (folder / "people.json").write_text(json.dumps({"users": people, "log": [{"at": 1}, {"at": 2}]}))
    (folder / "lines.json").write_text('{"email": "a@example.org"}\n{"email": "b@example.org"}\nnothing\n')
    (folder / "misnamed.xlsx").write_text("email,name\nann@example.org,Ann\n")
    sample = bundled("sample_data")
    schema = pk.MetadataSchema.from_toml(sample / "metadata_fields.toml")
    lists = [prepare(path, default_region="FR").findings for path in sorted(folder.iterdir())]
    return [*lists, prepare(sample / "legacy_users.csv", schema=schema, default_region="US").findings]


def test_arguments_that_are_words_are_phrases(found):
    plain = {"check_failed", "email_invalid", "value_pattern"}  # words of a program, a library and the user
    for findings in found:
        kinds = findings[["code", "argument"]].dropna().drop_duplicates()
        for code, argument in kinds.itertuples(index=False):
            if CODES[code].argument != "value" and code not in plain and ENGLISH.search(argument):
                assert is_phrase(code, argument), (code, argument)


@pytest.mark.parametrize("spoken", FOREIGN)
def test_no_sentence_in_another_language_has_english_words_in_it(found, spoken):
    """Names and values of the lists have none of these words."""
    for findings in found:
        some = findings.drop_duplicates(["code", "field"])
        some = some[[CODES[code].argument != "value" for code in some["code"]]]
        with speaking(spoken):
            said = sentences_of(some, say=gettext).to_pylist()
        assert [one for one in said if one and ENGLISH.search(one)] == []


def test_the_files_stay_english():
    found = make_findings(
        [1], field="", code="row_too_long", argument="line 1,304: 6 values, and the header has 5 names"
    )
    with speaking("fr"):
        assert describe_findings(found)["detail"].tolist() == ["line 1,304: 6 values, and the header has 5 names"]


@pytest.mark.parametrize(
    ("code", "argument", "said"),
    [
        ("possible_duplicate", "3, 9 and 1,200 more: one mailbox", "3, 9 und 1.200 weitere: ein Postfach"),
        ("account_codes_unread", "'A' in 2 rows, another in 1 row", "'A' in 2 Zeilen, ein anderes in 1 Zeile"),
        ("decision_unused", "merge: rows 3, 4, row 4 stays; one of its rows is not there",
         "zusammengeführt: Zeilen 3, 4, Zeile 4 bleibt; eine ihrer Zeilen ist nicht da"),
        ("phone_service_number", "toll-free", "gebührenfrei"),
        ("entries_set_apart", "notes.txt", "notes.txt"),
        ("email_invalid", "A sentence that the library has since its next release.", None),
    ],
)  # fmt: skip
def test_an_argument_is_said_with_its_parts(code, argument, said):
    with speaking("de"):
        assert said_argument(code, argument) == said

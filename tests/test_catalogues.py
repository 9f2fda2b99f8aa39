"""No text is left in English by accident: the catalogues have every text of the code, and the code marks every text.

A language changes what people read, never what programs read.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import catalogues
import ipywidgets
import pytest
from babel.messages import Catalog
from babel.messages.mofile import read_mo
from unmarked import unmarked, unmarked_in_script

from passage_kit import prepare
from passage_kit.export.report import render_report, report_page
from passage_kit.export.report_page import ReportPage
from passage_kit.files.bundled import bundled
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.translations import languages, speaking
from passage_kit.widgets import ChooseOptions, ChoosePath, ExportUsers
from passage_kit.widgets.unsaved import words_of
from passage_kit.workspace.workspace import Workspace

PACKAGE = Path(__file__).parents[1] / "passage_kit"
FOREIGN = languages()[1:]
ALIKE = ("Name", "Export", "{heading}:")  # in German, too
NAMED = ("name", "title")  # of a file to take away
ON = dt.date(2026, 11, 30)

# Modules whose texts for people are all marked: every panel, the report, and what these show.
WRAPPED = [
    *("export/report.py", "export/report_page.py", "export/report_summary.py", "export/shown_findings.py"),
    *("findings/notices.py", "cutover/guide_steps.py", "push/push_section.py"),
    *("preparation/options_preview.py", "preparation/downloads.py", "preparation/out_of_date.py"),
    *("mapping/described_steps.py", "workspace/change_words.py", "app/home.py", "app/pages.py"),
    *("cutover/evidence.py", "cutover/status.py", "cutover/health.py"),
    *(f"widgets/{path.name}" for path in sorted((PACKAGE / "widgets").glob("*.py"))),
]
# Scripts of panels, whose texts are all marked.
SCRIPTS = sorted(path.stem for path in (PACKAGE / "widgets" / "static").glob("*.js"))
# Names of what the page asks the kernel for, and of what is kept.
_ASKED = {
    *("accept all", "apply to", "choose found", "choose none", "make one", "not decided"),
    *("take back", "take over", "taken back"),
}
# What has words and is no text for people to read in their language, by the file it is in: names, and code.
EXCEPTIONS = {
    "preparation/options_preview.py": {"dates of {}", "clusters by {}"},  # names of results that are kept
    "app/pages.py": {"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"},
    "cutover/evidence.py": {"not asked"},
    "cutover/status.py": {"not asked"},
    "widgets/background.py": {"Work beside the page went wrong"},  # in the log
    "widgets/change_values.py": {"raw, findings = pk.apply_value_steps(raw, steps)"},
    "widgets/consent_panel.py": {"row wrap"},
    "widgets/rescue_buttons.py": {"row wrap"},
    "widgets/corrected_users.py": {
        "Judging emails and phones",
        "Judging values",
        "Judging duplicates",
    },  # stages
    "widgets/cut_over.py": {"status = pk.find_status(workspace, client=client{})"},
    "widgets/edit_rows.py": {"{}\n{}corrected, findings = apply_corrections(users, corrections)"},
    "widgets/export_users.py": {"prepared = pk.prepare(plan=workspace.plan_path, out=workspace)"},
    "widgets/fix_findings.py": {
        "{}\n{}corrected, findings = apply_corrections(users, corrections)",
        "rows = apply_corrections(users, workspace.load_corrections())[0][{}]\n{}",
        "load_fixes(workspace, users).corrections",
    },
    "widgets/map_fields.py": {"row wrap"},
    "widgets/mapping_code.py": {"pk.suggest_mapping(raw, schema{})", "mapping=mapping, reading={}"},
    "widgets/push_users.py": {
        'client = {}\nresult = pk.push_users(workspace, client=client, on_existing="{}")\n'
        "verification = pk.verify_push(workspace, client=client)",
    },
    "widgets/review_duplicates.py": {"merged, of_duplicates = {}", "load_fixes(workspace, mapped).decisions"},
    "widgets/write_back_ids.py": {
        "db = {}\ntable = {}\nwritten = pk.write_passage_ids({}, table=table, workspace=workspace, db=db)",
    },
    "workspace/change_words.py": {"switched off", "switched on"},  # names of what is kept
    "widgets/reading_pickers.py": {"row wrap"},
    "widgets/choose_path.py": {"import os\n{}", "row wrap"},
    "widgets/list_view.py": {"vertical bar"},  # the name of a fact, which the next line translates
    "widgets/panel.py": {"row wrap"},
    "push/push_section.py": {
        # part of the result of a push, which the terminal shows
        "Another version of the kit made the report, or stages/report.json was changed. It stays as it is and lacks "
        "what was done since. Prepare the users again for a new one.",
    },
}
_PLACES = re.compile(r"{\w*}")
# What stays as it is in every language: elements of HTML, options, names of files and of settings, codes.
_FIXED = re.compile(r"<[^>]+>|--[a-z][a-z-]+|\b\w+\.(?:csv|toml)\b|\b[a-z0-9]+_[a-z0-9_]+\b|E\.164")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogues.extract()


def texts_of(message) -> tuple[str, ...]:
    return tuple(message.id) if message.pluralizable else (message.id,)


def translations_of(message) -> tuple[str, ...]:
    return tuple(message.string) if message.pluralizable else (message.string,)


def untranslated(message) -> bool:
    return message.fuzzy or not all(text.strip() for text in translations_of(message))


@pytest.mark.few(1)
@pytest.mark.parametrize("spoken", FOREIGN)
def test_a_catalogue_has_every_text_and_no_other(texts, spoken):
    """Run ``python tests/catalogues.py``, and translate what is new."""
    catalogue = catalogues.read(spoken)
    wanted, there = ({message.id for message in each if message.id} for each in (texts, catalogue))
    assert (wanted - there, there - wanted) == (set(), set())
    assert [message.id for message in catalogue if message.id and untranslated(message)] == []
    assert not catalogue.obsolete


GLOSSARY = Path(__file__).parents[1] / "docs" / "how-to" / "another-language.md"


def test_the_glossary_has_the_words_of_the_catalogues():
    lines = re.findall(r"^\| (?!English|---)(.+) \|$", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(lines) > 30
    read = {spoken: catalogues.read(spoken) for spoken in ("de", "fr", "es", "pt_BR")}
    for text, *words in (line.split(" | ") for line in lines):
        assert words == [read[spoken].get(text).string.replace("\N{NO-BREAK SPACE}", " ") for spoken in read], text


_FRENCH_SPACES = re.compile(r"[ \xa0][;?!](?=\s|$)| :(?=\s|$)|« | »|\}[ \xa0]?%")  # of which the page may break lines


def test_french_has_the_no_break_spaces_of_its_punctuation():
    said = [each for message in catalogues.read("fr") if message.id for each in translations_of(message)]
    assert [each for each in said if _FRENCH_SPACES.search(each)] == []


def differing(message) -> Iterator[str]:
    """Give what a translation lacks or adds: places for values, and words that stay as they are."""
    for text, translation in zip(texts_of(message), translations_of(message), strict=True):
        places, fixed = ([pattern.findall(each) for each in (text, translation)] for pattern in (_PLACES, _FIXED))
        if sorted(places[0]) != sorted(places[1]) or set(fixed[0]) != set(fixed[1]):
            yield f"{text} -> {translation}"


@pytest.mark.parametrize("spoken", FOREIGN)
def test_places_for_values_and_names_are_the_same_in_a_translation(spoken):
    assert [line for message in catalogues.read(spoken) if message.id for line in differing(message)] == []


def test_a_translation_that_lacks_a_place_is_seen():
    catalogue = Catalog("de")
    catalogue.add("row {row} of {file}", "Zeile {row}")
    catalogue.add(("{count} row", "{count} rows"), ("{count} Zeile", "{zahl} Zeilen"))
    catalogue.add("correct it in corrections.csv", "korrigieren Sie es")
    assert [len(list(differing(message))) for message in catalogue if message.id] == [1, 1, 1]


@pytest.mark.parametrize("spoken", FOREIGN)
def test_what_is_compiled_is_what_is_translated(spoken):
    with catalogues.path_of(spoken).with_suffix(".mo").open("rb") as file:
        compiled = {texts_of(message): translations_of(message) for message in read_mo(file) if message.id}
    written = {texts_of(message): translations_of(message) for message in catalogues.read(spoken) if message.id}
    assert compiled == written


@pytest.mark.parametrize("path", sorted(WRAPPED))
def test_every_text_of_a_module_is_marked(path):
    found = set(unmarked((PACKAGE / path).read_text(encoding="utf-8"))) - _ASKED
    assert found - EXCEPTIONS.get(path, set()) == set()
    assert EXCEPTIONS.get(path, set()) <= found, "this exception is needed no more"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("label.value = 'Choose a list'", ["Choose a list"]),
        ("label.value = f'{rows} rows left'", ["{} rows left"]),
        ("label.value = gettext('Choose a list')", []),
        ("label.value = ngettext('{count} row left', '{count} rows left', rows)", []),
        ("label.value = gettext('left: {what}', what='all the rows')", ["all the rows"]),
        ("'''Choose a list.'''", []),
        ("raise OptionError('Choose a list.')", []),
        ("name = 'source_row'", []),
    ],
)
def test_a_text_that_is_not_marked_is_seen(line, found):
    assert list(unmarked(line)) == found


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/templates/*.j2")), ids=lambda path: path.name)
def test_every_text_of_a_template_is_marked(path):
    page = re.sub(r"<style>.*?</style>|{#.*?#}|{%.*?%}|{{.*?}}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|title|alt)="([^"]*[a-z]{2}[^"]*)"', page)
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", " ", page)) + spoken == []


# What scripts have beside texts: keys, names of the page, and the Console's own words.
SCRIPT_EXCEPTIONS = {
    *("Enter", "Escape", "Delete", "Backspace", "Tab"),
    *("many field", "many value", "all found", "change:chosen change:constants change:states change:also"),
    *(".jp-OutputArea, .jp-Cell, body", "free, pro"),
    *("String", "Boolean", "Number", "Date", "Phone number", "Email", "On Registration", "Editable"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_text_of_a_script_is_marked(name):
    text = (PACKAGE / "widgets" / "static" / f"{name}.js").read_text(encoding="utf-8")
    assert set(unmarked_in_script(text)) - SCRIPT_EXCEPTIONS - _ASKED == set()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('element("p", { text: "Choose a list" });', ["Choose a list"]),
        ("const said = `${count} rows left`;", ["rows left"]),
        ('button("key", "Close", click);', ["Close"]),
        ('button("key", gettext("Close"), click);', []),
        ('ngettext("{count} row left", "{count} rows left", count, { what: "all the rows" });', []),
        ('element("p", { class: `passage-note ${kind}` });', []),
    ],
)
def test_a_text_of_a_script_that_is_not_marked_is_seen(line, found):
    assert list(unmarked_in_script(line)) == found


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_gets_the_words_that_it_asks_for(name):
    text = (PACKAGE / "widgets" / "static" / f"{name}.js").read_text(encoding="utf-8")
    asked = [len(re.findall(rf"(?<!function )\b{call}\(", text)) for call in ("gettext", "ngettext")]
    with speaking("de"):
        words = words_of(text)
    given = [r'(?<!function )\bgettext\("', r'(?<!function )\bngettext\(\s*"[^"]*",\s*"']
    assert [len(re.findall(pattern, text)) for pattern in given] == asked
    assert [text for text, word in words.items() if word in (text, text.split("\n")) and text not in ALIKE] == []
    assert bool(words) == any(asked)
    assert words_of(text) == {}


def state_of(widget: ipywidgets.Widget) -> Iterator[tuple[str, object]]:
    """Give what makes a widget and those in it: their kinds, values and numbers of options."""
    value = None if isinstance(widget, ipywidgets.HTML) else getattr(widget, "value", None)
    yield type(widget).__name__, value, len(getattr(widget, "options", ()))
    for child in getattr(widget, "children", ()):
        yield from state_of(child)


@pytest.mark.slow
def test_a_panel_in_german_is_the_same_panel(tmp_path):
    english = ChoosePath(Workspace(tmp_path / "en"))
    with speaking("de"):
        german = ChoosePath(Workspace(tmp_path / "de"))
    assert [*state_of(german)] == [*state_of(english)]
    assert (german.value, german.code) == (english.value, english.code)
    assert len(german.messages) == len(english.messages)
    shown, said = german.list.view.shown, english.list.view.shown
    assert {**shown, "facts": 0, "settings": 0} == {**said, "facts": 0, "settings": 0}
    assert german.list.view.settings == english.list.view.settings
    states = [[step["state"] for step in panel.checklist.shown["steps"]] for panel in (german, english)]
    assert states[0] == states[1]


@pytest.mark.slow
def test_the_options_in_german_are_the_same_options(prepared, tmp_path):
    english = ChooseOptions(prepared.raw, Workspace(tmp_path / "en"))
    with speaking("de"):
        german = ChooseOptions(prepared.raw, Workspace(tmp_path / "de"))
    assert [*state_of(german)] == [*state_of(english)]
    assert (german.value, german.code) == (english.value, english.code)
    told = [{name: digits(one.says) for name, one in panel.touched.items()} for panel in (german, english)]
    assert told[0] == told[1]
    assert [name for name, one in german.touched.items() if one.says == english.touched[name].says] == []
    assert dict(german.default_region.options)["Deutschland (DE)"] == "DE"


@pytest.mark.slow
def test_the_export_in_german_writes_the_same_files(tmp_path):
    panels = {}
    for spoken in ("en", "de"):
        with speaking(spoken):
            workspace = Workspace(tmp_path / spoken)
            ChoosePath(workspace).save()
            workspace.save_plan(replace(workspace.load_plan(), mapping=FieldMapping({"email": "E-Mail Address"})))
            panels[spoken] = ExportUsers(workspace)
            panels[spoken].run()
            panels[spoken].wait()
    english, german = panels.values()
    assert [kind for kind, *_ in state_of(german)] == [kind for kind, *_ in state_of(english)]
    assert digits(german.page["parts"]) == digits(english.page["parts"])
    assert [path.name for path in german.value] == [path.name for path in english.value]
    names, titles = ([[it[key] for it in panel.files.shown["files"]] for panel in (english, german)] for key in NAMED)
    assert names[0] == names[1]
    assert titles[1][0] == "Bericht"
    assert len(german.messages) == len(english.messages)


def test_a_panel_in_german_is_german(tmp_path):
    with speaking("de"):
        panel = ChoosePath(Workspace(tmp_path / "de"))
    head = panel.children[0]
    assert head.title == "Ihr Weg und Ihre Dateien"
    assert panel.list.view.shown["facts"][0] == ["Zeilen", "2.010"]
    assert panel.checklist.shown["steps"][2]["title"] == "Spalten zuordnen"
    assert head.words["Done"] == "Erledigt"


class Structure(HTMLParser):
    """The elements of a page and their attributes, without what is read aloud and what depends on lengths."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, list]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, [(name, value) for name, value in attrs if name not in ("aria-label", "lang")]))

    def handle_data(self, data):
        self.texts += [data.strip()] if data.strip() else []


def digits(text: str) -> list[str]:
    """Give the digits of a text, sorted, since a sentence may name its numbers in another order."""
    return sorted(re.sub(r"\D", "", text))


@pytest.fixture(scope="module")
def prepared():
    sample = bundled("sample_data")
    schema = MetadataSchema.from_toml(sample / "metadata_fields.toml")
    return prepare(sample / "legacy_users.csv", schema=schema, default_region="US")


@pytest.mark.slow
@pytest.mark.parametrize("spoken", FOREIGN)
def test_a_report_in_another_language_has_the_same_parts(prepared, spoken):
    english = Structure(render_report(prepared, on=ON))
    with speaking(spoken):
        other = Structure(render_report(prepared, on=ON))
    assert other.elements == english.elements
    assert len(other.texts) == len(english.texts)
    assert [*map(digits, other.texts)] == [*map(digits, english.texts)]
    # Names of columns, and what a reader or a rule said when it found something, are as they are.
    known = {*prepared.raw.columns, *prepared.findings["argument"].dropna()}
    alike = {text for text, said in zip(english.texts, other.texts, strict=True) if text == said} - known
    assert [text for text in sorted(alike) if re.search(r"\b(the|was|were|of|this|is|row|rows|to)\b", text)] == []


@pytest.mark.slow
def test_a_report_says_which_language_it_is_in(prepared):
    with speaking("pt_BR"):
        assert '<html lang="pt-BR">' in render_report(prepared, on=ON)
    assert '<html lang="en">' in render_report(prepared, on=ON)


@pytest.mark.slow
def test_a_report_stays_in_its_language_when_a_later_step_renders_it(prepared):
    with speaking("de"):
        page = report_page(prepared, on=ON)
        german = page.to_html()
    assert ReportPage.from_json(page.to_json()).to_html() == german


@pytest.mark.slow
def test_a_language_changes_no_file_for_programs(tmp_path):
    source = bundled("sample_data") / "legacy_users.csv"
    schema = MetadataSchema.from_toml(bundled("sample_data") / "metadata_fields.toml")
    prepare(source, schema=schema, default_region="US", out=tmp_path / "en")
    with speaking("de"):
        prepare(source, schema=schema, default_region="US", out=tmp_path / "de")
    english, german = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / spoken / "out").iterdir())}
        for spoken in ("en", "de")
    )
    assert list(german) == list(english)
    assert "findings.csv" in english
    assert [name for name in english if english[name] != german[name]] == ["report.html"]

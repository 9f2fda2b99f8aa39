"""Bring the catalogues of translations up to date with the texts of the code, and compile them.

``python tests/catalogues.py`` adds texts that are new to each catalogue, takes out those that are gone, and compiles
what is translated; with the name of a language, as in ``python tests/catalogues.py it``, it begins a catalogue.
"""

import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import passage_kit.widgets
from passage_kit.duplicates import lookalikes, slips
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.phrases import TEMPLATES
from passage_kit.mapping import spellings
from passage_kit.preparation import run
from passage_kit.translations import DOMAIN, LOCALES, languages
from passage_kit.widgets import corrected_users
from passage_kit.workspace import corrections, fixes, people
from passage_kit.writeback import matching

PACKAGE = LOCALES.parent
PANELS = [getattr(passage_kit.widgets, name) for name in passage_kit.widgets.__all__ if name != "show_table"]
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "worded": None, "nworded": (1, 2), "in_panel": (2,)}
# Templates of the report; the words for users are translated whole, one file a language.
METHODS = [
    ("**/templates/report*.j2", "jinja2.ext:babel_extract"),
    ("**/app/templates/*.j2", "jinja2.ext:babel_extract"),
    ("**/widgets/static/*.js", "javascript"),
    ("**.py", "python"),
]
# Names of stages whose progress a panel shows.
STAGES = [*run.STAGES, *corrected_users.STAGES, "Passage ids", "Users table", "Check"]
# What results say in English, and panels in the language of the reader.
SAID = {
    spellings: [spellings.WORDS, spellings.LETTERS, spellings.SLIP],
    lookalikes: lookalikes.REASONS,
    slips: [*slips.REASONS.values()],
    corrections: corrections.REASONS,
    fixes: fixes.REASONS,
    matching: matching.REASONS.values(),
    people: [people.NO_ROW, people.SEVERAL_ROWS, people.NO_IDENTITY],
}
OPTIONS = {
    "**/templates/report*.j2": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"},
    "**/app/templates/*.j2": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"},
    "**/widgets/static/*.js": {"parse_template_string": "true"},
}
WIDTH = 110
_WHO = dict.fromkeys(("last_translator", "language_team", "msgid_bugs_address"), "The passage_kit maintainers")


def extract() -> Catalog:
    """Collect the texts of the code: those in calls, and those of the catalogue of findings."""
    texts = Catalog(project=DOMAIN, charset="utf-8", fuzzy=False)
    found = extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS)
    for file, _, text, _, _ in sorted(found, key=lambda entry: entry[:2]):
        texts.add(text, locations=[(f"passage_kit/{file}", 1)])
    for code in CODES.values():
        for text in (code.meaning, code.next_step, *code.sentences):
            if text != "{argument}":
                texts.add(text, locations=[("passage_kit/findings/catalogue.py", 1)])
    for template in dict.fromkeys(template for templates in TEMPLATES.values() for template in templates):
        texts.add(template, locations=[_place("passage_kit.findings.phrases")])
    for panel in PANELS:
        for text in (panel.title, panel.intro):
            texts.add(text, locations=[_place(panel.__module__)])
    for text in STAGES:
        texts.add(text, locations=[_place("passage_kit.progress")])
    for module, said in SAID.items():
        for text in said:
            texts.add(text, locations=[_place(module.__name__)])
    return texts


def _place(module: str) -> tuple[str, int]:
    return f"{module.replace('.', '/')}.py", 1


def path_of(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def _begin(language: str) -> Catalog:
    heading = f"# Texts of passage_kit in the language {language}."
    return Catalog(language, header_comment=heading, project=DOMAIN, fuzzy=False, **_WHO)


def update(language: str, texts: Catalog) -> int:
    """Update the catalogue of a language, compile it, and count what is not translated."""
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = read(language) if path.exists() else _begin(language)
    made = catalogue.creation_date
    catalogue.update(texts, no_fuzzy_matching=True)
    catalogue.creation_date = made
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, ignore_obsolete=True, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    return sum(not all(each.string if each.pluralizable else [each.string]) for each in catalogue if each.id)


if __name__ == "__main__":
    texts = extract()
    for language in sys.argv[1:] or languages()[1:]:
        print(f"{language}: {update(language, texts)} of {len(texts)} texts have no translation")

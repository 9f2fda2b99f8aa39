"""The README: one page, whose names, pictures and links are there. What it shows is run by ``test_docs``."""

import re
from pathlib import Path

import passage_kit as pk
from passage_kit.cli import commands as cli

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
MOST_WORDS = 1_500


def test_it_is_one_page():
    assert len(TEXT.split()) < MOST_WORDS


def test_it_says_that_the_service_was_retired():
    assert "retired on 2026-01-16" in TEXT


def test_its_pictures_are_there_and_small():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)
    assert pictures
    assert all((ROOT / picture).stat().st_size < 150_000 for picture in pictures)


def test_every_command_is_named_and_every_command_named_is_there():
    named = set(re.findall(r"passage-kit(?:\.exe)? ([a-z][a-z-]*)\b", TEXT))
    assert named == set(cli.commands.commands)


def test_every_public_name_in_it_is_there():
    assert set(re.findall(r"\bpk\.(\w+)", TEXT)) <= set(pk.__all__)


def test_every_notebook_is_named():
    assert [path.stem for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if f"`{path.stem}`" not in TEXT] == []


def test_links_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        targets = [target for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in target]
        assert targets
        assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_map_of_the_house_has_every_package():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The map")[2].partition("## Recipes")[0]
    folders = [path.parent.name for path in Path(pk.__file__).parent.glob("*/__init__.py")]
    assert [name for name in folders if f"`{name}`" not in text] == []

"""Deep imports of the release before keep working, with a warning that names the new place."""

import importlib
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import passage_kit

FORMER = Path(passage_kit.__file__).with_name("_former")
FORMER_MODULES = sorted(".".join(path.relative_to(FORMER).with_suffix("").parts) for path in FORMER.rglob("[a-z]*.py"))
# What the documents and notebooks of the release before imported, and a few more of each package.
IMPORTED = {
    "api.PassageClient": "api.client",
    "cli.INTERRUPTED": "cli.commands",
    "cli.codes": "cli.commands",
    "cli.demo": "cli.commands",
    "cli.lab": "cli.commands",
    "cli.prepare": "cli.commands",
    "clusters.identify": "duplicates.clusters",
    "corrections.apply_corrections": "workspace.corrections",
    "database.database_url": "database.urls",
    "duplicates.merge_duplicates": "duplicates.merge",
    "emails.normalize_emails": "identifiers.emails",
    "files.FileSet": "files.file_set",
    "findings.build_ledger": "findings.ledger",
    "findings.count_findings": "findings.findings",
    "identifiers.normalize_identifiers": "identifiers.identifiers",
    "lab.open_lab": "cli.notebook_server",
    "mapping.unmapped_columns": "mapping.mapped_users",
    "memory.reuse_memory": "cli.startup",
    "outputs.output_files": "preparation.outputs",
    "phones.normalize_phones": "identifiers.phones.phones",
    "preparation.prepare": "preparation.run",
    "push.push_users": "push.push",
    "readers.read_source": "reading.readers",
    "rehearsal.SandboxClient": "push.rehearsal",
    "widgets.export.ExportView": "widgets.export_users",
    "widgets.reading.Reading": "widgets.reading_pickers",
    "workspace.Workspace": "workspace.workspace",
    "writeback.write_passage_ids": "writeback.writeback",
    "writeback_match.Mask": "columns.arrays",
}
# Names that were changed together with their modules.
RENAMED = {
    "parallel.beside": "columns.parallel.begin",
    "report.Source": "export.report.ReadFacts",
    "widgets.note.Note": "widgets.unsaved_text.UnsavedText",
}
# Names without a successor; the page on compatibility says what to use instead.
REMOVED = {"collecting", "findings.into_row", "lean"}


@pytest.mark.parametrize("name", IMPORTED)
def test_a_name_is_found_in_its_former_place(name):
    module, _, attribute = name.rpartition(".")
    with pytest.warns(DeprecationWarning, match=rf"passage_kit\.{IMPORTED[name]}\.{attribute}"):
        found = getattr(importlib.import_module(f"passage_kit.{module}"), attribute)
    assert found is getattr(importlib.import_module(f"passage_kit.{IMPORTED[name]}"), attribute)


@pytest.mark.parametrize("name", RENAMED)
def test_a_renamed_object_is_found_by_its_former_name(name):
    (module, _, attribute), (now, _, here) = name.rpartition("."), RENAMED[name].rpartition(".")
    with pytest.warns(DeprecationWarning, match=rf"{attribute} is now passage_kit\.{now}\.{here};"):
        found = getattr(importlib.import_module(f"passage_kit.{module}"), attribute)
    assert found is getattr(importlib.import_module(f"passage_kit.{now}"), here)


@pytest.mark.parametrize("name", sorted(REMOVED))
def test_a_removed_name_is_gone_and_the_page_says_so(name):
    page = Path(passage_kit.__file__).parents[1] / "docs" / "reference" / "compatibility.md"
    assert f"`passage_kit.{name}`" in page.read_text(encoding="utf-8")
    module, _, attribute = name.partition(".")
    with pytest.raises((ModuleNotFoundError, AttributeError), match=attribute or module):
        getattr(importlib.import_module(f"passage_kit.{module}"), attribute)


@pytest.mark.parametrize("name", [*IMPORTED, *RENAMED])
def test_former_names_are_listed(name):
    module, _, attribute = name.rpartition(".")
    assert attribute in dir(importlib.import_module(f"passage_kit.{module}"))


def test_a_package_lists_its_own_names_too():
    assert {*dir(importlib.import_module("passage_kit.cli"))} >= {"main", "__all__", "prepare"}


def test_the_former_module_of_the_command_line_still_runs():
    runs = [
        subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True)
        for module in ("passage_kit", "passage_kit.cli")
    ]
    assert runs[0].stdout == runs[1].stdout != ""


@pytest.mark.parametrize("module", FORMER_MODULES)
def test_every_former_module_leads_to_one_that_is_there(module):
    former = importlib.import_module(f"passage_kit.{module}")
    [now] = former.__doc__.split("``")[1::2]
    names = [name for name in vars(importlib.import_module(now)) if not name.startswith("_")]
    assert names
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert all(getattr(former, name) is getattr(importlib.import_module(now), name) for name in names)
    assert {warning.category for warning in said} == {DeprecationWarning}


def test_a_name_that_never_was_is_told():
    clusters = importlib.import_module("passage_kit.clusters")
    with pytest.raises(AttributeError, match=r"module 'passage_kit.clusters' has no attribute 'nothing'"):
        clusters.nothing  # noqa: B018


@pytest.mark.slow
def test_modules_of_a_package_are_imported_without_a_warning():
    code = "from passage_kit.push import undo, verify, push; from passage_kit.findings import findings, ledger"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


@pytest.mark.slow
def test_the_warning_points_at_the_import():
    script = "import warnings; warnings.simplefilter('always')\nfrom passage_kit.emails import normalize_emails\n"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "<string>:2: DeprecationWarning" in run.stderr

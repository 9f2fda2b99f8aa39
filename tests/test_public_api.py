"""What `import passage_kit` promises: the names, their documentation, and a quick start."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import passage_kit as pk

FUNCTIONS = {
    "find_spellings",
    "list_changes",
    "undo_change",
    "redo_change",
    "read_source",
    "read_users",
    "first_look",
    "bring_back_list",
    "change_list",
    "layouts",
    "suggest_mapping",
    "apply_mapping",
    "apply_value_steps",
    "unmapped_columns",
    "apply_corrections",
    "correct",
    "take_back",
    "decide",
    "read_template",
    "count_findings",
    "describe_findings",
    "output_files",
    "normalize_identifiers",
    "normalize_values",
    "judge_accounts",
    "load_fixes",
    "merge_duplicates",
    "build_schema",
    "validate_users",
    "prepare",
    "prepare_on_cluster",
    "propose_fields",
    "write_console_csv",
    "write_report",
    "push_users",
    "verify_push",
    "undo_push",
    "read_passage_ids",
    "write_passage_ids",
    "undo_write_back",
    "find_drift",
    "mend_drift",
    "fresh_contact",
    "write_words",
    "find_status",
    "note_words_sent",
}
CLASSES = {
    "Change",
    "Contact",
    "Drift",
    "Mended",
    "FieldMapping",
    "Fixes",
    "MetadataField",
    "MetadataSchema",
    "PassageClient",
    "Options",
    "Plan",
    "Prepared",
    "PreparedOnCluster",
    "SandboxClient",
    "Status",
    "UsersTable",
    "ValueStep",
    "Word",
    "Words",
    "Workspace",
    "WriteBack",
    "WriteBackUndone",
}
MOST_OPTIONS = 6


def test_the_public_names_are_these():
    errors = {name for name in pk.__all__ if name.endswith("Error")}
    assert set(pk.__all__) == FUNCTIONS | CLASSES | errors
    assert all(issubclass(getattr(pk, name), pk.PassageKitError) for name in errors)


@pytest.mark.parametrize("name", sorted(FUNCTIONS | CLASSES))
def test_every_public_name_is_documented(name):
    documentation = inspect.getdoc(getattr(pk, name))
    assert documentation
    assert documentation.splitlines()[0].endswith(".")
    if name in FUNCTIONS:
        assert "Parameters\n---" in documentation
        assert "Returns\n---" in documentation


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_options_are_keyword_only_and_few(name):
    parameters = inspect.signature(getattr(pk, name)).parameters.values()
    options = [parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    assert len(options) <= MOST_OPTIONS


@pytest.mark.slow
def test_a_verb_is_found_even_after_its_module_was_imported():
    code = "import passage_kit.preparation.run, passage_kit as pk; assert callable(pk.prepare)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_the_package_is_light():
    code = (
        "import sys, passage_kit;"
        "heavy = {'pandas', 'pandera', 'sqlalchemy', 'jupyterlab', 'ipywidgets', 'babel', 'httpx', 'starlette'};"
        "heavy &= set(sys.modules);"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_the_verbs_need_neither_jupyter_nor_sqlalchemy():
    code = (
        "import sys, passage_kit as pk; [getattr(pk, name) for name in pk.__all__];"
        "heavy = {'sqlalchemy', 'jupyterlab', 'ipywidgets', 'IPython'} & set(sys.modules);"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_package_is_typed():
    assert (Path(pk.__file__).parent / "py.typed").exists()

"""The layout of the package: imports run only downwards, and every module has its test."""

import ast
from pathlib import Path

import passage_kit

PACKAGE = Path(passage_kit.__file__).parent

LAYERS = {
    0: "errors frames masking files template profile fields findings placeholders bundled progress aliases "
    "fingerprints loop_thread pacing credentials shapes collecting lean memory parallel catalogue",
    1: "regions mapping suggest corrections decisions ties email_cells email_columns emails number_ranges phone_rules "
    "phone_columns phones identifiers date_parts dates values preview clusters lookalikes merged_values shared_phones "
    "duplicates review checks schema funnel",
    2: "source source_file ahead header text_encoding csv_dialect csv_lines csv_table csv_reader excel_reader "
    "json_reader frame_reader sql_reader typed_text readers first_lines csv_files console plan judging workspace "
    "prepared report api api_answers api_calls journal push_input journal_files push_result database passage_ids "
    "users_table writeback_sql writeback_keys writeback_database writeback_facts writeback_match writeback_rows "
    "writeback_plan writeback_record writeback_result writeback writeback_undo writeback_migration",
    3: "outputs steps options_preview id_file preparation discovery sending import_route push push_section verify undo "
    "rehearsal sandbox sandbox_app sandbox_contract sandbox_failures sandbox_faults sandbox_import "
    "sandbox_openapi sandbox_query sandbox_requests sandbox_store",
    4: "cli cli_push cli_sandbox cli_shared cli_write_back __main__ lab widgets",
}
LAYER_OF = {name: layer for layer, names in LAYERS.items() for name in names.split()}


def modules() -> list[Path]:
    return sorted(
        path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py" and "_files" not in path.parts
    )


def module_name(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Modules of the package that a file imports at its top, at run time."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("passage_kit."):
            names.add(node.module.split(".")[1])
        if isinstance(node, ast.ImportFrom) and node.module == "passage_kit":
            names |= {alias.name for alias in node.names} & LAYER_OF.keys()
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("passage_kit.")}
    return names


def test_every_module_has_its_layer():
    assert {module_name(path) for path in modules()} == set(LAYER_OF)


def test_imports_run_downwards():
    upwards = [
        f"{module_name(path)} imports {name}"
        for path in modules()
        for name in imported(path)
        if LAYER_OF[name] > LAYER_OF[module_name(path)]
    ]
    assert upwards == []


def test_no_module_imports_itself_through_others():
    graph = {module_name(path): imported(path) - {module_name(path)} for path in modules()}
    left = dict(graph)
    while ready := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in ready:
            del left[name]
    assert left == {}, f"these import each other: {sorted(left)}"


def test_every_module_has_its_test():
    tests = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    missing = [name for name in LAYER_OF if name != "__main__" and f"test_{name}.py" not in tests]
    assert missing == []

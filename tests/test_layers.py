"""The layout of the package: imports run only downwards, and every module has its test.

Every import counts: at the top of a module, inside a function, for type checkers, in a stub, and by a name in a string.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import passage_kit

PACKAGE = Path(passage_kit.__file__).parent
TESTS = Path(__file__).parent

# In the order of a migration; what stands on one line does not import each other.
STOREYS = """
    errors masking translations
    progress
    columns
    findings
    database files
    reading
    identifiers
    metadata
    mapping duplicates
    export api
    sandbox workspace
    words
    preparation
    writeback golive cluster
    push
    drift
    cutover
    app widgets
    cli
    __main__
"""
STOREY_OF = {name: number for number, line in enumerate(STOREYS.strip().splitlines()) for name in line.split()}
# The door of the package, and the former names of its modules: they lead everywhere, and nothing imports them.
DOORS = {"__init__", "_former"}
MOST_AT_THE_TOP = 12
_DOTTED = re.compile(r"passage_kit(?:\.\w+)+")


@cache
def modules() -> list[Path]:
    return sorted(
        path
        for path in (*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.pyi"))
        if "_files" not in path.parts and path.relative_to(PACKAGE).parts[0].removesuffix(path.suffix) not in DOORS
    )


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


@cache
def parsed(path: Path) -> ast.Module:
    """Parse a file, once for all tests that look at it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> tuple[str, ...]:
    """List the modules of the package that a file imports, as they are called within it ("columns.profile")."""
    return tuple(find_imports(path))


def find_imports(path: Path) -> Iterator[str]:
    prose = set()
    for node in ast.walk(parsed(path)):
        match node:
            case ast.ImportFrom(module=str(module), names=names, level=level):
                base = f"passage_kit.{module}" if level else module
                yield from found(base, *(f"{base}.{alias.name}" for alias in names))
            case ast.ImportFrom(names=names):
                yield from found(*(f"passage_kit.{alias.name}" for alias in names))
            case ast.Import(names=names):
                yield from found(*(alias.name for alias in names))
            case ast.Expr(value=ast.Constant(value=str())):
                prose.add(node.value)
            case ast.Constant(value=str(text)) if node not in prose and _DOTTED.fullmatch(text):
                yield from found(text)


def found(*names: str) -> Iterator[str]:
    """Give those names that are modules of the package; of an object, the module that it is in."""
    for name in names:
        parts = name.split(".")[1:] if name.startswith("passage_kit.") else []
        if parts and parts[0] in STOREY_OF:
            yield ".".join(parts)


def is_module(name: str) -> bool:
    path = PACKAGE.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists()


def storey(name: str) -> int:
    return STOREY_OF[name.split(".")[0]]


def offered(package: str) -> set[str]:
    """Give what ``__all__`` of a package names; an ``__all__`` of names of objects offers the package itself."""
    tree = ast.parse((PACKAGE / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def strays(path: Path) -> Iterator[str]:
    """Give imports that no storey can be told of: by the door, by a former name, or by a name that is computed."""
    for node in ast.walk(parsed(path)):
        match node:
            case ast.ImportFrom(module="passage_kit", names=names):
                yield from (alias.name for alias in names if alias.name not in {*STOREY_OF, "__version__", "_former"})
            case ast.ImportFrom(module=str(module), level=0) if module.startswith("passage_kit."):
                yield from (part for part in module.split(".")[1:2] if part not in {*STOREY_OF, "_former"})
            case ast.ImportFrom(level=level) if level and path.suffix == ".py":
                yield "a relative import"
            case ast.Import(names=names):
                for alias in names:
                    root, _, rest = alias.name.partition(".")
                    if root == "passage_kit" and rest.split(".")[0] not in STOREY_OF:
                        yield alias.name
            case ast.Call(func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module")):
                named = node.args[0] if node.args else None
                if not isinstance(named, ast.Constant) or str(named.value).startswith((".", "passage_kit")):
                    yield ast.unparse(node)


def test_every_import_has_a_storey():
    assert [f"{dotted(path)}: {name}" for path in modules() for name in strays(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "from passage_kit import push_users",
        "from passage_kit import *",
        "import passage_kit as pk",
        "from passage_kit.undo import undo_push",
        "import passage_kit.verify",
        "from ..push import undo",
        "import_module('.push.undo', 'passage_kit')",
        "importlib.import_module(f'passage_kit.{name}')",
        "__import__('passage_kit').push",
    ],
)
def test_an_import_without_a_storey_is_seen(line, tmp_path):
    path = tmp_path / "module.py"
    path.write_text(line)
    assert list(strays(path))


def test_every_module_has_its_storey():
    assert {dotted(path).split(".")[0] for path in modules()} == set(STOREY_OF)


def test_imports_run_downwards():
    upwards = [
        f"{dotted(path)} imports {name}"
        for path in modules()
        for name in imported(path)
        if storey(name) >= storey(dotted(path)) and name.split(".")[0] != dotted(path).split(".")[0]
    ]
    assert upwards == []


def test_no_module_imports_itself_through_others():
    graph = {
        dotted(path): {name for name in imported(path) if is_module(name) and name != dotted(path)}
        for path in modules()
        if path.name != "__init__.py"
    }
    left = dict(graph)
    while ready := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in ready:
            del left[name]
    assert left == {}, f"these import each other: {sorted(left)}"


def test_other_packages_import_what_a_package_offers():
    strange = [
        f"{dotted(path)} imports {name}"
        for path in modules()
        for name in imported(path)
        if "." in name and is_module(name) and name.split(".")[0] != dotted(path).split(".")[0]
        for package, module in [name.split(".", 1)]
        if module.split(".")[0] not in offered(package)
    ]
    assert strange == []


def test_a_package_offers_no_module_that_nobody_outside_needs():
    packages = [dotted(path) for path in modules() if path.name == "__init__.py"]
    named = {f"{package}.{name}" for package in packages for name in offered(package)}
    leaves = {name for name in named if PACKAGE.joinpath(*name.split(".")).with_suffix(".py").exists()}
    stub = set(re.findall(r"^from \.([\w.]+) import", (PACKAGE / "__init__.pyi").read_text(), re.MULTILINE))
    used = {name for path in modules() for name in imported(path) if name.split(".")[0] != dotted(path).split(".")[0]}
    assert leaves - used - stub == set()


def test_few_files_stand_at_the_top():
    files = [path for path in PACKAGE.iterdir() if not path.is_dir()]
    assert len(files) <= MOST_AT_THE_TOP


def test_no_two_classes_share_a_name():
    places: dict[str, list[str]] = {}
    for path in modules():
        if path.suffix == ".py":
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.ClassDef):
                    places.setdefault(node.name, []).append(dotted(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_every_module_has_its_test():
    tests = {str(path.relative_to(TESTS)) for path in TESTS.rglob("test_*.py")}
    missing = [
        dotted(path)
        for path in modules()
        if path.suffix == ".py" and path.name not in ("__init__.py", "__main__.py")
        if dotted(path) not in TESTED_ELSEWHERE
        and not dotted(path).startswith(TESTED_TOGETHER)
        and str(path.relative_to(PACKAGE).with_name(f"test_{path.name}")) not in tests
    ]
    assert missing == []


def test_every_file_of_tests_has_a_name_of_its_own():
    """Pytest takes a second file of one name for the first, and collects neither."""
    names = sorted(path.name for path in TESTS.rglob("test_*.py"))
    assert [name for name, next_one in pairwise(names) if name == next_one] == []


# Names of types, and parts of panels, which the tests of the panels drive.
_PARTS_OF_PANELS = """
    checklist choose_path consent_panel fields_panel live_counts mapping_code mapping_notes mapping_table
    offered_options reading_pickers corrected_users described_rows source_guard step_words system_picker table
    targets_panel unsaved unsaved_text value_reasons verdicts
"""
# By test_layout_files.py, which wants a fixture for each; and by whatever starts the project in Django.
TESTED_TOGETHER = ("reading.layouts.", "golive.django.migrations.")
# The sentences about options are read in the tests of their preview; the words for states are driven by
# test_account_state.py, the models of steps by test_planned_step.py and their changes by test_value_steps.py, those of
# Django by the tests of its project; suggestions for fields and helpers by test_suggest.py, and rows that fail by
# test_pandera_schema.py; the steps of a run on a cluster are driven whole by cluster/test_prepare.py and
# test_source_files.py; and test_app_server.py has its name since test_server.py is the sandbox's.
TESTED_ELSEWHERE = {
    "app.server",
    "cluster.csv_steps",
    "cluster.job",
    "cluster.judging_steps",
    "cluster.people_steps",
    "cluster.reading_steps",
    "cluster.result",
    "cluster.whole_run",
    "cluster.writing_steps",
    "columns.account_words",
    "golive.django.apps",
    "golive.django.models",
    "mapping.step_model",
    "mapping.suggest_fields",
    "mapping.suggest_helpers",
    "mapping.value_changes",
    "metadata.failed_rows",
    "preparation.option_words",
    *(f"widgets.{part}" for part in _PARTS_OF_PANELS.split()),
}


@pytest.mark.parametrize(
    ("line", "modules_found"),
    [
        ("from passage_kit.columns.profile import look_at", {"columns.profile"}),
        ("def work():\n    from passage_kit.push import undo", {"push.undo"}),
        ("import passage_kit.cli.commands", {"cli.commands"}),
        ("importlib.import_module('passage_kit.preparation.run')", {"preparation.run"}),
        ("from .push.undo import undo_push", {"push.undo"}),
        ('"""See passage_kit.push.undo."""', set()),
    ],
)
def test_every_kind_of_import_is_seen(line, modules_found, tmp_path):
    path = tmp_path / "module.py"
    path.write_text(line)
    assert {name for name in imported(path) if is_module(name)} - {"push", "columns"} >= modules_found
    assert modules_found or not set(imported(path))

"""Make the reference from the code: public names, commands, finding codes, the keys of a plan, exit codes."""

import csv
import importlib
import inspect
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import click
from click.testing import CliRunner
from numpydoc.docscrape import FunctionDoc, NumpyDocString

import passage_kit as pk
from passage_kit.cli import command_line

# The public packages, and what each page of names begins with.
PACKAGES = {
    "passage_kit": "What a script or a notebook imports as `pk`.",
    "passage_kit.widgets": "Panels for notebooks, each the face of one choice or call. They save into the workspace.",
    "passage_kit.golive": "Tokens, the users behind them, and adapters for web frameworks: "
    "[how to](../../how-to/middleware.md), [why](../../explanation/linking.md).",
    "passage_kit.sandbox": "A stand-in for the Management API on this machine. [Rehearse](../../how-to/rehearse.md).",
}

# The names of the package in the order of a migration. A name that is in none of these groups is an error.
GROUPS = {
    "In one call": "prepare Prepared Plan Options Workspace output_files",
    "On a cluster": "prepare_on_cluster PreparedOnCluster",
    "Metadata fields": "MetadataField MetadataSchema propose_fields read_template",
    "Read": "read_users read_source first_look change_list bring_back_list layouts",
    "Map": "suggest_mapping apply_mapping FieldMapping unmapped_columns",
    "Change values": "ValueStep apply_value_steps find_spellings",
    "Correct and decide": "apply_corrections correct take_back decide load_fixes Fixes",
    "Undo": "list_changes undo_change redo_change Change",
    "Judge": "judge_accounts normalize_identifiers normalize_values merge_duplicates build_schema validate_users",
    "Write": "write_console_csv write_report describe_findings count_findings",
    "Push": "PassageClient SandboxClient push_users verify_push undo_push",
    "Write back": "read_passage_ids UsersTable write_passage_ids WriteBack undo_write_back WriteBackUndone",
    "Keep in step": "find_drift Drift mend_drift Mended fresh_contact Contact",
    "Tell your users": "write_words Words Word note_words_sent",
    "Cut over": "find_status Status",
}

EFFECTS = {
    "changed": "The value was changed, and its row goes on.",
    "withheld": "The value is left out, and its row goes on with whatever else it has. "
    "With the option `strict`, a bad value rejects its row instead.",
    "rejected": "The row is left out. Its original columns and the reason are in `out/rejected_rows.csv`.",
    "absorbed": "The row is one person with another row, the survivor, and goes out as part of it.",
    "warning": "Nothing is changed by it. It deserves a look.",
}

_SHOWN = 3  # examples of a code
# A page in no table of contents: a list of all names and codes beside each page hides the rest, and is more than half
# of what Sphinx does. Their pages are found by the page that lists them, and by the search.
_ORPHAN = "---\norphan: true\n---"


def write_reference(folder: Path, sample: Path) -> None:
    """Write all pages that are made from the code.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the reference; pages written by hand are in it already.
    sample : pathlib.Path
        Folder of the sample data: its findings are the examples.
    """
    pages = {**_api_pages(), **_command_pages(), **_code_pages(_findings_of(sample))}
    begun = (folder / "plan.md").read_text(encoding="utf-8")
    pages |= {"plan.md": begun + _plan_sections(), "exit-codes.md": _exit_codes_page(), "layouts.md": _layouts_page()}
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [[*header]]
    lines += [["---"] * len(lines[0]), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _toctree(names: Iterable[str]) -> str:
    return "\n".join(["```{toctree}", ":hidden:", "", *names, "```", ""])


def _first_sentence(thing: Any) -> str:
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


# Public names


def _api_pages() -> dict[str, str]:
    pages = {}
    for package, intro in PACKAGES.items():
        module = importlib.import_module(package)
        errors = [name for name in module.__all__ if name.endswith("Error")]
        groups = GROUPS if package == "passage_kit" else {"Names": " ".join(module.__all__)}
        grouped = {title: names.split() for title, names in groups.items()}
        left = set(module.__all__) - set(errors) - {name for names in grouped.values() for name in names}
        if left:
            raise LookupError(f"In no group of the reference: {', '.join(sorted(left))}.")
        index = [f"# `{package}`\n\n{intro}\n"]
        for title, names in grouped.items():
            rows = [(f"[`{name}`]({package}.{name}.md)", _first_sentence(getattr(module, name))) for name in names]
            index.append(f"## {title}\n\n{_table(('name', 'what it does'), rows)}")
            pages |= {f"api/{package}.{name}.md": _name_page(module, name) for name in names}
        if errors:
            index.append("## Errors\n\n" + _errors(module, errors))
        pages[f"api/{package}.md"] = "\n".join(index)
    return pages


def _errors(module: Any, names: Iterable[str]) -> str:
    """What is raised, on the page of all names: each is a sentence."""
    rows = [(f"`{name}`", _first_sentence(getattr(module, name))) for name in names]
    return (
        "A call that cannot be done raises one of these; a row that is bad becomes a [finding](../codes/index.md). "
        f"Each message says what failed, where, and the next step.\n\n{_table(('error', 'when'), rows)}"
    )


def _name_page(module: Any, name: str) -> str:
    thing = getattr(module, name)
    directive = "autoclass" if inspect.isclass(thing) else "autofunction"
    options = "   :members:\n" if inspect.isclass(thing) else ""
    body = f".. currentmodule:: {module.__name__}\n\n.. {directive}:: {name}\n{options}"
    parts = [_ORPHAN, f"# {name}", f"```{{eval-rst}}\n{body}```", f"[All names]({module.__name__}.md)"]
    return "\n\n".join(parts) + "\n"


# Commands


def _command_pages() -> dict[str, str]:
    names = list(command_line.commands)
    rows = [(f"[`{name}`]({name}.md)", command_line.commands[name].get_short_help_str(200)) for name in names]
    index = (
        "# Commands\n\nEverything that the notebooks do, without a browser. `passage-kit COMMAND --help` prints what "
        "these pages say. `--json` prints one machine-readable summary on stdout; everything else goes to stderr. What "
        "a command returns: [exit codes](../exit-codes.md).\n\n"
        f"{_table(('command', 'what it does'), rows)}\n{_toctree(names)}"
    )
    return {"commands/index.md": index} | {
        f"commands/{name}.md": _command_page(name, command) for name, command in command_line.commands.items()
    }


def _command_page(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"passage-kit {name}")
    usage = command.get_usage(context).removeprefix("Usage: ")
    paragraphs = [" ".join(part.split()) for part in inspect.cleandoc(command.help or "").split("\n\n")]
    options = [param for param in command.params if isinstance(param, click.Option)]
    rows = [_option_row(option, context) for option in options]
    parts = [f"# passage-kit {name}", "\n\n".join(paragraphs), f"```text\n{usage}\n```"]
    if rows:
        parts.append("## Options\n\n" + _table(("option", "what it does"), rows))
    return "\n\n".join(parts) + "\n"


def _option_row(option: click.Option, context: click.Context) -> tuple[str, str]:
    names = ", ".join(option.opts)
    value = "" if option.is_flag else f" {option.make_metavar(context)}"
    entry = option.get_help_record(context)
    return f"`{names}{value}`", entry[1] if entry else ""


# Finding codes


def _findings_of(sample: Path) -> dict[str, list[dict[str, str]]]:
    """Findings of the sample by code, as `findings.csv` has them."""
    with tempfile.TemporaryDirectory() as folder:
        pk.prepare(
            sample / "legacy_users.csv",
            schema=pk.MetadataSchema.from_toml(sample / "metadata_fields.toml"),
            default_region="US",
            out=folder,
        )
        with Path(folder, "out", "findings.csv").open(encoding="utf-8", newline="") as file:
            found: dict[str, list[dict[str, str]]] = {}
            for line in csv.DictReader(file):
                found.setdefault(line["code"], []).append(line)
    return found


def _code_pages(examples: Mapping[str, list[dict[str, str]]]) -> dict[str, str]:
    codes = [SimpleNamespace(**code) for code in json.loads(_printed("codes", "--json"))]
    rows = [(f"[`{code.code}`]({code.code}.md)", code.effect, code.meaning) for code in codes]
    effects = _table(("effect", "what becomes of the row"), [(f"`{name}`", text) for name, text in EFFECTS.items()])
    index = (
        "# Finding codes\n\nEvery finding has one of these codes. They are in `out/findings.csv`, in the frame "
        "`findings` and in the report; `passage-kit codes` prints them.\n\n"
        f"{effects}\n{_table(('code', 'usual effect', 'what it means'), rows)}"
    )
    return {"codes/index.md": index} | {
        f"codes/{code.code}.md": _code_page(code, examples.get(code.code, [])) for code in codes
    }


def _printed(*arguments: str) -> str:
    """Run a command of the kit, and return what it prints."""
    return CliRunner().invoke(command_line, arguments, catch_exceptions=False).stdout


def _code_page(code: SimpleNamespace, examples: list[dict[str, str]]) -> str:
    parts = [
        _ORPHAN,
        f"# {code.code}",
        code.meaning,
        f"Effect\n: **{code.effect}**. {EFFECTS[code.effect]}",
        f"Next step\n: {code.next_step}{_where_to(code)}",
    ]
    if sentences := [f"`{sentence}`" for sentence in code.sentences if sentence != "{argument}"]:
        parts.append(f"Said as\n: {' or '.join(sentences)}")
    parts.append(_in_the_sample(code, examples))
    find = f'found = prepared.findings\nfound[found["code"] == "{code.code}"]'
    parts.append(f"## Find them\n\nAfter `prepared = pk.prepare(...)`:\n\n```{{code-block}} python\n{find}\n```")
    parts.append("[All finding codes](index.md)")
    return "\n\n".join(parts) + "\n"


def _where_to(code: SimpleNamespace) -> str:
    """The pages that help with the next step."""
    pages = {
        "[Correct values](../../how-to/correct-values.md).": ("orrect", "Fill it in"),
        "[Decide about duplicates](../../how-to/decide-duplicates.md).": ("decisions.csv", "Review the two"),
        "[Options](../plan.md#options).": ("date order", "default region", "survivorship"),
        "[Metadata fields](../metadata-fields.md).": ("required = false", "max_length", "metadata field"),
    }
    return "".join(f" {link}" for link, words in pages.items() if any(word in code.next_step for word in words))


def _in_the_sample(code: SimpleNamespace, examples: list[dict[str, str]]) -> str:
    if not examples:
        return "## In the sample\n\nThe sample has none."
    count = f"The sample has {len(examples):,}." + (" The first ones:" if len(examples) > _SHOWN else "")
    columns = ("source_row", "field", "value", "detail")
    rows = [[f"`` {_cell(line[name])} ``" if line[name] else "" for name in columns] for line in examples[:_SHOWN]]
    return f"## In the sample\n\n{count}\n\n{_table(columns, rows)}"


# The plan


def _plan_sections() -> str:
    types = get_type_hints(pk.Plan)
    template = next(kind for kind in types["template"].__args__ if kind is not type(None))
    reading = FunctionDoc(pk.read_source)["Parameters"][1:]
    source = [
        ("path", "str", "The user list. A path is relative to the plan's own folder; a database URL has no password."),
        ("sha256", "str", "Hash of the file when the plan was saved; corrections and decisions hold for that file."),
        ("columns", "list of str", "Columns of the list that the mapping was made for, to tell which ones are new."),
        ("made_fields", "list of str", "Fields that were made from columns; they go when another list comes."),
    ]
    sections = {
        "[source]": _keys(source + [(entry.name, entry.type, " ".join(entry.desc)) for entry in reading]),
        "[options]": _documented(types["options"]),
        "[[fields]]": _documented(pk.MetadataField),
        "[[steps]]": _documented(pk.ValueStep),
        "[template]": _documented(template),
    }
    return "".join(f"\n## `{title}`\n\n{table}" for title, table in sections.items())


def _documented(kind: type) -> str:
    entries = NumpyDocString(inspect.getdoc(kind) or "")["Parameters"]
    return _keys((entry.name, entry.type, " ".join(entry.desc)) for entry in entries)


def _keys(entries: Iterable[tuple[str, str, str]]) -> str:
    rows = [(f"`{name}`", kind, text.replace("``", "`")) for name, kind, text in entries]
    return _table(("key", "type", "what it says"), rows)


# Layouts


def _layouts_page() -> str:
    known = [SimpleNamespace(**layout) for layout in json.loads(_printed("layouts", "--json"))]
    rows = [(f"[{layout.title}](#{layout.name.replace('_', '-')})", f"`{layout.name}`") for layout in known]
    parts = [
        "# Layouts",
        "The kit knows the exports of these systems by their columns. It says so (*This looks like an Auth0 export.*), "
        "and suggests a mapping by the layout; the values are checked as ever. `--layout none`, or "
        '`suggest_mapping(..., layout="none")`, leaves the layout aside, and the name of a layout takes that one. '
        "What a layout calls secret is left out in any case. "
        "`passage-kit layouts` prints this list. [Add one](../how-to/add-a-layout.md).",
        _table(("system", "name"), rows),
        *map(_layout_section, known),
    ]
    return "\n\n".join(parts) + "\n"


def _layout_section(layout: SimpleNamespace) -> str:
    """Say what one layout looks like; the list of columns of JSON is the paths of its values."""
    known_by = [", ".join(f"`{name}`" for name in signs) for signs in layout.signs]
    known_by += ["a fixed shape, without a header"] if layout.headerless else []
    known_by += [f"“{layout.mark}” at the beginning of the file"] if layout.mark else []
    targets = ("email", "phone", "source_key", "region", "order", "account_state", "verified", "secrets")
    columns = [(target, getattr(layout, target)) for target in targets] + [*layout.fields.items()]
    rows = [("known by", " or ".join(known_by))]
    rows += [(target, ", ".join(f"`{name}`" for name in names)) for target, names in columns if names]
    notes = "\n".join(f"- {note}" for note in layout.notes)
    link = f"[The vendor's documentation]({layout.link})."
    anchor = f"({layout.name.replace('_', '-')})="
    return f"{anchor}\n## {layout.title}\n\n{link}\n\n{_table(('what', 'columns'), rows)}\n{notes}"


# Exit codes


def _exit_codes_page() -> str:
    names = sorted(name for name in pk.__all__ if name.endswith("Error"))
    rows = [(f"`{name}`", str(getattr(pk, name).exit_code), _first_sentence(getattr(pk, name))) for name in names]
    means = _table(
        ("exit code", "what it means"),
        [
            ("0", "Done."),
            ("1", "A failure; also an incomplete push, and a `verify` that finds somebody missing or different."),
            ("2", "Nothing was written, because something has to be decided or fixed first. Bad usage is 2 as well."),
            ("130", "Interrupted with Ctrl-C. The same command goes on."),
        ],
    )
    return (
        "# Exit codes and errors\n\nA command returns one of four numbers; their meaning is "
        f"[promised](compatibility.md).\n\n{means}\n## By error\n\nIn Python the same cases are errors, all of them "
        "kinds of `PassageKitError`. A command that meets one returns its exit code.\n\n"
        f"{_table(('error', 'exit code', 'when'), rows)}"
    )

"""The fast paths change no byte: a run that judges cell by cell writes the same files."""

import csv
import os
import random
import subprocess
import sys

import pandas as pd
import pytest
from click.testing import CliRunner
from hostile_addresses import hostile_addresses
from hostile_phones import hostile_phones
from known_answers import make_export

from passage_kit.cli.commands import commands
from passage_kit.columns.users_frame import users_frame
from passage_kit.files.bundled import bundled
from passage_kit.identifiers import email_columns
from passage_kit.identifiers.emails import normalize_emails
from passage_kit.identifiers.identifiers import normalize_identifiers
from passage_kit.identifiers.phones import phones
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.run import prepare
from passage_kit.workspace.options import Options
from passage_kit.workspace.plan import Plan

SAMPLE = bundled("sample_data/legacy_users.csv")
SAMPLE_FIELDS = bundled("sample_data/metadata_fields.toml")
HEADER = ["Email", "Phone", "Country", "Manager", "Desk"]
FIELDS = MetadataSchema.from_dicts([
    {"field_name": "manager", "type": "email"},
    {"field_name": "desk", "type": "phone"},
])  # fmt: skip
MAPPING = {"email": "Email", "phone": "Phone", "region": "Country", "manager": "Manager", "desk": "Desk"}
WRAPPERS = [*["{}"] * 12, "Ann <{}>", "<{}>", " {}\u00a0", "mailto:{}", "MAILTO:{}?subject=x", '"Lee, Ann" <{}>',
            "'{}'", "{};", "<{}", "\u2018{}", "a@b.org <{}>", "{0}, {0}", "{} / bo@example.org", "\u200b{}",
            "'{}", "SMTP:{}", "({})", "jürgen.{}", "a {}",
            "{}; jo@bücher.example.org"]  # fmt: skip
FAKES = ["n/a", "noreply@example.com", "no-reply7@x.org", "test@test.com", "office@crowded.org", "ann@gmial.com",
         f"{'x' * 70}@example.org", f"ann@{'y' * 64}.org", "ann@bücher.example", "", "No Email"]  # fmt: skip


def hostile_rows(count, seed):
    """Half of the rows break rules one by one, half are people in all renderings, who share emails and phones."""
    dice = random.Random(seed)  # noqa: S311
    addresses = [
        dice.choice(FAKES) if dice.random() < 0.1 else dice.choice(WRAPPERS).format(address)
        for address in hostile_addresses(count // 2, seed)
    ]
    numbers = list(hostile_phones(count // 2, seed))
    known = make_export(count - len(addresses), seed=seed).cells
    rows = [[email, phone, country] for email, (phone, country) in zip(addresses, numbers, strict=True)]
    rows += [cells[1:4] for cells in known]
    managers, desks = addresses[:1_000], [phone for phone, _ in numbers[:1_000]]
    dice.shuffle(rows)
    return [[*row, dice.choice(managers), dice.choice(desks)] for row in rows]


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([HEADER, *rows])
    return path


def contents(folder):
    """Give the bytes of every file in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_same_files(one, other):
    files, others = contents(one), contents(other)
    assert files.keys() == others.keys()
    assert [name for name in files if files[name] != others[name]] == []
    assert len(files) >= 6


def prepare_both_ways(tmp_path, source, **options):
    for name in ("fast", "plain"):
        prepare(source, out=tmp_path / name, fast_paths=name == "fast", **options)
    assert_same_files(tmp_path / "fast", tmp_path / "plain")
    return tmp_path / "fast" / "out"


def test_the_sample_comes_out_the_same(tmp_path):
    fields = MetadataSchema.from_toml(SAMPLE_FIELDS)
    template = bundled("sample_data/console_template.csv")
    prepare_both_ways(tmp_path, SAMPLE, schema=fields, template=template, default_region="US")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "options"), [(20_000, {"default_region": "US"}), (6_000, {"strict": True, "allow_special_use": True})]
)
def test_hostile_rows_come_out_the_same(tmp_path, count, options):
    source = write_rows(tmp_path / "users.csv", hostile_rows(count, seed=11))
    out = prepare_both_ways(tmp_path, source, schema=FIELDS, mapping=MAPPING, **options)
    said = set(pd.read_csv(out / "findings.csv", usecols=["code"])["code"])
    hostile = "email_multiple email_placeholder email_domain_typo email_non_ascii email_leading_quote phone_multiple"
    hostile += " phone_extension phone_excel_damaged phone_decimal phone_international_prefix phone_two_readings"
    assert set(hostile.split()) <= said


def run_command(source, out, **environment):
    arguments = [sys.executable, "-m", "passage_kit", "prepare", str(source), "--out", str(out), "--region", "US"]
    arguments += ["--schema", str(SAMPLE_FIELDS)] if source == SAMPLE else []
    subprocess.run(arguments, env=os.environ | environment, check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sample", "hostile rows"])
def test_the_plain_command_writes_the_same_files(tmp_path, name):
    source = SAMPLE if name == "sample" else write_rows(tmp_path / "users.csv", hostile_rows(5_000, seed=12))
    run_command(source, tmp_path / "fast", PASSAGE_KIT_PLAIN="0")
    run_command(source, tmp_path / "plain", PASSAGE_KIT_PLAIN="1")
    assert_same_files(tmp_path / "fast", tmp_path / "plain")


# --- that each way is the one it says ---

PLAIN_ROWS = [[f"ann{at}@example.org", f"+1 201 555 {at:04}", "US", f"bo{at}@example.org", "201 555 0123"]
              for at in range(200)]  # fmt: skip


@pytest.fixture
def seen(monkeypatch):
    """Cells that the judges of cells have seen."""
    cells = {"email": [], "phone": []}
    judge_email, judge_phones = email_columns.judge_cell, phones.judge_cells

    def one_email(cell, library):
        cells["email"].append(cell)
        return judge_email(cell, library)

    def some_phones(values, regions, **options):
        cells["phone"] += values
        return judge_phones(values, regions, **options)

    monkeypatch.setattr(email_columns, "judge_cell", one_email)
    monkeypatch.setattr(phones, "judge_cells", some_phones)
    return cells


def columns_of(rows):
    return dict(zip(HEADER, map(list, zip(*rows, strict=True)), strict=True))


@pytest.mark.parametrize("fast_paths", [True, False])
def test_a_run_judges_every_cell_by_itself_only_when_asked(seen, fast_paths):
    prepare(users_frame(columns_of(PLAIN_ROWS)), schema=FIELDS, mapping=MAPPING, fast_paths=fast_paths)
    emails = [cell for row in PLAIN_ROWS for cell in (row[0], row[3])]
    numbers = [*(row[1] for row in PLAIN_ROWS), "201 555 0123"]
    assert sorted(seen["email"]) == ([] if fast_paths else sorted(emails))
    assert sorted(seen["phone"]) == ([] if fast_paths else sorted(numbers))


@pytest.mark.parametrize("fast_paths", [True, False])
def test_a_verb_judges_every_cell_by_itself_only_when_asked(seen, fast_paths):
    email, phone, *_ = columns_of(PLAIN_ROWS).values()
    users = users_frame({"email": email, "phone": phone})
    normalize_identifiers(users, fast_paths=fast_paths)
    assert len(seen["email"]) == len(seen["phone"]) == (0 if fast_paths else 200)


@pytest.mark.parametrize(("value", "count"), [("1", 200), ("0", 0)])
def test_the_command_judges_every_cell_by_itself_only_when_the_process_is_plain(
    seen, tmp_path, monkeypatch, value, count
):
    monkeypatch.setenv("PASSAGE_KIT_PLAIN", value)
    source = write_rows(tmp_path / "users.csv", [[*row[:3], "", ""] for row in PLAIN_ROWS])
    CliRunner().invoke(commands, ["prepare", str(source), "--out", str(tmp_path / "out")], catch_exceptions=False)
    assert len(seen["email"]) == len(seen["phone"]) == count


def test_crowds_and_placeholders_are_found_both_ways():
    cells = ["office@x.org"] * 20 + ["bo@x.org"] * 19 + ["noreply@x.org", "'ann@x.org", None]
    column = users_frame({"email": cells})["email"]
    fast, plain = (normalize_emails(column, fast_paths=fast_paths) for fast_paths in (True, False))
    assert fast[0].equals(plain[0])
    assert fast[1].equals(plain[1])
    assert plain[1]["code"].tolist() == ["email_placeholder"] * 21 + ["email_leading_quote"]


# --- the switch is no choice about results, so no plan holds it ---


def test_no_plan_holds_the_switch(tmp_path):
    plan = Plan(options=Options(default_region="US", fast_paths=False))
    assert plan.to_dict() == {"options": Plan(options=Options(default_region="US")).options.to_dict()}
    assert "fast_paths" not in plan.to_toml(tmp_path)
    assert plan.options == Options(default_region="US")


def test_another_option_leaves_the_switch_as_it_is(seen):
    plan = Plan(options=Options(fast_paths=False))
    prepare(users_frame({"Email": ["ann@example.org"]}), plan=plan, default_region="US")
    assert seen["email"] == ["ann@example.org"]

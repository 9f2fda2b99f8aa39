"""A process that calls the kit is left as it was: its environment, its settings, its threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[1] / "sample_data"
# What a process has that all of its code shares. Other libraries are loaded first, since some change it when they are.
STATE = """
import decimal, gc, locale, logging, os, random, shutil, signal, socket, sys, tempfile, threading, time, warnings
from pathlib import Path
import babel, email_validator, httpx, hypothesis, jinja2, numpy, openpyxl, pandas, pandera.pandas, phonenumbers, pyarrow
import pyarrow.csv, python_calamine, sqlalchemy, starlette, uvicorn

def umask():
    now = os.umask(0)
    os.umask(now)
    return now

def state():
    # the loggers of uvicorn are those of the sandbox's own server, which says nothing
    loggers = {name: log for name, log in logging.root.manager.loggerDict.items()
               if isinstance(log, logging.Logger) and not name.startswith("uvicorn")}
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "umask": umask(),
        "locale": locale.setlocale(locale.LC_ALL),
        "time zone": time.tzname,
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "collector": (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), gc.get_debug(), list(gc.callbacks)),
        "warnings": list(warnings.filters),
        "showing of warnings": warnings.showwarning,
        "root log": (logging.root.level, list(logging.root.handlers), logging.root.manager.disable),
        "logs": {name: (log.level, list(log.handlers), log.disabled, log.propagate) for name, log in loggers.items()
                 if log.level or log.handlers or log.disabled or not log.propagate},
        "path": list(sys.path),
        "import": (list(sys.meta_path), list(sys.path_hooks)),
        "hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook, sys.displayhook),
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "limits": (sys.getrecursionlimit(), sys.getswitchinterval(), socket.getdefaulttimeout()),
        "decimals": str(decimal.getcontext()),
        "random": (random.getstate(), str(numpy.random.get_state())),
        "numpy": (numpy.geterr(), numpy.get_printoptions()),
        "pandas": {name: pandas.get_option(name) for name in OPTIONS},
        "arrow": (pyarrow.default_memory_pool().backend_name, pyarrow.cpu_count(), pyarrow.io_thread_count()),
        "temporary folder": tempfile.gettempdir(),
        "threads": sorted(thread.name for thread in threading.enumerate()),
    }

OPTIONS = ["mode.string_storage", "display.max_rows", "display.max_columns", "display.width", "display.max_colwidth",
           "display.float_format", "compute.use_numexpr"]
random.seed(7)
before = state()
"""
COMPARE = """
end = time.monotonic() + 60
while (after := state())["threads"] != before["threads"] and time.monotonic() < end:
    time.sleep(0.01)
changed = [f"{name}: {was} became {after[name]}" for name, was in before.items() if after[name] != was]
print("; ".join(changed) or "the same", "calls:", calls)
"""
# Each public verb once, on the sample, as a migration goes.
VERBS = """
import passage_kit as pk
sample, folder = Path(sys.argv[1]), Path(sys.argv[2])
called = {}

def counted(name, verb):
    def call(*given, **options):
        called[name] = called.get(name, 0) + 1
        return verb(*given, **options)
    return call

verbs = {name: getattr(pk, name) for name in pk.__all__ if name.islower() and name != "__version__"}
it = type("Verbs", (), {name: staticmethod(counted(name, verb)) for name, verb in verbs.items()})
schema = pk.MetadataSchema.from_toml(sample / "metadata_fields.toml")
source = folder.parent / "first_users.csv"
source.write_bytes(b"".join((sample / "legacy_users.csv").read_bytes().splitlines(keepends=True)[:200]))
read = it.read_source(source)
raw = it.read_users(sample / "legacy_users.xlsx")
it.propose_fields(raw)
mapping = it.suggest_mapping(read.users, schema)
findings = it.unmapped_columns(read.users, mapping)
it.describe_findings(findings), it.count_findings(findings)
it.layouts()
it.first_look(read)
other = pk.Workspace(folder.parent / "other")
other.save_plan(pk.Plan("former.csv", mapping=mapping))
it.change_list(other, source)
it.bring_back_list(other)
it.find_spellings(read.users[read.users.columns[0]])
it.apply_value_steps(read.users, [pk.ValueStep(read.users.columns[0], "case", {"to": "lower"})])
users = it.apply_mapping(read.users, mapping)
it.load_fixes(pk.Workspace(folder), users)
users, _ = it.judge_accounts(users)
fixes = it.correct(pk.Workspace(folder).load_corrections(), [1], "email", "ann@example.org")
users, _ = it.apply_corrections(users, fixes)
it.take_back(fixes, [1], "email")
pk.Workspace(folder).save_corrections(fixes)
it.undo_change(folder), it.redo_change(folder), it.undo_change(folder), it.list_changes(folder)
users, _ = it.normalize_identifiers(users, default_region="US")
users, _ = it.normalize_values(users, schema)
decisions = it.decide(pk.Workspace(folder).load_decisions(), [1, 2], "apart")
users, _ = it.merge_duplicates(users, decisions=decisions)
users, _ = it.validate_users(users, it.build_schema(schema))
template = it.read_template(sample / "console_template.csv")
it.write_console_csv(users, folder / "console.csv", schema=schema, template=template)
prepared = it.prepare(source, schema=schema, template=template, default_region="US", out=folder)
it.write_report(prepared, folder / "report.html")
from passage_kit.cluster.engine import InThisProcess
it.prepare_on_cluster(plan=prepared.plan, client=InThisProcess(), out=folder.parent / "of a cluster")
it.output_files(pk.Workspace(folder))
with pk.SandboxClient(folder) as client:
    it.push_users(folder, client=client)
    it.verify_push(folder, client=client)
    shutil.copy(sample / "application.db", folder / "application.db")
    db = f"sqlite:///{(folder / 'application.db').as_posix()}"
    ids = it.read_passage_ids(pk.Workspace(folder))
    it.write_passage_ids(ids, table="users", workspace=folder, db=db)
    drift = it.find_drift(folder, table="users", db=db, client=client)
    it.mend_drift(drift, db=db, dry_run=True)
    it.fresh_contact(ids["passage_id"].dropna().iloc[0], client=client)
    facts = {"app": "Shop", "date": "2026-12-01", "contact": "help@shop.example", "address": "shop.example"}
    it.write_words(folder, language="fr", **facts)
    it.find_status(folder, client=client)
    it.note_words_sent(folder, "announcement", language="fr")
    it.undo_write_back(folder, db=db)
    it.undo_push(folder, client=client)
missing = sorted(set(verbs) - set(called))
calls = "all" if not missing else f"not {missing}"
"""
REFUSED = """
import passage_kit as pk
for verb, given in ((pk.read_users, "no_such_list.csv"), (pk.push_users, sys.argv[2]), (pk.prepare, sys.argv[1])):
    try:
        verb(given)
    except pk.PassageKitError:
        continue
    raise AssertionError("not refused")
calls = "all"
"""
WORK = {
    "importing": "import passage_kit as pk\nfor name in pk.__all__:\n    getattr(pk, name)\ncalls = 'all'",
    "calling every verb": VERBS,
    "calls that are refused": REFUSED,
}


@pytest.mark.slow
@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_the_process_is_left_as_it_was(work, tmp_path):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PASSAGE_", "PYTHONWARN"))}
    run = subprocess.run(
        [sys.executable, "-c", STATE + work + COMPARE, str(SAMPLE), str(tmp_path / "m")],
        capture_output=True, text=True, check=False, env=inherited, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "the same calls: all"

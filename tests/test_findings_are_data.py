"""Findings are data: English is made of them at the edges, and nothing reads it."""

from dataclasses import replace

import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.funnel import funnel
from passage_kit.preparation.rules import Judgment

NONSENSE = "into row 1: line 2 became @ {argument}, extension row 3 keeps row {other_row}"


def prepared_sample(folder) -> tuple[pk.Prepared, dict[str, bytes]]:
    """The sample with a correction and a decision, and the files that are not meant for reading."""
    workspace = pk.Workspace(folder).make()
    none = pd.DataFrame({name: [] for name in ("source_row", "field", "value", "note")})
    workspace.save_corrections(pk.correct(none, [3], "email", "corrected@example.org"))
    workspace.save_decisions(pk.decide(workspace.load_decisions(), [4, 5], "merge"))
    prepared = pk.prepare(
        bundled("sample_data/legacy_users.csv"),
        schema=pk.MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml")),
        template=bundled("sample_data/console_template.csv"),
        default_region="US",
        out=workspace,
    )
    names = ("console_import.csv", "ledger.csv", "rejected_rows.csv")
    return prepared, {name: (workspace.out / name).read_bytes() for name in names}


@pytest.fixture
def nonsense(monkeypatch):
    def speak() -> None:
        for name, code in list(CODES.items()):
            said = replace(code, sentences=(NONSENSE, "{field} extension 7"), meaning="?", next_step="?")
            monkeypatch.setitem(CODES, name, said)

    return speak


def test_nothing_reads_the_sentences(nonsense, tmp_path):
    before, files_before = prepared_sample(tmp_path / "before")
    plain = pk.describe_findings(before.findings)
    nonsense()
    after, files_after = prepared_sample(tmp_path / "after")
    assert set(pk.describe_findings(after.findings)["detail"].dropna()).isdisjoint(plain["detail"].dropna())
    pd.testing.assert_frame_equal(after.findings, before.findings)
    pd.testing.assert_frame_equal(after.ledger, before.ledger)
    pd.testing.assert_frame_equal(after.users, before.users)
    assert files_after == files_before
    assert funnel(after.ledger, after.findings).to_dict() == funnel(before.ledger, before.findings).to_dict()
    assert {"corrected", "merged_by_decision", "phone_extension", "email_domain_typo"} <= set(after.findings["code"])


def test_a_panel_suggests_the_same_address(nonsense):
    users = pk.apply_mapping(
        pd.DataFrame({"Mail": ["ann@gmial.com"]}, dtype="string[pyarrow]"), pk.FieldMapping({"email": "Mail"})
    )
    nonsense()
    judged = Judgment.of(users, pk.Plan(), corrections=pd.DataFrame({"source_row": [], "field": [], "value": []}))
    [meant] = judged.findings.loc[judged.findings["code"] == "email_domain_typo", "argument"]
    assert meant == "gmail.com"

"""The command ``passage-kit fields``: its TOML is what prepare reads."""

import passage_kit as pk


def test_it_prints_fields_that_prepare_reads(run, tmp_path):
    (tmp_path / "users.csv").write_text("Mail,Größe,Aktiv\nann@example.org,42,yes\nbob@example.org,7,no\n")
    code, printed, _ = run("fields", tmp_path / "users.csv")
    assert code == 0
    assert "# Größe: All values are whole numbers." in printed
    (tmp_path / "fields.toml").write_text(printed)
    schema = pk.MetadataSchema.from_toml(tmp_path / "fields.toml")
    proposals = pk.propose_fields(pk.read_users(tmp_path / "users.csv"))
    assert list(schema) == [proposal.field for proposal in proposals]
    assert [(field.field_name, field.type) for field in schema] == [("grosse", "integer"), ("aktiv", "boolean")]


def test_one_column_is_named(run, tmp_path):
    (tmp_path / "users.csv").write_text("Mail,Plan,City\nann@example.org,free,Ulm\n")
    _, printed, _ = run("fields", tmp_path / "users.csv", "--column", "City")
    assert printed.count("[[fields]]") == 1
    assert 'friendly_name = "City"' in printed


def test_a_strange_column_is_refused(run, tmp_path):
    (tmp_path / "users.csv").write_text("Mail\nann@example.org\n")
    code, printed, said = run("fields", tmp_path / "users.csv", "--column", "City")
    assert (code, printed) == (2, "")
    assert "no column 'City'" in said

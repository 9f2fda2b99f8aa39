import pandas as pd
import pytest

import passage_kit as pk
from passage_kit.columns.users_frame import users_frame
from passage_kit.duplicates.decisions import decide, no_decisions
from passage_kit.files.bundled import bundled
from passage_kit.workspace.corrections import correct

SAMPLE = bundled("sample_data/legacy_users.csv")
SCHEMA = pk.MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml"))


def test_one_call_equals_the_steps():
    raw = pk.read_users(SAMPLE)
    users = pk.apply_mapping(raw, pk.suggest_mapping(raw, SCHEMA))
    users, _ = pk.normalize_identifiers(users, default_region="US")
    users, _ = pk.normalize_values(users, SCHEMA, default_region="US")
    users, _ = pk.merge_duplicates(users, survivor="newest")
    users, _ = pk.validate_users(users, SCHEMA, default_region="US")
    prepared = pk.prepare(SAMPLE, schema=SCHEMA, default_region="US", survivor="newest")
    pd.testing.assert_frame_equal(prepared.users, users, check_index_type=False)


def test_the_source_frame_is_not_changed():
    raw = users_frame({"E-mail": [" A@example.org"], "Phone": ["+1 415 555 2671"]})
    before = raw.copy(deep=True)
    pk.prepare(raw)
    pd.testing.assert_frame_equal(raw, before)


@pytest.mark.slow
def test_the_plan_of_a_run_repeats_it():
    first = pk.prepare(SAMPLE, schema=SCHEMA, default_region="US", survivor="oldest", strict=True)
    again = pk.prepare(plan=first.plan)
    pd.testing.assert_frame_equal(again.findings, first.findings)
    pd.testing.assert_frame_equal(again.ledger, first.ledger)
    assert again.plan == first.plan


@pytest.mark.slow
def test_arguments_overrule_the_plan():
    plan = pk.prepare(SAMPLE, schema=SCHEMA, default_region="US").plan
    assert pk.prepare(plan=plan, survivor="first").plan.options.survivor == "first"
    assert pk.prepare(plan=plan, survivor="first").plan.options.default_region == "US"


def test_without_a_schema_identifiers_alone_go_out_and_the_rest_is_said():
    prepared = pk.prepare(users_frame({"email": ["a@example.org"], "Shoe size": ["43"]}))
    assert list(prepared.users.columns) == ["email", "phone"]
    assert prepared.unmapped["field"].tolist() == ["Shoe size"]


def test_a_template_alone_gives_the_fields(tmp_path):
    template = tmp_path / "template.csv"
    template.write_text("email,phone,First name\n")
    raw = users_frame({"email": ["a@example.org"], "First name": ["Ann"]})
    assert pk.prepare(raw, template=template).users["first_name"].tolist() == ["Ann"]


def test_a_field_named_like_a_helper_is_no_helper():
    schema = pk.MetadataSchema([pk.MetadataField("region")])
    raw = users_frame({"email": ["a@example.org"], "Land": ["Bavaria"], "Country": ["DE"]})
    mapping = {"email": "email", "user_metadata.region": "Land", "region": "Country"}
    users = pk.prepare(raw, schema=schema, mapping=mapping).users
    assert users["user_metadata.region"].tolist() == ["Bavaria"]


def test_nothing_to_read_is_said():
    with pytest.raises(pk.SourceError, match="no user list"):
        pk.prepare()


def test_an_unknown_option_is_refused():
    with pytest.raises(pk.OptionError, match="survivr"):
        pk.prepare(SAMPLE, survivr="first")


def test_a_rejected_row_of_the_reader_stays_rejected():
    prepared = pk.prepare(SAMPLE, schema=SCHEMA, default_region="US")
    unread = prepared.source.findings.query("effect == 'rejected'")["source_row"]
    assert len(unread) > 0
    assert (prepared.ledger.loc[list(unread), "disposition"] == "rejected").all()


def test_rejected_rows_can_be_mended_and_fed_back(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("email,plan\nann@,pro\nbo@example.org,free\n")
    prepared = pk.prepare(source, out=tmp_path / "m")
    rejected = tmp_path / "m" / "out" / "rejected_rows.csv"
    assert pk.read_users(rejected).columns.tolist() == [
        "email",
        "plan",
        "rejected_source_row",
        "rejected_reasons",
        "rejected_line",
    ]
    rejected.write_text(rejected.read_text().replace("ann@", "ann@example.org"))
    assert pk.prepare(rejected).users["email"].tolist() == ["ann@example.org"]
    assert len(prepared.users) == 1


CITY = pk.MetadataSchema([pk.MetadataField("city")])
LIST = "email,phone,city\nann@example.org,+14155552671,Lyon\nann@example.org,,Oslo\nbo@example.org,+14155552672,Ulm\n"


def test_decisions_of_the_workspace_are_applied_on_every_run(tmp_path):
    source, workspace = tmp_path / "users.csv", pk.Workspace(tmp_path / "m")
    source.write_text(LIST)
    workspace.save_decisions(decide(decide(no_decisions(), [1, 2], "survivor", survivor_row=2), [1, 9], "apart"))
    for _ in range(2):
        prepared = pk.prepare(source, schema=CITY, out=workspace)
        assert prepared.users["city"].tolist() == ["Oslo", "Ulm"]
        assert prepared.ledger.loc[1, "survivor_row"] == 2
        codes = prepared.findings["code"].value_counts()
        assert (codes["decision_applied"], codes["decision_unused"]) == (1, 1)
    repeated = pk.prepare(plan=workspace.plan_path, out=tmp_path / "again")
    pd.testing.assert_frame_equal(repeated.users, prepared.users)


def test_a_row_that_is_kept_apart_and_has_nothing_else_is_rejected(tmp_path):
    source, workspace = tmp_path / "users.csv", pk.Workspace(tmp_path / "m")
    source.write_text("email,city\nann@example.org,Lyon\nann@example.org,Oslo\n")
    workspace.save_decisions(decide(no_decisions(), [1, 2], "apart"))
    ledger = pk.prepare(source, out=workspace).ledger
    assert ledger.loc[2, ["disposition", "codes"]].tolist() == ["rejected", "kept_apart no_identifier"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["corrections", "decisions"])
def test_fixes_of_a_file_that_has_changed_are_not_applied_to_whoever_has_their_rows(tmp_path, kind):
    source, workspace = tmp_path / "users.csv", pk.Workspace(tmp_path / "m")
    source.write_text(LIST)
    pk.prepare(source, out=workspace)
    if kind == "corrections":
        workspace.save_corrections(correct(workspace.load_corrections(), [1], "email", "ann@example.net"))
    else:
        workspace.save_decisions(decide(no_decisions(), [1, 2], "apart"))
    pk.prepare(source, out=workspace)
    source.write_text("email,phone,city\nzoe@example.org,,Rome\n" + LIST.partition("\n")[2].partition("\n")[2])
    prepared = pk.prepare(source, out=workspace)
    assert prepared.users.loc[1, "email"] == "zoe@example.org"
    assert f"{kind.removesuffix('s')}_unplaced" in set(prepared.findings["code"])


@pytest.mark.slow
def test_corrections_beside_the_plan_hold_with_decisions_of_the_workspace(tmp_path):
    source, workspace, other = tmp_path / "users.csv", pk.Workspace(tmp_path / "m"), pk.Workspace(tmp_path / "n")
    source.write_text(LIST)
    pk.prepare(source, out=workspace)
    workspace.save_corrections(correct(workspace.load_corrections(), [3], "email", "bo@example.net"))
    other.save_decisions(decide(no_decisions(), [1, 2], "survivor", survivor_row=2))
    users = pk.prepare(plan=workspace.plan_path, out=other).users
    assert users["email"].to_dict() == {2: "ann@example.org", 3: "bo@example.net"}


@pytest.mark.slow
def test_rejected_rows_corrected_in_a_spreadsheet_read_as_the_original(tmp_path):
    source = tmp_path / "users.csv"
    cells = ["=1+1", "'=1+1", "+1 (415) 555-0101", "-5", "@x", "'plain'", "＝1", " =2", "-", "'"]
    rows = "".join(f'u{at}@,"{cell}"\n' for at, cell in enumerate(cells))
    source.write_text(f"email,=note\n{rows}", encoding="utf-8")
    pk.prepare(source, mapping={"email": "email"}, out=tmp_path / "m")
    rejected = tmp_path / "m" / "out" / "rejected_rows.csv"
    assert "'=note" in rejected.read_text(encoding="utf-8")
    assert pk.read_users(rejected)["=note"].tolist() == cells
    # a spreadsheet writes what it shows, with quotes and line ends of its own; some drop the apostrophe of a text
    lines = pd.read_csv(rejected, dtype=str, keep_default_na=False)
    lines["email"] = [f"u{at}@example.org" for at in range(len(lines))]
    lines.to_csv(rejected, index=False, lineterminator="\n", quoting=1)
    lines.to_excel(tmp_path / "rejected.xlsx", index=False)
    lines["'=note"] = lines["'=note"].str.replace(r"^'(?=[=+@-])", "", regex=True)
    lines.to_csv(tmp_path / "dropped.csv", index=False, sep=";")
    for file in (rejected, tmp_path / "rejected.xlsx", tmp_path / "dropped.csv"):
        again = pk.prepare(
            file, schema=pk.MetadataSchema([pk.MetadataField("note")]), mapping={"email": "email", "note": "=note"}
        )
        assert again.users["note"].tolist() == [cell.strip() for cell in cells], file
    untouched = tmp_path / "own.csv"
    untouched.write_text("email,note\na@example.org,'=1\n")
    assert pk.read_users(untouched)["note"].tolist() == ["'=1"]


@pytest.mark.parametrize(
    ("options", "names"),
    [({}, [None, "Lee"]), ({"null_words": []}, ["NULL", "Lee"]), ({"null_words": ("Lee",)}, ["NULL", None]),
     ({"null_words": "auto"}, [None, "Lee"])],
)  # fmt: skip
def test_the_option_says_which_words_mean_nothing(options, names):
    emails = ["ann@example.org", "bo@example.org"]
    raw = users_frame({"Email": emails, "Last": ["NULL", "Lee"], "City": ["NULL", "Ulm"]})
    schema = pk.MetadataSchema.from_dicts([{"field_name": "last", "type": "string"}])
    prepared = pk.prepare(raw, schema=schema, mapping={"email": "Email", "last": "Last"}, **options)
    assert [None if pd.isna(name) else name for name in prepared.users["last"]] == names
    said = prepared.findings[prepared.findings["code"] == "null_word"]
    assert len(said) == (None in names)


def test_the_layout_that_the_reading_recognised_suggests_the_mapping(tmp_path, monkeypatch):
    path = tmp_path / "users.csv"
    path.write_text("id,user_id,email,email_verified,identities\n7,auth0|1,a@example.org,true,\n")
    asked = []
    monkeypatch.setattr("passage_kit.mapping.suggest.recognise", lambda columns: asked.append(columns))
    prepared = pk.prepare(path)
    assert prepared.layout.name == "auth0"
    assert prepared.plan.mapping["source_key"].names == ("user_id",)
    assert asked == []


def test_a_cover_sheet_names_the_sheets_with_users(tmp_path):
    path = tmp_path / "users.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"Export of the members": ["made by Olga"]}).to_excel(book, sheet_name="Info", index=False)
        pd.DataFrame({"Email": ["ann@example.org"]}).to_excel(book, sheet_name="Members", index=False)
    with pytest.raises(pk.MappingError, match=r"sheet 'Info' .* more sheets with data: Members\. .*--sheet 'Members'"):
        pk.prepare(path)
    assert len(pk.prepare(path, reading={"sheet": "Members"}).users) == 1


def test_cells_of_the_notebook_read_lost_pluses_as_a_run_does(tmp_path):
    source = tmp_path / "users.csv"
    source.write_text("id,raw_user_meta_data,phone\nu1,{},447400123456\n", encoding="utf-8")
    workspace = pk.Workspace(tmp_path / "workspace")
    prepared = pk.prepare(source, out=workspace, default_region="US")
    plan = workspace.load_plan()
    mapped = pk.apply_mapping(pk.read_users(plan.source), plan.mapping)
    users, findings = pk.normalize_identifiers(
        mapped, default_region=plan.options.default_region, lost_plus=plan.lost_plus
    )
    assert users["phone"].tolist() == prepared.users["phone"].tolist() == ["+447400123456"]
    assert findings["code"].tolist() == ["phone_plus_added", "phone_normalized"]

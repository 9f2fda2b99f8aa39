"""Lists one below the other: asked about, read one at a time, and nobody of the second under the first one's names."""

import csv
import io
import zipfile

import openpyxl
import pytest

import passage_kit as pk
from passage_kit import Plan, Workspace
from passage_kit.widgets import ReadList

CUSTOMERS = "Customers\nName,Email,Phone\nAnn,ann@example.org,+14155550101\nBob,bob@example.org,\n"
BELOW = {
    "another order": "Suppliers\nCompany,Phone,Email\nAcme,+14155550103,eve@example.org\nBolt,,carl@example.org\n",
    "more columns": "Suppliers\nCompany,Street,City,Email,Fax\nA,Elm,Oslo,eve@example.org,1\nB,C,D,carl@example.org,\n",
    "fewer columns": "Suppliers\nE-Mail,Company\neve@example.org,Acme\ncarl@example.org,Bolt\n",
    "the same columns": "Suppliers\nName,Email,Phone\nEve,eve@example.org,\nCarl,carl@example.org,\n",
    "other names": "=== Suppliers: ===\nCompany,Order mail,Tel.\nAcme,eve@example.org,\nBolt,carl@example.org,1\n",
    "another language": "Suppliers\nFirma,Partner,E-Mail-Adresse\nAcme,Eve,eve@example.org\nBolt,C,carl@example.org\n",
}
BETWEEN = {"nothing": "", "an empty line": "\n", "a blank row": ",,\n", "blank rows and lines": "\n,,\n\n"}


def write(folder, text, name="people.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def emails(source):
    """Find the emails of each row, under whichever name."""
    return sorted(cell for row in source.users.to_numpy().tolist() for cell in row if "@" in str(cell))


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN)
@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
def test_two_lists_are_asked_about_and_read_one_at_a_time(tmp_path, below, between):
    path = write(tmp_path, CUSTOMERS + between + below)
    with pytest.raises(pk.SourceError, match=r"2 lists, one below the other: Customers .*Suppliers") as asked:
        pk.read_source(path)
    assert asked.value.choices[:2] == ("Customers", "Suppliers")
    first, second = (pk.read_source(path, table=title) for title in ("Customers", "Suppliers"))
    assert emails(first) == ["ann@example.org", "bob@example.org"]
    assert emails(second) == ["carl@example.org", "eve@example.org"]
    assert first.lists == ("Customers", "Suppliers")
    assert second.lists == ("Suppliers", "Customers")
    for source, other in ((first, "Suppliers (lines "), (second, "Customers (lines 1 to ")):
        [said] = source.findings.loc[source.findings["code"] == "entries_set_apart", "argument"]
        assert said.startswith(other)


def test_the_lines_of_the_second_list_are_those_of_the_file(tmp_path):
    path = write(tmp_path, CUSTOMERS + "\nSuppliers\nCompany,Email\nAcme,eve@example.org\nBolt,carl@example.org,3\n\n")
    source = pk.read_source(path, table="Suppliers")
    assert source.header_line == 7
    said = source.findings.set_index("code")["argument"].to_dict()
    assert said["entries_set_apart"] == "Customers (lines 1 to 5)"
    assert said["row_too_long"] == "line 9: 3 values, and the header has 2 names"
    assert said["lines_blank"].endswith("10")


def test_three_lists_of_which_two_have_no_title_of_their_own(tmp_path):
    path = write(
        tmp_path,
        "Name;E-Mail\nAnn;ann@example.org\nE-Mail;Firma\nbob@example.org;Acme\n\nPartner\nMail;Tel\neve@example.org;1\n",
    )
    with pytest.raises(pk.SourceError, match=r"list 1 \(header in line 1\), list 2 \(header in line 3\), Partner"):
        pk.read_source(path)
    found = [emails(pk.read_source(path, table=title)) for title in ("list 1", "list 2", "Partner")]
    assert found == [["ann@example.org"], ["bob@example.org"], ["eve@example.org"]]


def test_lists_of_the_same_columns_are_also_read_as_one(tmp_path):
    path = write(tmp_path, CUSTOMERS + BELOW["the same columns"])
    with pytest.raises(pk.SourceError, match=r"all have the same columns, and '\*' reads them as one") as asked:
        pk.read_source(path)
    assert asked.value.choices[-1] == "*"
    source = pk.read_source(path, table="*")
    assert len(emails(source)) == 4
    assert source.lists == ("*", "Customers", "Suppliers")
    assert source.findings["code"].tolist().count("row_repeats_header") == 1


@pytest.mark.parametrize("title", ["", "Page 2\n", "Page 2,,\n"])
def test_the_header_of_another_page_begins_no_list(tmp_path, title):
    path = write(tmp_path, CUSTOMERS + title + "Name,Email,Phone\nEve,eve@example.org,\n")
    assert len(emails(pk.read_source(path))) == 3


ROWS = [
    "Ann,no email,no phone",
    "Email,Phone,ann@example.org",
    "N/A,Email me,Phone me",
    "Suppliers,,",
]


@pytest.mark.parametrize("row", ROWS)
def test_rows_of_people_begin_no_list(tmp_path, row):
    lines = [f"Eve,eve{number}@example.org,+4930{number}" for number in range(1000, 1005)]
    for at in (0, 2, 5):
        lines_with = "\n".join([*lines[:at], row, *lines[at:]])
        source = pk.read_source(write(tmp_path, f"name,contact,preferred\n{lines_with}\n"))
        assert len(source.users) == 6


def test_what_people_prefer_begins_no_list(tmp_path):
    rows = ["Ann,ann@example.org,+49301,email,phone", "Zoë,,,email,phone", "Mia,mia@example.org,,phone,email"]
    text = "\n".join(["name,email,phone,preferred,backup", *rows, *rows, ""])
    assert len(pk.read_source(write(tmp_path, text)).users) == 6


def test_a_choice_where_there_is_none(tmp_path):
    with pytest.raises(pk.OptionError, match="holds one list"):
        pk.read_source(write(tmp_path, CUSTOMERS), table="Customers")


def test_a_choice_that_is_none(tmp_path):
    with pytest.raises(pk.SourceError, match="none called 'Friends'") as asked:
        pk.read_source(write(tmp_path, CUSTOMERS + BELOW["fewer columns"]), table="Friends")
    assert asked.value.choices == ("Customers", "Suppliers")


def test_lists_in_a_sheet(tmp_path):
    book = openpyxl.Workbook()
    for line in (CUSTOMERS + "\n" + BELOW["more columns"]).splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "people.xlsx")
    with pytest.raises(pk.SourceError, match=r"Customers \(header in row 2\), Suppliers \(header in row 7\)"):
        pk.read_source(tmp_path / "people.xlsx")
    first, second = (pk.read_source(tmp_path / "people.xlsx", table=title) for title in ("Customers", "Suppliers"))
    assert emails(first) == ["ann@example.org", "bob@example.org"]
    assert emails(second) == ["carl@example.org", "eve@example.org"]
    assert second.header_line == 7
    assert "Customers (rows 1 to 5)" in second.findings["argument"].tolist()
    assert "Suppliers (rows 6 to 9)" in first.findings["argument"].tolist()


def test_lists_in_a_file_of_an_archive(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("people.csv", CUSTOMERS + BELOW["fewer columns"])
        archive.writestr("roles.csv", "role\nadmin\n")
    (tmp_path / "all.zip").write_bytes(packed.getvalue())
    with pytest.raises(pk.SourceError, match=r'`--records "people\.csv:Customers"`') as asked:
        pk.read_source(tmp_path / "all.zip", table="people.csv")
    assert asked.value.choices == ("people.csv:Customers", "people.csv:Suppliers")
    source = pk.read_source(tmp_path / "all.zip", table="people.csv:Suppliers")
    assert emails(source) == ["carl@example.org", "eve@example.org"]
    assert source.lists == ("people.csv:Suppliers", "people.csv:Customers", "roles.csv")


def test_lists_of_one_column(tmp_path):
    path = write(tmp_path, "Email\nann@example.org\nbob@example.org\n\nUnsubscribed\nEmail\neve@example.org\n")
    with pytest.raises(pk.SourceError, match=r"list 1 \(header in line 1\), Unsubscribed \(header in line 6\)"):
        pk.read_source(path)
    assert emails(pk.read_source(path, table="list 1")) == ["ann@example.org", "bob@example.org"]
    again = write(tmp_path, "Email\nann@example.org\nEmail\neve@example.org\n")
    assert len(emails(pk.read_source(again))) == 2


def test_the_command_asks_and_exports_the_chosen_list_alone(tmp_path, run):
    path = write(tmp_path, CUSTOMERS + "\n" + BELOW["another order"])
    code, _, said = run("prepare", path, "--out", tmp_path / "m")
    assert code == 2
    assert "Customers" in said
    assert not (tmp_path / "m" / "out").exists() or not any((tmp_path / "m" / "out").iterdir())
    code, _, _ = run("prepare", path, "--out", tmp_path / "m", "--records", "Suppliers", "--region", "US")
    assert code == 0
    exported = (tmp_path / "m" / "out" / "console_import.csv").read_text()
    assert "eve@example.org" in exported
    assert "ann@example.org" not in exported
    code, _, _ = run("prepare", "--plan", tmp_path / "m" / "plan.toml", "--out", tmp_path / "m")  # the plan keeps it
    assert code == 0


def test_the_panel_offers_the_lists(tmp_path):
    workspace = Workspace(tmp_path / "m")
    workspace.save_plan(Plan(str(write(tmp_path, CUSTOMERS + BELOW["fewer columns"]))))
    panel = ReadList(workspace)
    assert [value for _, value in panel.lists.options] == ["", "Customers", "Suppliers"]
    panel.lists.value = "Suppliers"
    assert emails(panel.source) == ["carl@example.org", "eve@example.org"]


SURVEY = [
    ["StartDate", "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "Q1"],
    ["Start Date", "Response ID", "Last Name", "First Name", "Recipient Email", "What is\nyour number?"],
    [
        '{"ImportId":"startDate","timeZone":"UTC"}',
        *[f'{{"ImportId":"{name}"}}' for name in ("_id", "l", "f", "e", "q")],
    ],
    ["2024-01-01", "R_1abc", "Lee", "Ann", "ann@example.org", "+14155552671"],
    ["2024-01-02", "R_2abc", "Ray", "Bob", "bob@example.org", "+14155552672"],
]


@pytest.mark.parametrize("name", ["survey.csv", "survey.xlsx"])
def test_the_header_of_a_survey_has_three_lines_and_is_no_list_of_its_own(tmp_path, name):
    if name.endswith("csv"):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(SURVEY)
    else:
        book = openpyxl.Workbook()
        for row in SURVEY:
            book.active.append(row)
        book.save(tmp_path / name)
    prepared = pk.prepare(tmp_path / name)
    assert prepared.users["email"].tolist() == ["ann@example.org", "bob@example.org"]
    assert prepared.users.index.tolist() == [3, 4]
    apart = prepared.findings[prepared.findings["code"] == "row_repeats_header"]
    places = ["line 2", "line 4"] if name.endswith("csv") else ["row 2", "row 3"]
    assert apart["argument"].tolist() == places
    assert prepared.ledger["disposition"].tolist() == ["rejected", "rejected", "kept", "kept"]

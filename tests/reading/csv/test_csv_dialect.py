"""Delimiter and header of a CSV file."""

import pytest

from passage_kit.errors import OptionError, SourceError
from passage_kit.reading.csv.csv_dialect import find_dialect
from passage_kit.reading.readers import read_source
from passage_kit.translations import speaking, told


def found(text: str, **options):
    return find_dialect(text.encode(), "users.csv", **options)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    assert (
        found(delimiter.join(["E-Mail", "Name"]) + "\n" + delimiter.join(["ann@example.org", "Ann"])).delimiter
        == delimiter
    )


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("email;name\nann@example.org;Smith, Ann\nbob@example.org;Jones, Bob\n", ";"),
        ('email,name\nann@example.org,"Smith; Ann; B"\nbob@example.org,"Jones; Bob; C"\n', ","),
        ("email|note\nann@example.org|a,b,c\nbob@example.org|d,e,f\n", "|"),
        ("Foo;Bar;Baz\na,b;c;d\ne,f;g;h\n", ";"),
        ("sep=;\nemail;name\nann@example.org;x,y\n", ";"),
        ('"sep=|"\r\nemail|name\r\nann@example.org|x,y\r\n', "|"),
        ("Users, by name, of today\nemail;name\nann@example.org;Ann\n", ";"),
    ],
)
def test_delimiters_within_values(text, delimiter):
    dialect = found(text)
    assert dialect.delimiter == delimiter
    assert [line for _, line in dialect.preamble] == ["Users, by name, of today"] * text.startswith("Users")


@pytest.mark.parametrize("text", ["email\nann@example.org\n", "name\nSmith, Ann\nJones, Bob\n", "Name\nAnn\n"])
def test_single_column(text):
    dialect = found(text)
    assert dialect.single
    assert dialect.line == 1


def test_preamble_has_numbers_and_text():
    dialect = found("# made on Monday\n\nOur users\nemail,name\n#1,x\n")
    assert dialect.preamble == ((1, "# made on Monday"), (3, "Our users"))
    assert (dialect.blank, dialect.line, dialect.names) == ((2,), 4, ("email", "name"))


def test_header_of_several_lines():
    dialect = found('"E-Mail\n(private)",Name\nann@example.org,Ann\n')
    assert (dialect.line, dialect.last_line) == (1, 2)


def test_header_row_as_given():
    text = "a@example.org,b\nfoo,bar\nann@example.org,x\n"
    assert found(text, header_row=2).names == ("foo", "bar")
    with pytest.raises(OptionError, match="header_row=9"):
        found(text, header_row=9)
    with pytest.raises(OptionError, match="header_row=-1"):
        found(text, header_row=-1)


def test_a_delimiter_at_the_end_of_the_header_alone():
    assert found("email,name,\nann@example.org,Ann\n").names == ("email", "name")
    assert found("email,name,\nann@example.org,Ann,x\n").names == ("email", "name", "")


def test_what_is_unsure_is_said():
    assert found("email,name\nann@example.org,Ann\n").unsure == ()
    assert "Most rows" in found("email,name\nann@example.org,Ann,x\nbob@example.org,Bob,x\n").unsure[0]
    assert "no column name" in found("foo,bar\nx,y\n").unsure[0].lower()
    assert any("instead" in sentence for sentence in found("foo;b,ar\nx;y,z\n").unsure)
    assert any(
        "several values" in sentence for sentence in found("Shop,Berlin\nemail,name,plan\na@example.org,b,c\n").unsure
    )


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n", "é"])
def test_not_a_delimiter(delimiter):
    with pytest.raises(OptionError, match="delimiter"):
        found("a,b\n1,2\n", delimiter=delimiter)


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.org,+14155552671\nbob@example.org,+14155552672\n",
        "Ann Smith,ann@example.org\nBob Jones,bob@example.org\n",
        "Users\nAnn Smith;ann@example.org;x\nBob Jones;bob@example.org;y\n",
        "ann@example.org\nbob@example.org\n",
    ],
)
def test_without_a_header_nothing_is_read(text):
    with pytest.raises(SourceError, match=r"no header: line 1.*above the first user"):
        found(text)


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_empty(text):
    with pytest.raises(SourceError, match=r"users.csv is empty\. Export"):
        found(text)


def test_a_fixed_layout_without_a_header_is_known_by_its_shape():
    row = "u1,ann@example.org,true,aGFzaA==,c2FsdA==,Ann,,,,,,,,,,,,,,,,,,1704067200000,1709251200000,+12125550101,"
    dialect = found(f"{row},\n{row}\n".replace("u1", "u2", 1))
    assert (dialect.line, dialect.end, dialect.least, dialect.delimiter) == (0, 0, 26, ",")
    assert dialect.names[:2] + dialect.names[25:] == ("UID", "Email", "Phone Number", "Disabled", "Custom Attributes")
    with pytest.raises(SourceError, match="no header"):
        found(row.replace("true", "perhaps") + "\n" + row)


def test_a_file_that_is_said_to_have_no_header_has_numbered_columns():
    dialect = found("ann@example.org;Ann\nbob@example.org;Bob, Jr\nx;y;z\n", header_row=0)
    assert (dialect.names, dialect.delimiter, dialect.line) == (("column 1", "column 2"), ";", 0)
    assert found("ann@example.org\nbob@example.org\n", header_row=0).names == ("column 1",)
    assert found("ann@example.org\n\n", header_row=0).single


@pytest.mark.parametrize("header_row", [None, 0])
def test_a_file_of_a_delimiter_alone_has_no_users(header_row):
    with pytest.raises(SourceError, match=r"users\.csv"):
        found("sep=;\n", header_row=header_row)


@pytest.mark.parametrize("sign", ["\x01", "\x1f"])
def test_signs_that_no_text_has_stand_between_columns(sign, tmp_path):
    path = tmp_path / "users.txt"
    path.write_text("id,email,name\n1,ann@example.org,Ann\n2,bo@example.org,\n".replace(",", sign))
    users = read_source(path).users
    assert users["email"].tolist() == ["ann@example.org", "bo@example.org"]
    path.write_text("email,name\nann@example.org,Ann\n".replace(",", sign))
    assert read_source(path).users["name"].tolist() == ["Ann"]


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("\t", ",", ("tab", "comma")),
        (",", ";", ("comma", "semicolon")),
        (";", "|", ("semicolon", "vertical bar")),
    ],
)
@pytest.mark.parametrize("names", [("Name", "Email", "City"), ("Wer", "Wohin", "Woher")])
def test_a_header_divided_by_another_sign_than_its_rows_is_refused_with_both(header, row, said, names):
    rows = [f"Ann{row}ann{at}@example.org{row}Bonn" for at in range(4)]
    data = "\n".join(["Our users", header.join(names), *rows]).encode()
    with pytest.raises(SourceError) as refused:
        find_dialect(data, "users.csv")
    first, second = said
    assert f"the names of the header is “{first}”, and the sign between the values below it is “{second}”" in str(
        refused.value
    )
    with speaking("fr"):
        assert not any(word in told(refused.value) for word in ("comma", "semicolon", "vertical bar", "header"))


@pytest.mark.parametrize(
    "data",
    [
        b"Email;Name\nann@example.org;Smith, Ann\nbob@example.org;Smith, Bob\n",
        b"Email,Name;first\nann@example.org,Ann\nbob@example.org,Bob\n",
        b'email,name\nann@example.org,"a\tb\r;c"\nbob@example.org,x\n',
        b'Name, first\n"Smith, Ann"\n"Smith, Bob"\n',
    ],
)
def test_a_sign_within_names_or_values_is_no_other_delimiter(data):
    assert find_dialect(data, "users.csv").names

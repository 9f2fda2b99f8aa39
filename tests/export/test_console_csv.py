import csv
import datetime
import io

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import BOOLEAN, DATE, INTEGER, TEXT, users_frame
from passage_kit.errors import OptionError, OutputError, TemplateError
from passage_kit.export.console_csv import USERS_PER_FILE, check_written, write_console_csv
from passage_kit.metadata.console_template import Template, read_template
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField

SCHEMA = MetadataSchema(
    [
        MetadataField("first_name"),
        MetadataField("newsletter", type="boolean"),
        MetadataField("points", "Loyalty points", type="integer"),
        MetadataField("born", "Date of birth", type="date"),
    ]
)
TYPED_TEXT = (
    "email,phone,first_name,newsletter,points,born\r\n"
    "ann@example.org,,Ann,true,0,02/29/1980\r\n"
    ",+14155552671,,false,-12,\r\n"
)


def typed_users():
    users = users_frame({"email": ["ann@example.org", ""], "phone": ["", "+14155552671"], "first_name": ["Ann", ""]})
    return users.assign(
        newsletter=pd.array([True, False], dtype=BOOLEAN),
        points=pd.array([0, -12], dtype=INTEGER),
        born=pd.array([datetime.date(1980, 2, 29), None], dtype=DATE),
        source_key=pd.array(["7", "8"], dtype=TEXT),
    )


def written(tmp_path, users, **options):
    [path] = write_console_csv(users, tmp_path / "import.csv", **options)
    assert [entry.name for entry in tmp_path.iterdir() if entry.name != "template.csv"] == ["import.csv"]
    return path.read_bytes().decode()


def template_of(tmp_path, content):
    path = tmp_path / "template.csv"
    path.write_bytes(content.encode())
    return path


# without a template


def test_typed_users_without_a_template(tmp_path):
    assert written(tmp_path, typed_users(), schema=SCHEMA) == TYPED_TEXT


def test_text_in_canonical_form_is_written_the_same(tmp_path):
    columns = {"newsletter": ["true", "false"], "points": ["0", "-12"], "born": ["1980-02-29", ""]}
    users = typed_users().assign(**users_frame(columns))
    assert written(tmp_path, users, schema=SCHEMA) == TYPED_TEXT


def test_columns_of_plain_pandas_types_are_written_the_same(tmp_path):
    users = pd.DataFrame(
        {
            "email": ["ann@example.org", None],
            "phone": [None, "+14155552671"],
            "first_name": ["Ann", ""],
            "newsletter": [True, False],
            "points": [0, -12],
            "born": [pd.Timestamp("1980-02-29"), pd.NaT],
        }
    )
    assert written(tmp_path, users, schema=SCHEMA) == TYPED_TEXT


def test_identifiers_alone_without_schema_and_template(tmp_path):
    text = written(tmp_path, typed_users())
    assert text == "email,phone\r\nann@example.org,\r\n,+14155552671\r\n"


def test_a_field_without_a_column_is_blank(tmp_path):
    assert written(tmp_path, users_frame({"email": ["a@example.org"]}), schema=SCHEMA).endswith(
        "\r\na@example.org,,,,,\r\n"
    )


def test_no_users_is_a_header(tmp_path):
    assert written(tmp_path, typed_users().iloc[:0], schema=SCHEMA) == TYPED_TEXT.splitlines()[0] + "\r\n"


def test_what_looks_like_a_formula_is_data(tmp_path):
    names = ["=1+1", "+1", "-1", "@sum", "\t=1"]
    users = users_frame({"email": [f"a{at}@example.org" for at in range(len(names))], "first_name": names})
    rows = list(csv.reader(io.StringIO(written(tmp_path, users, schema=MetadataSchema([SCHEMA["first_name"]])))))
    assert [row[2] for row in rows[1:]] == names


def test_a_field_that_is_named_as_an_identifier_needs_a_template(tmp_path):
    schema = MetadataSchema([MetadataField("email", "Second email", type="email")])
    users = users_frame({"email": ["a@example.org"], "user_metadata.email": ["b@example.org"]})
    with pytest.raises(TemplateError, match="'email' has the name of an identifier"):
        write_console_csv(users, tmp_path / "import.csv", schema=schema)
    template = Template(("Email", "Second email"))
    assert written(tmp_path, users, schema=schema, template=template).endswith("\r\na@example.org,b@example.org\r\n")


# with a template


def test_header_order_delimiter_mark_and_line_ending_of_the_template(tmp_path):
    content = '\ufeff"Phone Number";"Date of birth";"Loyalty Points";"E-mail";"first name";"newsletter"\nrow;;;;;\n'
    text = written(tmp_path, typed_users(), schema=SCHEMA, template=template_of(tmp_path, content))
    assert text == content.splitlines()[0] + "\n;02/29/1980;0;ann@example.org;Ann;true\n+14155552671;;-12;;;false\n"


def test_an_exact_name_goes_before_a_similar_one(tmp_path):
    schema = MetadataSchema([MetadataField("first_name", "Given"), MetadataField("firstname", "Other")])
    users = users_frame({"email": ["a@example.org"], "first_name": ["one"], "firstname": ["two"]})
    text = written(tmp_path, users, schema=schema, template=Template(("firstname", "email", "first_name")))
    assert text.splitlines()[1] == "two,a@example.org,one"


def test_a_name_that_fits_two_fields_is_not_guessed(tmp_path):
    schema = MetadataSchema([MetadataField("first_name", "Given"), MetadataField("firstname", "Other")])
    users = users_frame({"email": ["a@example.org"]})
    with pytest.raises(TemplateError, match="'First Name', which matches no metadata field that is still free"):
        write_console_csv(users, tmp_path / "i.csv", schema=schema, template=Template(("email", "phone", "First Name")))


def test_a_field_called_like_an_identifier_and_the_identifier(tmp_path):
    schema = MetadataSchema([MetadataField("home_phone", "Phone Number", type="phone")])
    users = users_frame({"email": [""], "phone": ["+14155552671"], "home_phone": ["+14155552672"]})
    text = written(tmp_path, users, schema=schema, template=Template(("email", "phone", "Phone Number")))
    assert text.splitlines()[1] == ",+14155552671,+14155552672"


@pytest.mark.parametrize("header", [("email", "phone", "Shoe size"), ("email", "E-mail", "phone")])
def test_a_column_of_the_template_that_matches_nothing(tmp_path, header):
    users = users_frame({"email": ["a@example.org"]})
    with pytest.raises(TemplateError, match=r"column '(Shoe size|E-mail)', which matches no .* template again"):
        write_console_csv(users, tmp_path / "import.csv", schema=SCHEMA, template=Template(header))
    assert list(tmp_path.iterdir()) == []


def test_values_that_a_template_would_lose(tmp_path):
    template = Template(("email", "phone", "first_name", "newsletter", "points"))
    with pytest.raises(TemplateError, match=r"no column for 'born', and 1 users have a value"):
        write_console_csv(typed_users(), tmp_path / "import.csv", schema=SCHEMA, template=template)
    with pytest.raises(TemplateError, match=r"no column for 'phone', and 1 users"):
        write_console_csv(typed_users(), tmp_path / "import.csv", template=Template(("email", "first_name")))


def test_a_field_without_values_may_lack_its_column(tmp_path):
    users = typed_users().assign(born=pd.array([None, None], dtype=DATE))
    template = Template(("email", "phone", "first_name", "newsletter", "points"))
    assert written(tmp_path, users, schema=SCHEMA, template=template).splitlines()[2] == ",+14155552671,,false,-12"


def test_the_whole_template_with_identifiers_alone_is_blank_elsewhere(tmp_path):
    users = users_frame({"email": ["a@example.org"], "phone": [""]})
    template = Template(("email", "phone", *SCHEMA.columns))
    assert written(tmp_path, users, schema=SCHEMA, template=template).splitlines()[1] == "a@example.org,,,,,"


def test_a_template_without_a_schema_takes_the_columns_by_name(tmp_path):
    users = users_frame({"email": ["a@example.org"], "first_name": ["Ann"], "note": ["not asked for"]})
    assert written(tmp_path, users, template=Template(("First name", "email"))).splitlines()[1] == "Ann,a@example.org"
    with pytest.raises(TemplateError, match="'Plan'"):
        write_console_csv(users, tmp_path / "import.csv", template=Template(("email", "Plan")))


# values that are hard on a CSV

text_values = st.lists(
    st.one_of(
        st.none(),
        st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])),
        st.text(min_size=1, alphabet=" \",;\t|\r\n=+-@'\\#é\ufeff\u2028"),
        st.sampled_from(["NA", "null", "None", "nan", "true", "0", '""', " ", "\n"]),
    ),
    max_size=8,
)


@given(text_values, st.sampled_from(",;\t|"), st.booleans(), st.sampled_from(["\r\n", "\n"]))
def test_any_text_is_written_as_the_csv_module_does(tmp_path_factory, values, delimiter, bom, line_ending):
    users = users_frame({"email": [f"a{at}@example.org" for at in range(len(values))], "note": values})
    template = Template(("note", "email"), delimiter, bom, line_ending)
    folder = tmp_path_factory.mktemp("console")
    [path] = write_console_csv(
        users, folder / "import.csv", schema=MetadataSchema([MetadataField("note")]), template=template
    )
    expected = io.StringIO()
    writer = csv.writer(expected, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([("note", "email"), *zip(values, users["email"], strict=True)])
    with path.open(encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter))
    assert rows[1:] == [[value or "", email] for value, email in zip(values, users["email"], strict=True)]
    if line_ending == "\r\n":
        assert path.read_bytes() == (b"\xef\xbb\xbf" if bom else b"") + expected.getvalue().encode()


# what must not be written


def test_a_row_with_neither_identifier(tmp_path):
    users = users_frame({"email": ["a@example.org", "", ""], "phone": ["", "", ""]}, first_row=5)
    with pytest.raises(OptionError, match="row 6 and 1 others have neither email nor phone"):
        write_console_csv(users, tmp_path / "import.csv")
    with pytest.raises(OptionError, match="row 5 and 2 others"):
        write_console_csv(users[[]], tmp_path / "import.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [("newsletter", "maybe", r"m\*\*\*"), ("points", "4.2", r"4\*\*\*"), ("born", "1980-02-30", r"1\*\*\*-\*\*-30")],
)
def test_text_that_is_not_of_its_type(tmp_path, field, value, shown):
    users = users_frame({"email": ["a@example.org", "b@example.org"], field: ["", value]})
    with pytest.raises(OptionError, match=f"row 2, column '{field}': found {shown}, expected a") as error:
        write_console_csv(users, tmp_path / "import.csv", schema=SCHEMA)
    assert value not in str(error.value)


def test_a_type_that_the_console_has_not(tmp_path):
    users = users_frame({"email": ["a@example.org"]}).assign(first_name=[1.5])
    with pytest.raises(OptionError, match="'first_name' has the type double"):
        write_console_csv(users, tmp_path / "import.csv", schema=SCHEMA)


# files


def many(count):
    emails = pa.array([f"user{at}@example.org" for at in range(count)])
    return pd.DataFrame({"email": pd.arrays.ArrowExtensionArray(pa.chunked_array([emails]))})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_parts_of_at_most_the_limit_hold_every_user_once(tmp_path):
    users = many(2 * USERS_PER_FILE + 1)
    parts = write_console_csv(users, tmp_path / "import.csv", schema=SCHEMA)
    assert [part.name for part in parts] == ["import-001.csv", "import-002.csv", "import-003.csv"]
    frames = [pd.read_csv(part, dtype=str) for part in parts]
    assert [len(frame) for frame in frames] == [USERS_PER_FILE, USERS_PER_FILE, 1]
    assert pd.concat(frames)["email"].tolist() == users["email"].tolist()


def test_exactly_the_limit_is_one_file(tmp_path):
    assert [part.name for part in write_console_csv(many(USERS_PER_FILE), tmp_path / "import.csv")] == ["import.csv"]


def test_files_of_an_earlier_run_give_way(tmp_path):
    others = ["import-2024.csv", "import-a.csv", "import-001.txt", "import.xlsx", "my-import-001.csv"]
    for name in others:
        (tmp_path / name).touch()
    path = tmp_path / "import.csv"
    write_console_csv(many(2 * USERS_PER_FILE + 1), path)
    write_console_csv(many(USERS_PER_FILE + 1), path)
    assert names(tmp_path) == sorted([*others, "import-001.csv", "import-002.csv"])
    write_console_csv(many(1), path)
    assert names(tmp_path) == sorted([*others, "import.csv"])
    write_console_csv(many(USERS_PER_FILE + 1), path)
    assert names(tmp_path) == sorted([*others, "import-001.csv", "import-002.csv"])


def test_files_of_an_earlier_run_stay_when_the_new_run_fails(tmp_path):
    path = tmp_path / "import.csv"
    write_console_csv(many(USERS_PER_FILE + 1), path)
    before = {name: (tmp_path / name).read_bytes() for name in names(tmp_path)}
    with pytest.raises(OptionError):
        write_console_csv(users_frame({"email": [""]}), path)
    (tmp_path / "import-003.csv").mkdir()
    with pytest.raises(OutputError, match=r"import-003\.csv could not be written"):
        write_console_csv(many(2 * USERS_PER_FILE + 1), path)
    (tmp_path / "import-003.csv").rmdir()
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == before


@pytest.mark.parametrize(
    "content",
    [
        "email,n\r\na@example.org,1\r\n",
        "email,n\r\na@example.org,1\r\nb@example.org,3\r\n",
        "email,n\r\na@example.org,1\r\nb@example.org,two\r\n",
        "email,n\r\na@example.org,1\r\nb@example.org\r\n",
        "email,m\r\na@example.org,1\r\nb@example.org,2\r\n",
        'email,n\r\na@example.org,1\r\n"b@example.org,2\r\n',
    ],
)
def test_a_file_that_reads_back_as_something_else(tmp_path, content):
    path = tmp_path / "import.csv"
    rows = pa.table({"email": pa.chunked_array([["a@example.org", "b@example.org"]]), "n": pa.chunked_array([[1, 2]])})
    path.write_bytes(b"email,n\r\na@example.org,1\r\nb@example.org,2\r\n")
    check_written(rows, path, Template(("email", "n")), path)
    path.write_bytes(content.encode())
    with pytest.raises(OutputError, match="reads back as something else"):
        check_written(rows, path, Template(("email", "n")), path)


def test_users_are_not_changed(tmp_path):
    users = typed_users()
    before = users.copy(deep=True)
    write_console_csv(users, tmp_path / "import.csv", schema=SCHEMA)
    pd.testing.assert_frame_equal(users, before)


def test_the_header_of_the_file_is_a_template_again(tmp_path):
    [path] = write_console_csv(typed_users(), tmp_path / "import.csv", schema=SCHEMA)
    assert read_template(path) == Template(("email", "phone", *SCHEMA.columns))

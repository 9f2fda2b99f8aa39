import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.errors import TemplateError
from passage_kit.metadata.console_template import Template, plain_name, read_template


def template_of(tmp_path, content):
    path = tmp_path / "template.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_template(path)


def test_header_and_form_of_a_template(tmp_path):
    expected = Template(("email", "phone", "First Name"), ";", True, "\n", "email;phone;First Name")
    assert template_of(tmp_path, "\ufeffemail;phone;First Name\na@example.org;;Ann\n") == expected


@pytest.mark.parametrize(
    ("content", "line_ending"),
    [("email\r\n", "\r\n"), ("email\n", "\n"), ("email\rphone\r", "\r"), ("email", "\r\n")],
)
def test_line_ending_is_the_one_of_the_header(tmp_path, content, line_ending):
    assert template_of(tmp_path, content).line_ending == line_ending


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(tmp_path, delimiter):
    found = template_of(tmp_path, delimiter.join(["email", "phone", "Plan"]))
    assert (found.delimiter, found.header) == (delimiter, ("email", "phone", "Plan"))


def test_delimiters_inside_quotes_do_not_count(tmp_path):
    found = template_of(tmp_path, 'email;"Name, first, middle, last";phone\r\n')
    assert (found.delimiter, found.header) == (";", ("email", "Name, first, middle, last", "phone"))


def test_quotes_of_the_header_are_kept_to_the_letter(tmp_path):
    found = template_of(tmp_path, '"email","phone"\r\n')
    assert (found.header, found.header_line) == (("email", "phone"), '"email","phone"')


def test_a_line_break_inside_a_name_is_part_of_it(tmp_path):
    found = template_of(tmp_path, 'email,"First\nname"\r\nrow,row\r\n')
    assert (found.header, found.line_ending) == (("email", "First\nname"), "\r\n")


def test_separators_that_only_python_takes_for_line_breaks_are_not(tmp_path):
    assert template_of(tmp_path, "email,a\u2028b,c\x0cd\r\n").header == ("email", "a\u2028b", "c\x0cd")


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=2, unique_by=str.strip), st.sampled_from(",;\t|"))
def test_any_header_that_the_csv_module_writes_is_read_back(tmp_path_factory, header, delimiter):
    header = [name.replace("\ufeff", "x").replace(",", "").replace(";", "").replace("|", "") or "x" for name in header]
    header = [f"{name.strip()}{at}" for at, name in enumerate(header)]
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerow(header)
    found = template_of(tmp_path_factory.mktemp("template"), line.getvalue().encode(errors="replace"))
    assert found.header == tuple(name.encode(errors="replace").decode() for name in header)
    assert found.header_line + "\r\n" == line.getvalue().encode(errors="replace").decode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is empty"),
        ("\r\n", "is empty"),
        (",,\r\n", "is empty"),
        ("email,phone,\r\n", "empty or repeated"),
        ("email,Plan,Plan\r\n", "'Plan'"),
        (b"email,\xff\xfe\r\n", "cannot be read"),
        ("x" * 200_000, "cannot be read"),
    ],
)
def test_a_template_that_is_none(tmp_path, content, problem):
    with pytest.raises(TemplateError, match=problem) as error:
        template_of(tmp_path, content)
    assert "template" in str(error.value).rsplit(".", 2)[-2] or "Import Users" in str(error.value)


def test_a_missing_template_and_a_folder(tmp_path):
    for path, said in ((tmp_path / "absent.csv", "There is no file"), (tmp_path, "cannot be read")):
        with pytest.raises(TemplateError, match=said):
            read_template(path)


@pytest.mark.parametrize("name", ["First Name", "first_name", "FIRST-NAME", " firstName "])
def test_names_that_are_the_same(name):
    assert plain_name(name) == "firstname"


def test_names_that_are_not_the_same():
    assert plain_name("First Names") != plain_name("First Name")
    assert plain_name("Größe") == plain_name("GRÖSSE")

"""Other ways to quote than that of RFC 4180: read as they are meant, and regular files left as they are."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.reading.csv.csv_spelling import respell, shows_signs
from passage_kit.reading.readers import read_source

HEADER = "id,email,phone,name\n"
ANN, BOB = "1,ann@example.org,+14155550101,", "2,bob@example.org,+14155550102,"


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (f"{ANN}Smith\\, Ann\n{BOB}Bob\n", ["Smith, Ann", "Bob"]),
        (f'{ANN}"Ann \\"Nan\\" Smith"\n{BOB}"Bob"\n', ['Ann "Nan" Smith', "Bob"]),
        (f'{ANN}"Ann \\"Nan, Dr\\" S"\n{BOB}"x \\", y"\n', ['Ann "Nan, Dr" S', 'x ", y']),
        (f"{ANN}Ann\\\nSmith\n{BOB}C:\\\\dir\n", ["Ann\nSmith", "C:\\dir"]),
        (f"{ANN}\\N\n{BOB}a\\,b\n", ["\\N", "a,b"]),
        (f'1, "ann@example.org", "+14155550101", "Smith, Ann"\n{BOB}"Bob"\n', ["Smith, Ann", "Bob"]),
        (f'1,"ann@example.org" ,"+14155550101" ,"Smith, Ann" \n{BOB}"Bob"\n', ["Smith, Ann", "Bob"]),
        (f"{ANN}'Smith, Ann'\n{BOB}'O''Neil'\n", ["Smith, Ann", "O'Neil"]),
        (f'{ANN}="00123"\n{BOB}Bob\n', ["00123", "Bob"]),
        (f'{ANN}"=""00123"""\n{BOB}"=""00124"""\n', ["00123", "00124"]),
        (f'{ANN}="Smith, Ann"\n{BOB}="Bob"\n', ["Smith, Ann", "Bob"]),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_values_are_read_as_they_are_meant(tmp_path, lines, names, ending, delimiter):
    path = tmp_path / "users.csv"
    path.write_bytes((HEADER + lines).replace(",", delimiter).replace("\n", ending).encode())
    source = read_source(path)
    names = [name.replace(",", delimiter).replace("\n", ending) for name in names]
    assert source.users["name"].fillna("").tolist() == names
    assert source.users["email"].tolist() == ["ann@example.org", "bob@example.org"]
    assert source.findings["code"].tolist() == ["quoting_translated"]


@pytest.mark.parametrize(
    "lines",
    [
        f'{ANN}"C:\\dir\\"\n{BOB}"Bob"\n',
        f"{ANN}C:\\dir\n{BOB}\\N\n",
        "1,ann@example.org,'+14155550101,O'Neil\n2,bob@example.org,'+14155550102,'t Hooft\n",
        f"{ANN}'Ann'\n{BOB}Bob\n3,cy@example.org,,Cy\n4,di@example.org,,Di\n",
        f'{ANN}"He said, ""x"" "\n{BOB}5" pipe\n',
        f"{ANN}=1+1\n{BOB}Bob\n",
        f"{ANN}Ann\n{BOB}Bob\n",
    ],
)
def test_a_regular_file_stays(lines):
    data = (HEADER + lines).encode()
    assert respell(data, "users.csv") == (data, ())


def test_a_sign_far_down_is_found():
    regular = "".join(f"{number},u{number}@example.org,,Name\n" for number in range(5_000))
    data = (HEADER + regular + f"{ANN}Smith\\, Ann\n").encode()
    assert respell(data, "users.csv").data.endswith(b',"Smith, Ann"\n')


@given(st.lists(st.lists(st.text("a,'\"\\ =\n"), min_size=2, max_size=2), min_size=1, max_size=8))
def test_what_the_csv_module_wrote_never_loses_a_row(rows):
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["email", "name", "note"], *(["a@x.org", *row] for row in rows)])
    found = respell(out.getvalue().encode(), "users.csv")
    assert len(list(csv.reader(io.StringIO(found.data.decode())))) >= len(rows) + 1


@pytest.mark.parametrize("count", [1, 5_000])
def test_a_space_before_a_quote_is_found_among_few_quotes_and_among_many(count):
    regular = "".join(f'"u{number}@example.org","Ann"\n' for number in range(count))
    text = f'email,name\n{regular}bob@example.org, "Lee, Bob"\n'.encode()
    assert respell(text, "users.csv").data.endswith(b'bob@example.org,"Lee, Bob"\n')


def test_single_quotes_that_would_join_rows_of_a_file_that_fits_are_none():
    data = b"email,n,end\nann@example.org,,'-\nbob@example.org,\"'\r,1\",'-\n"
    assert respell(data, "users.csv") == (data, ())


def test_files_of_the_kit_are_read_by_the_rule():
    data = b"email,rejected_source_row,rejected_reasons,rejected_line\n'=a',1,x,'@b'\n'-c',2,y,'+d'\n"
    assert respell(data, "rejected_rows.csv") == (data, ())
    others = data.replace(b"rejected_line", b"line")
    assert respell(others, "rows.csv").said == ("single quotes stand around values",)


@pytest.mark.parametrize("sign", [b', "', b',  "', b'" ,', b'" \n'])
@pytest.mark.parametrize("at", [0, 1, 2**18 - 4, 2**18 - 3, 2**18 - 2, 2**18 - 1, 2**18, 2**19 - 1])
def test_a_space_beside_a_quote_is_seen_wherever_it_stands(sign, at):
    assert shows_signs(b"x" * at + sign, b",")
    assert not shows_signs(b"x" * at + sign.replace(b" ", b"-", 2), b",")
    assert not shows_signs(b"x" * at + sign[:-1], b",")


@given(st.text(alphabet="\", \t;a\n'=\\", max_size=12), st.sampled_from(",;\t|"))
def test_a_part_shows_signs_if_it_holds_one(text, delimiter):
    signs = ['%="', '\n="', '\r="', '%"=""', '\n"=""', "%'", "\n'", '\\"', "\\%", "\\\n"]
    signs += ['% "', '%  "', '%\t"', '" %', '" \n']
    held = any(sign.replace("%", delimiter) in text for sign in signs)
    assert shows_signs(text.encode(), delimiter.encode()) == held

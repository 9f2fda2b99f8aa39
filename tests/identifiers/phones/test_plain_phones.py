import pyarrow as pa
import pytest

from passage_kit.identifiers.phones.plain_phones import PlainPhones, read_plain


def plain(*values: str | None) -> PlainPhones:
    return read_plain(pa.chunked_array([pa.array(values, pa.string())]), 0, len(values))


@pytest.mark.parametrize(
    "value",
    ["2015550123", " (201) 555-0123 ", "+1 201.555.0123", "(+1) 2015550123", "+ (1) 201 555 0123", "201/5550123",
     "12 34/56 79", "2015550123 #5", "+1 201 555 0123 ext. 42", "20155501 x 9 ",
     "'+12015550123", '="2015550123"', "tel:+12015550123", "Phone: 2015550123", "201555", "1" * 17 + "2",
     "2015550123 home", "2015550123 (Büro)", "2015550123,", "2015550123 ;.", "2015550123.0", "'12015550123,00'",
     "٢015550123", "201\u00a0555\u20110123", "\u202a+12015550123\u202c", "“2015550123”", "2015550123\t"],
)  # fmt: skip
def test_a_cell_whose_only_digits_are_a_number_is_plain(value):
    assert plain(value).rows.tolist() == [0]


@pytest.mark.parametrize(
    "value",
    [None, "", "-", "none", "12", "123", "+0049", "1" * 18 + "2", "201555012x", "+1+2015550123",
     "201+5550123", "201555012;3", "a;2015550123", "201,5550123", "201\n5550123", "é2015550123",
     "2015550123.0 home", "2015550123 a=b", "2015550123 #", "2015550123 ☎",
     "2015555555", "1234567", "201 1234567", "2015550123/2015550124",
     "5 " * 51, "2015550123 x05", "2015550123 x1234567", "201/5550123 x5", "2015550123 xx5", "12345 x67", "555555 x5"],
)  # fmt: skip
def test_any_other_cell_is_not(value):
    assert not len(plain(value).rows)


def test_the_number_and_the_signs_around_it_are_read():
    read = plain("+12015550123", "(201) 555-0124 (home)", "2015550125 x42", "'12015550126,00'")
    order = read.rows.argsort()
    assert read.digits[order].tolist() == [12015550123, 2015550124, 2015550125, 12015550126]
    assert read.plus[order].tolist() == [True, False, False, False]
    assert read.remark[order].tolist() == read.remark_behind[order].tolist() == [False, True, False, False]
    assert read.extension[order].tolist() == [0, 0, 42, 0]
    assert read.bare[order].tolist() == [True, False, False, False]
    assert read.decimal[order].tolist() == [False, False, False, True]


def test_a_batch_is_read_alone_under_the_rows_of_the_column():
    read = read_plain(pa.chunked_array([["2015550123", "x"], ["2015550124", "2015550125"]]), 1, 2)
    assert (read.rows.tolist(), read.digits.tolist()) == ([2], [2015550124])

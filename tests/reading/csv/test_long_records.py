"""Records of many lines: told from quotes that are never closed by all of the file, however it is cut into pieces."""

import csv
import io
import random

import numpy as np
import pytest

from passage_kit.reading.csv import csv_piece, long_records
from passage_kit.reading.csv.csv_table import parse_csv

NOTE = "\n".join(f"line {number}" for number in range(700))


def rows_of(table):
    kept = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [row for row, rejected in zip(kept, table.rejected, strict=True) if not rejected]


def written(rows):
    text = io.StringIO()
    csv.writer(text).writerows([("id", "email", "note"), *rows])
    return text.getvalue().encode()


def users(count, note="x"):
    return [(str(number), f"user{number}@example.org", note) for number in range(count)]


@pytest.mark.parametrize("at", [0, 5, 11])
@pytest.mark.parametrize("note", [NOTE, f'{NOTE}\n"quoted"\n', "\n" * 600, "a, b and c@example.org\n" * 600])
def test_a_note_of_many_lines_is_one_cell(at, note):
    rows = users(12)
    rows[at] = (*rows[at][:2], note)
    table = parse_csv(written(rows), "users.csv")
    assert rows_of(table) == rows
    assert not any(len(found.records) for found in table.notes)


@pytest.mark.parametrize("width", ["id,email,note", "id,email,note,city"])
def test_a_quote_that_is_never_closed_hides_nobody(width):
    more = "," * (width.count(",") - 2)
    lines = [width, f'0,ann@example.org,"open{more}', *(f"{row[0]},{row[1]},x{more}" for row in users(900))]
    for end in ("", f'900,bo@example.org,"closed"{more}', f'900,bo@example.org,"",{more[1:]}'):
        table = parse_csv("\n".join([*lines, end, ""]).encode(), "users.csv")
        emails = {row[1] for row in rows_of(table)}
        assert emails >= {row[1] for row in users(900)}
        assert "ann@example.org" not in emails
        [unreadable] = [note for note in table.notes if note.code == "line_unreadable" and len(note.records)]
        assert (unreadable.records.tolist(), unreadable.reasons) == ([0], ["a quote is opened and never closed"])


def test_a_quote_that_closes_in_the_line_of_another_user_hides_nobody():
    lines = ["note,email,id", '"open,ann@example.org,0', *(f"x,{row[1]},{row[0]}" for row in users(900))]
    table = parse_csv("\n".join([*lines, 'y",bo@example.org,900', ""]).encode(), "users.csv")
    assert {row[1] for row in rows_of(table)} >= {row[1] for row in users(900)}


def test_a_list_of_one_column_loses_nobody():
    lines = ["email", '"ann@example.org', *(row[1] for row in users(900)), 'bo@example.org"']
    table = parse_csv("\n".join([*lines, ""]).encode(), "users.csv")
    assert {row[0] for row in rows_of(table)} >= {row[1] for row in users(900)}


@pytest.mark.parametrize("seed", range(25))
def test_pieces_of_any_size_give_the_rows_of_pythons_reader(monkeypatch, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    rows = users(60)
    for row in range(60):
        kind = chance.randrange(8)
        if kind == 0:
            note = "\n".join(
                chance.choice(["", "some, words", 'a "word"', "x"]) for _ in range(chance.randrange(1_200))
            )
            rows[row] = (*rows[row][:2], note)
        elif kind == 1:
            rows[row] = (*rows[row][:2], 'a "b", c')
    data = written(rows)
    expected = [tuple(cell or None for cell in row) for row in rows]
    whole = rows_of(parse_csv(data, "users.csv"))
    monkeypatch.setattr(csv_piece, "PIECE", chance.choice([200, 3_000, 20_000]))
    monkeypatch.setattr(long_records, "_PIECE", chance.choice([7, 64, 1_000]))
    table = parse_csv(data, "users.csv")
    assert [tuple(cell or None for cell in row) for row in whole] == expected
    assert rows_of(table) == whole
    numbers = table.line_numbers(np.arange(60)).tolist()
    starts = [data[: data.index(f"\r\n{row},user{row}@".encode()) + 2].count(b"\n") + 1 for row in range(60)]
    assert numbers == starts


def test_open_quotes_in_every_line_of_a_long_file_are_judged_by_a_few_bytes_each():
    class Counted(bytes):
        copied = 0

        def __getitem__(self, at):
            found = super().__getitem__(at)
            Counted.copied += len(found) if isinstance(found, bytes) else 1
            return found

    line = b'1,user@example.org,"Nick\n'
    file = Counted(line * 40_000)
    long = long_records.LongRecords(file, ",", 3, len(file))
    assert {long.end_of(start) for start in range(0, 100 * len(line), len(line))} == {None}
    assert Counted.copied < 100 * 5_000

"""A CSV file read in pieces: the same table, findings and line numbers as in one piece, whatever its quotes."""

import random

import numpy as np
import pytest

from passage_kit.errors import SourceError
from passage_kit.reading.csv import csv_piece
from passage_kit.reading.csv.csv_reader import source_of
from passage_kit.reading.csv.csv_table import parse_csv

SIZES = (3_000, 20_000, 1 << 24)  # bytes of a piece; the first is less than the lines that one record may have
CELLS = (
    *("ann{}@example.org", "+1 415 555 {}", "Ann", "", '"Smith, Ann"', '"a ""b"" c"', '"one\ntwo"', '"one\n\ntwo,x\n"'),
    *('5" pipe', '"Ann" Lee', '"not closed', "x\r", "\ufeffx", '""', '"bo{}@example.org,Bo,1\n,"', " "),
)
WEIGHTS = (60, 40, 60, 20, 10, 5, 8, 3, 1, 1, 0.3, 1, 1, 5, 0.5, 3)


def written(seed, *, lines=4_000, weights=WEIGHTS, ending="\n"):
    """Write a file of short lines in which anything may stand, some rows short or long, some lines empty."""
    draw = random.Random(seed)  # noqa: S311 - for tests
    rows = []
    for number in range(lines):
        width = draw.choices((3, 2, 4, 0), (96, 2, 1, 1))[0]
        cells = draw.choices(CELLS, weights, k=width)
        rows.append(",".join(cell.format(number) if "{}" in cell else cell for cell in cells))
    text = "email,name,note\n" + "\n".join(rows) + draw.choice(["", "\n"])
    data = text.replace("\n", ending).encode()
    at = draw.randrange(len(data))
    return data[:at] + draw.choice([b"", b"\xff"]) + data[at:]


def read(monkeypatch, data, size):
    monkeypatch.setattr(csv_piece, "PIECE", size)
    table = parse_csv(data, "users.csv")
    source = source_of(table)
    rows = np.arange(len(table.columns[0]))
    facts = [table.rejected.tolist(), table.blank, table.line_numbers(rows).tolist(), table.footer]
    said = source.findings.astype(object).where(source.findings.notna(), None).to_numpy().tolist()
    return [column.to_pylist() for column in table.columns], facts, said


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(12))
def test_a_file_in_pieces_is_the_file_in_one_piece(seed, monkeypatch):
    weights = [weight if seed % 3 or '"' not in cell else 0 for cell, weight in zip(CELLS, WEIGHTS, strict=True)]
    data = written(seed, weights=weights, ending="\n" if seed < 9 else "\r" if seed == 9 else "\r\n")
    results = [read(monkeypatch, data, size) for size in SIZES]
    assert results[0] == results[2]
    assert results[1] == results[2]
    assert len(results[0][2]) > 10


def test_a_record_longer_than_a_piece_is_read_whole(monkeypatch):
    note = "a line\n" * 400
    rows = "".join(f'ann{at}@example.org,"{note}",x\n' for at in range(20))
    columns, facts, _ = read(monkeypatch, f"email,note,more\n{rows}".encode(), 50)
    assert columns[1] == [note] * 20
    assert facts[2] == [2 + 401 * at for at in range(20)]


def test_a_quote_that_is_never_closed_takes_no_user_of_another_piece(monkeypatch):
    notes = ['"open' if at == 700 else "x" for at in range(3_000)]
    rows = "".join(f"ann{at}@example.org,{note}\n" for at, note in enumerate(notes))
    columns, facts, _ = read(monkeypatch, f"email,note\n{rows}".encode(), 3_000)
    assert [at for at, is_rejected in enumerate(facts[0]) if is_rejected] == [700]
    assert columns[0].count(None) == 1


@pytest.mark.parametrize("fits", [False, True])
def test_a_header_that_fits_no_row_of_any_piece_is_refused(fits, monkeypatch):
    monkeypatch.setattr(csv_piece, "PIECE", 1_000)
    rows = [f"{at},ann{at}@example.org" for at in range(500)] + ["1,ann@example.org,x"] * fits
    data = ("id,email,name\n" + "\n".join(rows)).encode()
    if fits:
        assert len(parse_csv(data, "users.csv").columns[0]) == 501
        return
    with pytest.raises(SourceError, match="the header has 3 names, and every row has 2 values"):
        parse_csv(data, "users.csv")


def test_no_more_than_a_piece_is_copied(monkeypatch):
    sizes = []
    kept = csv_piece.read_rows

    def seen(data, **options):
        sizes.append(len(data))
        return kept(data, **options)

    monkeypatch.setattr(csv_piece, "read_rows", seen)
    monkeypatch.setattr(csv_piece, "PIECE", 60_000)
    parse_csv(written(1), "users.csv")
    assert len(sizes) > 1
    assert max(sizes) < 65_000

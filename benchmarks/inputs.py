"""Inputs of the benchmarks: messy exports of any length, made of a seed by columns.

Eight columns: id, email, phone, country, first name, last name, sign-up date, newsletter. About 3% of the emails and a
third of the phones are not in normal form, a tenth of the people stand there twice, every country writes its own way.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from messy import STRENGTHS, make_messy
from pyarrow import csv

ROWS_AT_A_TIME = 1_000_000
SEED = 20240301

# Country cell, region, national prefix; numbers are mobile ones, drawn around the library's own example.
COUNTRIES = [
    ("US", "US", ""), ("Germany", "DE", "0"), ("France", "FR", "0"), ("GB", "GB", "0"), ("Italia", "IT", ""),
    ("ES", "ES", ""), ("Nederland", "NL", "0"), ("Poland", "PL", ""), ("SE", "SE", "0"), ("Österreich", "AT", "0"),
    ("CH", "CH", "0"), ("Brazil", "BR", ""), ("México", "MX", ""), ("India", "IN", ""), ("Japan", "JP", "0"),
    ("AU", "AU", "0"), ("South Africa", "ZA", "0"), ("Türkiye", "TR", "0"),
]  # fmt: skip
NAMES = [
    "Ada",
    "Bo",
    "Chloé",
    "Dmitri",
    "Elif",
    "Farid",
    "Grace",
    "Hana",
    "Ivo",
    "Jürgen",
    "Kofi",
    "Lucía",
    "Mina",
    "Noor",
    "Olga",
    "Pia",
    "Quentin",
    "Rosa",
    "Sven",
    "Tariq",
]
DOMAINS = ["example.org", "example.com", "example.net", "mail.example.org", "team.example.com"]


def write_input(path: Path, rows: int, *, seed: int = SEED, wrong: bool = False, strength: str = "clean") -> Path:
    """Write an export of ``rows`` rows, unless it is there.

    With ``wrong`` no email and phone is in normal form. The strengths "messy" and "hostile" give cells the traits of
    real lists: see :mod:`messy`.
    """

    def block(count: int, start: int) -> pa.Table:
        table = _block(count, seed + start, start, wrong)
        return table if strength == "clean" else make_messy(table, strength, np.random.default_rng(seed + start + 2))

    if not path.exists():
        temporary = path.with_suffix(".part")
        options = csv.WriteOptions(quoting_style="none" if strength == "clean" else "needed")
        with csv.CSVWriter(temporary, block(1, 0).schema, write_options=options) as file:
            for start in range(0, rows, ROWS_AT_A_TIME):
                file.write_table(block(min(ROWS_AT_A_TIME, rows - start), start))
        temporary.rename(path)
    return path


def _block(rows: int, seed: int, start: int, wrong: bool) -> pa.Table:
    random = np.random.default_rng(seed)
    person = np.arange(start, start + rows)
    twice = random.random(rows) < 0.1
    person[twice] = start + random.integers(0, rows, int(twice.sum()))
    draws = np.random.default_rng(seed + 1).integers(0, 2**31, (rows, 4))[person - start]  # fixed for each person
    country = draws[:, 0] % len(COUNTRIES)
    first, last = _pick(NAMES, draws[:, 1]), _pick(NAMES, draws[:, 2])
    columns = {
        "id": pc.cast(pa.array(np.arange(start, start + rows)), pa.string()),
        "email": _emails(person, first, draws[:, 1], random, wrong),
        "phone": _phones(country, draws[:, 3], random, wrong),
        "country": _pick([name for name, _, _ in COUNTRIES], country),
        "first_name": first,
        "last_name": last,
        "signed_up": pc.strftime(pa.array(draws[:, 2] % 15_000, pa.int32()).cast(pa.date32()), "%Y-%m-%d"),
        "newsletter": _pick(["yes", "no", "TRUE", "0", "n", ""], random.integers(0, 6, rows)),
    }
    return pa.table(columns)


def _pick(values: list[str], at: np.ndarray) -> pa.Array:
    return pa.array(values).take(pa.array(at % len(values)))


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _emails(
    person: np.ndarray, first: pa.Array, draw: np.ndarray, random: np.random.Generator, wrong: bool
) -> pa.Array:
    local = _join(
        pc.ascii_lower(pc.replace_substring_regex(first, "[^A-Za-z]", "u")), ".", pa.array(person).cast(pa.string())
    )
    plain = _join(local, "@", _pick(DOMAINS, draw))
    ways = [
        plain,
        _join(" ", plain),
        pc.ascii_upper(plain),
        _join(first, " <", plain, ">"),
        _join(local, "@"),
        _join("mailto:", plain),
        pa.repeat("n/a", len(person)),
    ]
    share = random.random(len(person)) < (1.0 if wrong else 0.03)
    way = np.where(share, random.integers(1, len(ways), len(person)), 0)
    return pc.choose(pa.array(way), *ways)


def _phones(country: np.ndarray, draw: np.ndarray, random: np.random.Generator, wrong: bool) -> pa.Array:
    kind = phonenumbers.PhoneNumberType.MOBILE
    examples = [phonenumbers.example_number_for_type(region, kind) for _, region, _ in COUNTRIES]
    lengths = np.array([len(str(example.national_number)) for example in examples])
    national = np.array([example.national_number for example in examples])[country]
    numbers = pa.array(national - national % 1_000_000 + draw % 1_000_000).cast(pa.string())
    code = _pick([str(example.country_code) for example in examples], country)
    trunk = _pick([prefix for _, _, prefix in COUNTRIES], country)
    grouped = pc.replace_substring_regex(numbers, r"^(\d{3})(\d{3})(\d+)$", r"\1 \2-\3")
    assert lengths.min() >= 8
    ways = [
        _join("+", code, numbers),
        _join(trunk, numbers),
        _join("+", code, " ", grouped),
        _join("(", trunk, ") ", grouped),
        pc.utf8_slice_codeunits(numbers, 0, 5),
        _join("+", code, numbers, " x12"),
    ]
    share = random.random(len(draw))
    way = np.where(share < 0.62, 0, np.where(share < 0.8, 1, np.where(share < 0.9, 2, np.where(share < 0.97, 3, 4))))
    way = np.where(share > 0.99, 5, way)
    return pc.choose(pa.array(np.where(way < 4, (way + 1) % 3 + 3, way) if wrong else way), *ways)


if __name__ == "__main__":
    given = sys.argv[3:]
    chosen = next((strength for strength in STRENGTHS if strength in given), "clean")
    write_input(Path(sys.argv[1]), int(sys.argv[2]), wrong="wrong" in given, strength=chosen)

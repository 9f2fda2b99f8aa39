"""Phones by columns: the verdicts are those of the judge, cell by cell, whatever the cells and the rules are."""

import random

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
from long_runs import LONG, SEEDS
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

from passage_kit.columns.placeholders import PLACEHOLDER_WORDS
from passage_kit.identifiers.phones import number_plans as phone_rules
from passage_kit.identifiers.phones import phone_columns
from passage_kit.identifiers.phones.number_plans import KINDS_OF_LINES
from passage_kit.identifiers.phones.number_ranges import written_out
from passage_kit.identifiers.phones.phone_cells import PhoneVerdict, judge_cell, judge_one
from passage_kit.identifiers.phones.phone_columns import judge_plain

SEPARATORS = [" ", "-", ".", "/", "(", ")", " (", ") ", "--"]
BEFORE = [
    "'", '="', "tel:", "TEL: ", "Phone: ", "a", "call ", "tel tel:", "hotel:", "x", "#", "*", "ext ", "E", "\\",
    "isub=", "a;", "e1 ", " ", "  (", "| ", "and ", "[", "or ", "²", "é", "\t", ";ext=", "\u202a", "\u00a0", "“", "– ",
    "tel:\u00a0", "\u200btel:", "Büro: ", "\n", "(\u00a0", "＋", "☎ ", "\x00", "\x7f",
]  # fmt: skip
BEHIND = [
    " ", "'", '"', ".0", ".00", ".00 ", ".0'", "-", ")", "\t", "#", "a", "+", " 12345678", "\n", " x1", " x12 ", "#12",
    " ext. 3456", " Ext 9", " EXT: 7", "x 123456", " extension 99", ", x5", " x012", " x1234567", "-x3", ".0 x1",
    " x12#", "/ x3", " ;ext=4", " x1 x2", " eext 5", " int 6", " #5",
    " mobile", " (private)", ", Büro", "-home", ".home", "/home", " O", "; isub", " ;isub=a", " моб.", " 手机", " é²",
    " ŉ", " x", " ext", " #", " home #", " (a+b)", " or", "|", "&", "~", "*", "\\", "?", "::", "_", "_a", ";", ",",
    ", ; .", " \n",
    "\r\n", "\v", "\u2028", "\u00a0", "\u200e", "“", "”", "‘\u202c", "·", "、", "＃", "٣", " ☎", " ʰ", ".0 mobile",
    ",00", ",0;", ".00,", ".0\u00a0", " tel:", ", Tel: home", " (hotel:)", " FLOWERS", " A BC", "(FLO)",
]  # fmt: skip
# Signs of other scripts between the digits, and their digits.
FOREIGN = ["\u00a0", "\u202f", "\u2009", "\u3000", "\u2011", "–", "−", "－", "ー", "\u00ad", "\u200b", "\u202d", "（",
           "）", "．", "／", "～", "\t", "\n", "·", "é"]  # fmt: skip
SCRIPTS = [str.maketrans("+0123456789", "＋０１２３４５６７８９"), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
           str.maketrans("012", "०१२")]  # fmt: skip
ABROAD = ["00", "011", "810", "0011", "001", "119", "000", "010", "99", "0055", "0021", "14110011", "18110"]
TRUNKS = ["0", "1", "8", "06", "80", "90", "015", "01", "9", "15", "180020", "0031", "02"]
SHORT = ["", "00000", "99999", "1234567", "123456789", "9876543210", "0123456"]


@pytest.fixture(autouse=True)
def no_number_is_too_few(monkeypatch):
    monkeypatch.setattr(phone_rules, "FEW", 0)


def split_verdicts(cells):
    """Verdicts by columns, and which cells they are on."""
    values, regions = (pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*cells, strict=True))
    return in_order(*judge_plain(values, regions, judge_one))


def in_order(rows, verdicts):
    said = sorted(zip(rows.tolist(), verdicts.to_pylist(), strict=True), key=lambda pair: pair[0])
    return [row for row, _ in said], [PhoneVerdict(**verdict) for _, verdict in said]


def differing(cells):
    """Cells whose verdict by columns is not the judge's own."""
    rows, verdicts = split_verdicts(cells)
    judged = [(cells[row], verdict, judge_cell(*cells[row])) for row, verdict in zip(rows, verdicts, strict=True)]
    return [case for case in judged if case[1] != case[2]], len(rows)


def is_plain(value, region="US"):
    return split_verdicts([(value, region)])[0] == [0]


def generate(count, code, seed):
    """Cells that have to do with a calling code: numbers near the ends of its ranges, valid ones, and what is not."""
    choose = random.Random(f"{code} {seed}")  # noqa: S311
    regions = COUNTRY_CODE_TO_REGION_CODE[code]
    descriptions = [
        description
        for region in regions
        for metadata in [PhoneMetadata.metadata_for_region_or_calling_code(code, region)]
        for description in [getattr(metadata, kind) for kind in KINDS_OF_LINES]
        if description and description.national_number_pattern
    ]
    ranges = [
        [(end.length, first, last) for end, at in written_out(description.national_number_pattern).items()
         for first, last in at]
        for description in descriptions
    ]  # fmt: skip
    places = [*regions] * 6 + ["US", "GB", "IT", "BR", "SG", "KZ", "AQ", None]
    places = [place for place in places if place != "001"]

    def digits(number):
        return "".join(choose.choice("0123456789") for _ in range(number))

    for _ in range(count):
        way = choose.random()
        if way < 0.4:
            number = choose.choice(descriptions).example_number or "123456789"
            kept = choose.choice([0, 2, 3, len(number) - 4, len(number) - 2, len(number) - 1])
            number = number[:kept] + digits(len(number) - max(kept, 0))
            number = choose.choice([number] * 6 + [number[:-1], number + digits(1), number + digits(3), number[1:]])
        elif way < 0.8:
            length, first, last = choose.choice(choose.choice(ranges))
            near = choose.choice([first - 1, first, last, last + 1, choose.randint(first, last)])
            number = f"{abs(near):0{length}}"
        else:
            number = digits(choose.randint(1, 17))
        trunk = choose.choice(TRUNKS)
        text = choose.choice(
            [f"+{code}{number}"] * 2
            + [number, trunk + number, f"{code}{number}", f"00{code}{number}", f"+{code}{trunk}{number}"]
            + [f"{choose.choice(ABROAD)}{code}{number}", f"{code}{trunk}{number}", f"{trunk}{code}{number}"]
            + [choose.choice(["+0", "0", "00", "000", "+00", "+", "9"]) + number]
        )
        if choose.random() < 0.03:
            text = text[: choose.randrange(len(text) + 1)] + choose.choice(SHORT)
        for _ in range(choose.choice([0, 0, 0, 1, 1, 2, 3])):
            at = choose.randrange(len(text) + 1)
            text = text[:at] + choose.choice(SEPARATORS) + text[at:]
        for _ in range(choose.choice([0] * 12 + [1, 2])):
            at = choose.randrange(len(text) + 1)
            text = text[:at] + choose.choice(FOREIGN) + text[at:]
        if choose.random() < 0.03:
            text = text.translate(choose.choice(SCRIPTS))
        if choose.random() < 0.1:
            text = choose.choice(BEFORE) + text
        if choose.random() < 0.25:
            text += choose.choice(BEHIND)
        yield text, choose.choice(places)


def check_codes(count, seed):
    """Compare ``count`` cells of each calling code; how many were compared in all, and the cells that differ."""
    compared, different = 0, []
    for code in COUNTRY_CODE_TO_REGION_CODE:
        cases, plain = differing(list(generate(count, code, seed)))
        compared += plain
        different += cases
    return compared, different


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_verdicts_by_columns_are_those_of_the_judge(seed):
    compared, different = check_codes(1_600 if LONG else 400, seed=seed)
    assert different == []
    assert compared > (150_000 if LONG else 35_000)


# Cells that were once judged otherwise by columns, or might easily be.
TRAPS = [
    ("+0008", "LV"), ("+00803", "KH"), ("(+0005", "MZ"), ("+00) 54-(-", "SG"),  # too few digits behind a zero ...
    ("0 150", "SG"), ("02109", "SG"), ("021 19", "SG"),  # ... or behind what is dialled for other countries
    ("0055 11966748759", "BR"), ("031 11 96123 4560", "BR"), ("0 11 96123 4560", "BR"),  # carriers
    ("+54 9 11 2345 6789", "AR"), ("011 15 2345 6789", "AR"), ("250 1234", "BB"),  # other digits are written
    ("06698 12345", "VA"), ("06698 12345", "IT"), ("02 1234 5678", "IT"), ("+39 02 1234 5678", "IT"),  # zeros that stay
    ("491713627417", "DE"), ("1713627417", "DE"), ("49 0171 3627417", "DE"), ("44 (0) 7400 123456", "GB"),
    ("1 416 555 0123", "CA"), ("416 555 0123", "US"), ("1 246 250 1234", "BB"), ("7 7710009998", "KZ"),
    ("001803" + "1" * 10 + "2", "ID"), ("+62 001803 1111111112", None), ("+62" + "001803" + "1" * 10 + "2", None),
    ("00 44 7400 123456", "US"), ("0 0 4 4 7400 123456", "FR"), ("00 0 44 7400 123456", None), ("001 2", "US"),
    ("12345.0", "US"), ("2015550123.00", "US"), ("'2015550123.0'", "US"), ("201555.0123", "US"),
    ("030/1234567", "DE"), ("201-555-0123/201-555-0124", "US"), ("1234567/1234567", "US"), ("+49 171/1234567", "US"),
    ("2015555555", "US"), ("0000000", "US"), ("+1 123 456 7890", "US"), ("20 1234567", "US"), ("99999", None),
    ("tel:+12015550123", "US"), ("hotel:2015550123", "US"), ("tel:tel:2015550123", "US"), ("a 2015550123", "US"),
    ("x 800 234 5678", "US"), ("e+1", "US"), ("1e10", "US"), ("ext 123", "US"), ("#*2015550123", "US"),
    ("12", "US"), ("1 2", "US"), ("123", "US"), ("+12", "US"), ("+ 1 201 555 0123", "US"), ("+1+2015550123", "US"),
    ("²015550123", "US"), ("+800 1234 5678", None), ("+979 1 2345 6789", "US"), ("1" * 18, "US"), ("1" * 19, "US"),
    ("12345 x67", "US"), ("123456 x7", "US"), ("555555 x5", "US"), ("00 44 7400 123456 x7", "US"), ("20 x5", "US"),
    ("+1 2015550123 x5", "US"), ("Ann 2015550123 x5", "US"), ("08001234 x5", None), ("#0004 extension 99", "KZ"),
    ("O151 2345678", "DE"), ("Tel.O151 2345678", "DE"), ("TelO151 2345678", "DE"), ("B2015550123 x5", "US"),
    ("+" + "9" * 18, "US"), ("9" * 120, "US"), ("1 " * 60, "US"), ("123456", "AQ"), ("0012015550123", "AQ"),
]  # fmt: skip


def test_traps():
    assert differing(TRAPS)[0] == []


def test_a_remark_behind_what_is_no_number_is_left_to_the_judge():
    assert is_plain("2015550123 home")
    assert not is_plain("12345 home")
    assert not is_plain("1-800-FLOWERS")


def test_no_word_that_stands_for_none_has_digits():
    # else a cell with digits in it might say nothing
    assert not any(character.isdigit() for word in PLACEHOLDER_WORDS for character in word)


# --- the column as a whole ---


def test_no_cells():
    for values in ([], [None], ["x"]):
        rows, verdicts = judge_plain(
            pa.chunked_array([pa.array(values, pa.string())]),
            pa.chunked_array([pa.array([None] * len(values), pa.string())]),
            judge_one,
        )
        assert len(rows) == len(verdicts) == 0


@pytest.mark.slow
def test_threads_batches_and_chunks_make_no_difference(monkeypatch):
    cells = [cell for code in (1, 44, 49) for cell in generate(400, code, seed=3)]
    expected = split_verdicts(cells)
    monkeypatch.setattr(phone_columns, "BATCH", 17)
    for threads in (1, 2, 8):
        monkeypatch.setattr(pa, "cpu_count", lambda threads=threads: threads)
        assert split_verdicts(cells) == expected
    values, regions = ([pa.array(column, pa.string()) for column in zip(*cells, strict=True)][at] for at in (0, 1))
    pieces = pa.chunked_array([values.slice(0, 5), values.slice(5, 0), values.slice(5, 700), values.slice(705)])
    judged = judge_plain(pieces, pa.chunked_array([regions.slice(0, 9), regions.slice(9)]), judge_one)
    assert in_order(*judged) == expected


def test_the_judge_sees_all_of_few_numbers(monkeypatch):
    monkeypatch.setattr(phone_rules, "FEW", 20)
    cells = [("2015550123", "US")] * 20 + [("0044 7400 123457", "FR")] * 20
    assert split_verdicts(cells)[0] == []
    assert len(split_verdicts(cells * 2)[0]) == 80


def test_the_judge_sees_few_of_many_numbers():
    shown = []

    def judge(text, region):
        shown.append(text)
        return judge_one(text, region)

    choose = random.Random(4)  # noqa: S311
    values = pa.chunked_array([[f"+1201555{choose.randrange(10_000):04}" for _ in range(5_000)]])
    rows, verdicts = judge_plain(values, pa.chunked_array([["US"] * 5_000]), judge)
    assert len(rows) > 4_900
    assert len(shown) == 1
    assert verdicts["number"].to_pylist() == [values[row].as_py() for row in rows]


# --- other rules than today's ---

LENGTHS = {"possible_length": (8, 9)}
ALTERED = {
    "new ranges": {"mobile": PhoneNumberDesc(national_number_pattern=r"9[1-4]\d{7}|21[0-4]\d{6}", **LENGTHS)},
    "new lengths": {
        "general_desc": PhoneNumberDesc(national_number_pattern=r"[2-9]\d{6,9}", possible_length=(7, 8, 9, 10)),
        "fixed_line": PhoneNumberDesc(national_number_pattern=r"2\d{6,9}", possible_length=(7, 9, 10)),
    },
    "a trunk prefix": {"national_prefix": "0", "national_prefix_for_parsing": "0|1[05]?"},
    "a trunk prefix with carriers": {"national_prefix_for_parsing": r"0(1\d|2)?"},
    "a trunk prefix that is rewritten": {
        "national_prefix_for_parsing": r"([2-9]\d{5})$|0(?:(15)(9\d))?",
        "national_prefix_transform_rule": r"2\1",
    },
    "a rule that is always applied": {
        "national_prefix_for_parsing": r"0(9\d)",
        "national_prefix_transform_rule": r"\1",
    },
    "another way abroad": {"international_prefix": r"00[1-3]|16(?:0|99)"},
    "no way abroad": {"international_prefix": None},
    "another kind of line": {
        "pager": PhoneNumberDesc(national_number_pattern=r"9[12]\d{6,7}", **LENGTHS),
        "voip": PhoneNumberDesc(national_number_pattern=r"91\d0\d{5}", **LENGTHS),
    },
    "unknown in a kind of line": {
        "mobile": PhoneNumberDesc(national_number_pattern=r"9(?!1)\d{8}", possible_length=(9,))
    },
    "unknown in the trunk prefix": {"national_prefix_for_parsing": r"0+"},
    "unknown in the way abroad": {"international_prefix": r"00|9.?"},
}


@pytest.fixture
def forgotten_plans():
    """Plans are made once a run; here they are made anew, before the test and after."""

    def forget():
        phone_rules.number_plan.cache_clear()
        phone_rules.calling_codes.cache_clear()

    forget()
    yield
    forget()


def alter(monkeypatch, region, **changes):
    look_up = PhoneMetadata.metadata_for_region
    before = look_up(region)
    names = {name for name in dir(before) if not name.startswith("_") and not callable(getattr(before, name))}
    fields = {name: getattr(before, name) for name in names - {"same_mobile_and_fixed_line_pattern"}}
    altered = PhoneMetadata(**fields | changes, register=False)
    monkeypatch.setattr(
        PhoneMetadata,
        "metadata_for_region",
        lambda asked, default=None: altered if asked == region else look_up(asked, default),
    )
    return altered


@pytest.mark.slow
@pytest.mark.few(2)
@pytest.mark.usefixtures("forgotten_plans")
@pytest.mark.parametrize("changes", ALTERED.values(), ids=ALTERED)
def test_altered_rules_are_followed_or_left_to_the_judge(monkeypatch, changes):
    before = split_verdicts([("912 345 679", "PT")])
    cells = list(generate(3_000, 351, seed=5)) + [
        (f"{start}{middle}{end}", "PT")
        for start in ("", "0", "10", "15", "012", "01", "0159", "351", "3510", "+351", "00351", "0021201555", "160351")
        for middle in ("91", "92", "9120", "210", "215", "2", "99")
        for end in ("2345", "34567", "345678", "2345671", "1012345")
    ]
    judged = {cell: judge_cell(*cell) for cell in cells}
    phone_rules.number_plan.cache_clear()
    alter(monkeypatch, "PT", **changes)
    assert any(judge_cell(*cell) != verdict for cell, verdict in judged.items()), "the change changes nothing"
    different, plain = differing(cells)
    assert different == []
    is_understood = not any("(?!" in str(change) or change in ("0+", "00|9.?") for change in changes.values())
    assert (plain > 1_500) == is_understood
    assert before == ([0], [PhoneVerdict("+351912345679", "phone_normalized", "+351912345679")])


@pytest.mark.slow
@pytest.mark.usefixtures("forgotten_plans")
def test_altered_shares_of_a_calling_code_are_followed(monkeypatch):
    alter(monkeypatch, "KZ", leading_digits="70[0-4]|77")
    alter(monkeypatch, "SJ", leading_digits=None)
    alter(monkeypatch, "GG", national_prefix_for_parsing="0|9", national_prefix_transform_rule=None)
    for code in (7, 44, 47):
        assert differing(list(generate(2_000, code, seed=6)))[0] == []


@pytest.mark.usefixtures("forgotten_plans")
def test_an_altered_calling_code_is_followed(monkeypatch):
    monkeypatch.setitem(COUNTRY_CODE_TO_REGION_CODE, 999, ("PT",))
    alter(monkeypatch, "PT", country_code=999)
    assert split_verdicts([("912345679", "PT"), ("+999912345679", None)])[1][1].number == "+999912345679"
    assert differing(list(generate(2_000, 999, seed=7)))[0] == []
    assert phonenumbers.country_code_for_region("PT") == 999


@pytest.mark.usefixtures("forgotten_plans")
def test_a_judge_who_rewrites_digits_is_asked_every_time():
    values, regions = pa.chunked_array([["2015550123", "2015550199"]]), pa.chunked_array([["US", "US"]])
    rows, _ = judge_plain(values, regions, lambda text, _: PhoneVerdict("+1" + text[::-1], "phone_normalized"))
    assert rows.tolist() == []
    assert rows.dtype == np.int64

import datetime
import html
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from passage_kit.columns.users_frame import BOOLEAN, DATE, SOURCE_ROW, TEXT, users_frame
from passage_kit.errors import OutputError
from passage_kit.export.report import render_report, write_report
from passage_kit.files.bundled import bundled
from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import collect_findings, make_findings, no_findings
from passage_kit.findings.funnel import Funnel, funnel
from passage_kit.findings.ledger import build_ledger
from passage_kit.findings.notices import Notices, notices
from passage_kit.mapping.mapped_users import unmapped_columns
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.preparation.run import prepare

VOID = {"meta", "br", "rect", "line", "link", "img"}


@dataclass(frozen=True)
class FakeSource:
    name: str = "legacy_users.csv"
    kind: str = "csv"
    sha256: str | None = "9f2b" * 16
    encoding: str | None = "cp1252"
    delimiter: str | None = "\t"
    header_line: int | None = 1
    looks_like: str | None = None
    sheet: str | None = None


@dataclass(frozen=True)
class FakePrepared:
    raw: pd.DataFrame
    users: pd.DataFrame
    findings: pd.DataFrame
    ledger: pd.DataFrame
    mapping: FieldMapping
    source: FakeSource = field(default_factory=FakeSource)
    settings: dict = field(default_factory=lambda: {"default_region": "US", "date_order": None, "strict": False})
    schema: MetadataSchema = field(default_factory=MetadataSchema)

    @property
    def funnel(self) -> Funnel:
        return funnel(self.ledger, self.findings)

    @property
    def notices(self) -> Notices:
        return notices(self.ledger, self.findings)


MAPPING = FieldMapping({"email": "E-Mail", "phone": "Tel", "first_name": "First", "born": "Birthday"})
RAW = {
    "E-Mail": ["Anna.Miller@Example.org", "anna.miller@example.org", "bruno@", "n/a", "chiara@gmial.example"],
    "Tel": ["(415) 555-2671", "415.555.2671", "(415) 555-0188", "0000000000", ""],
    "First": ["Annabella", "Annamaria", "Brunellus", "Nobodyson", "Chiaretta"],
    "Birthday": ["1980-02-29", "", "03/04/1991", "", ""],
    "Secret note": ["allergic to nuts", "", "", "", "calls at night"],
}


def sample() -> FakePrepared:
    raw = users_frame(RAW)
    findings = collect_findings(
        [
            make_findings([None], field=None, code="encoding_fallback", argument="cp1252"),
            unmapped_columns(raw, MAPPING),
            make_findings(
                [1], field="email", value=RAW["E-Mail"][0], code="email_normalized", argument="anna.miller@example.org"
            ),
            make_findings([1], field="phone", value=RAW["Tel"][0], code="corrected", argument="+14155552671"),
            make_findings([2], field="email", value="anna.miller@example.org", code="duplicate_email", other_row=[1]),
            make_findings(
                [2], field="first_name", value="Annamaria", code="conflicting_value", other_row=1, argument="Annabella"
            ),
            make_findings([3], field="email", value="bruno@", code="email_invalid", argument="nothing after bruno@"),
            make_findings(
                [3], field="born", value="03/04/1991", code="date_ambiguous", argument="1991-03-04 or 1991-04-03"
            ),
            make_findings([4], field="email", value="n/a", code="email_placeholder"),
            make_findings([4], field="email", code="no_identifier"),
            make_findings(
                [5], field="email", value="chiara@gmial.example", code="email_domain_typo", argument="gmail.com"
            ),
        ]
    )
    users = users_frame(
        {
            "email": ["anna.miller@example.org", "", "chiara@gmial.example"],
            "phone": ["+14155552671", "+14155550188", ""],
            "first_name": ["Annabella", "Brunellus", "Chiaretta"],
        }
    ).assign(
        born=pd.array([datetime.date(1980, 2, 29), None, None], dtype=DATE),
        newsletter=pd.array([True, False, None], dtype=BOOLEAN),
    )
    users.index = pd.Index([1, 3, 5], name=SOURCE_ROW)
    return FakePrepared(raw, users, findings, build_ledger(raw.index, users, findings), MAPPING)


class Page(HTMLParser):
    """What a report is made of: balanced elements, their attributes and the text that a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def attributes(self, name):
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def test_no_personal_value_is_in_the_report():
    text = render_report(sample())
    values = {value for column in RAW.values() for value in column if len(value) > 3}
    normalized = {"anna.miller@example.org", "+14155552671", "+14155550188", "1980-02-29", "1991-03-04"}
    parts = {"anna", "miller", "bruno", "chiara", "gmial", "example.org", "2671(", "Annabella", "nuts"}
    assert [value for value in values | normalized | parts if value.lower() in text.lower()] == []
    assert "a***@e***.org" in text
    assert "+1******2671" in text


def test_no_value_of_the_sample_is_in_its_report():
    prepared = prepare(
        bundled("sample_data/legacy_users.csv"),
        schema=MetadataSchema.from_toml(bundled("sample_data/metadata_fields.toml")),
        default_region="US",
    )
    words = set(re.findall(r"[^\s<>,;]{6,}", html.unescape(render_report(prepared)).lower()))
    columns = [frame[name].dropna().astype(str) for frame in (prepared.raw, prepared.users) for name in frame.columns]
    values = {value.lower() for column in columns for value in column.unique() if len(value) >= 6}
    assert len(values) > 5_000
    assert values & words == set()


def test_the_report_needs_nothing_besides_itself():
    text = render_report(sample())
    page = Page(text)
    assert not re.search(r"https?:|//\w|@import|url\(|<script|<link|<img|<iframe|xmlns", text)
    assert {reference[:1] for reference in page.attributes("href")} == {"#"}
    assert page.attributes("src") == []
    assert "default-src 'none'" in page.attributes("content")[-1]


def test_the_page_is_well_formed_and_its_links_lead_somewhere():
    page = Page(render_report(sample()))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {reference.removeprefix("#") for reference in page.attributes("href")} <= set(ids)
    assert page.attributes("aria-labelledby")
    assert {name for names in page.attributes("aria-labelledby") for name in names.split()} <= set(ids)


def test_charts_and_headings_can_be_read_aloud():
    page = Page(render_report(sample()))
    charts = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert charts
    assert all(chart.get("role") == "img" or chart.get("aria-hidden") == "true" for chart in charts)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    scopes = {attributes.get("scope") for tag, attributes in page.elements if tag == "th"}
    assert {"col"} <= scopes <= {"col", "row"}


def luminance(colour):
    parts = [
        int(pair, 16) / 255 for pair in re.findall("..", colour if len(colour) == 6 else "".join(c * 2 for c in colour))
    ]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_stands_out_in_light_and_dark_and_print():
    schemes = re.findall(r":root \{(.*?)\}", render_report(sample()), re.DOTALL)
    assert len(schemes) == 3
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): #([0-9a-f]+)", scheme))
        for ink in ("ink", "soft", "accent"):
            for paper in ("paper", "card"):
                light, dark = sorted([luminance(colours[ink]), luminance(colours[paper])], reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def test_the_same_input_gives_the_same_report():
    assert render_report(sample()) == render_report(sample())


def test_the_first_page_says_when_what_and_what_next():
    prepared = replace(sample(), settings={"identifiers_only": True, "boolean_words": {"oui": True}, "words": {}})
    page = Page(render_report(prepared, on=datetime.date(2026, 3, 4)))
    first = page.text.split("Funnel")[0]
    for words in (
        "Migration report · 4 March 2026",
        "5 rows read 3 users ready for Passage 1 row left out",
        "5 rows with 5 columns read, 4 of them mapped.",
        "1 row left out : Each has its reason",
        "1 row with a value left out : Day and month cannot be told apart",
        "1 row to look at : The domain is one slip away",
        "Write the Passage ids into the users table of the application.",
    ):
        assert words in first
    assert "metadata fields in the Passage Console" not in first
    assert "Boolean words oui = yes Words not set" in page.text


def test_words_that_are_nobodys_are_readable_and_all_others_masked():
    values = ["BRD", "Zabriskie", "Atlantis", "Atlantis", "Atlantis", "2125550143"]
    rows = users_frame({"land": values, "plan": ["Gold"] * 6, "name": ["Quinta"] * 6})
    schema = MetadataSchema.from_dicts([{"field_name": "plan", "choices": ["gold"]}, {"field_name": "name"}])
    findings = collect_findings(
        [
            make_findings([1], field="region", value="BRD", code="corrected", argument="Deutschland"),
            make_findings(range(2, 7), field="region", value=values[1:], code="region_unknown"),
            make_findings(range(1, 7), field="plan", value="Gold", code="value_normalized", argument="gold"),
            make_findings(range(1, 7), field="name", value="Quinta", code="value_normalized", argument="Quentin"),
        ]
    )
    prepared = FakePrepared(rows, rows, findings, build_ledger(rows.index, rows, findings), FieldMapping({}))
    text = Page(render_report(replace(prepared, schema=schema))).text
    for shown in ("BRD became Deutschland", "Atlantis", "Gold gold", "Z***"):
        assert shown in text
    assert [value for value in ("Zabriskie", "Quinta", "Quentin", "2125550143") if value in text] == []


def test_helpers_are_not_shown_as_exported():
    prepared = sample()
    users = prepared.users.assign(source_key=["a1", "a3", "a5"])
    after = Page(render_report(replace(prepared, users=users))).text.split("As exported")[1].split("Mapping")[0]
    assert "source_key" not in after
    assert "first_name" in after


def test_the_counts_add_up_and_say_so():
    text = Page(render_report(sample())).text
    assert "5 rows became 3 users for Passage: 1 row merged into others, 1 row rejected." in text
    assert "3 exported + 1 absorbed + 1 rejected = 5 read · the rows add up" in text


def test_every_code_is_explained_once_and_no_other_is_named():
    prepared = sample()
    text = Page(render_report(prepared)).text.split("All findings are in", 1)[1]
    found = set(prepared.findings["code"])
    for code in found:
        assert text.count(f"{CODES[code].meaning} {code} ") == 1
        assert f"Next step: {CODES[code].next_step}" in text
    assert [code for code in CODES if code not in found and f" {code} " in text] == []


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "shown",
    [
        "1 email A***@E***.org a***@e***.org",
        "1 phone (4**) ***-2671 became +1******2671",
        "2 email a***@e***.org into row 1",
        "2 first_name A*** row 1 keeps A***",
        "3 born 0*/**/**91",
        "5 email c***@g***.*** gmail.com",
    ],
)
def test_examples_are_masked_and_their_details_too(shown):
    assert shown in Page(render_report(sample())).text


def test_at_most_five_examples_and_none_that_looks_the_same_twice():
    prepared = sample()
    many = make_findings(
        range(1, 301), field="email", value=[f"{chr(97 + at % 8)}{at}@" for at in range(300)], code="email_invalid"
    )
    text = Page(render_report(replace(prepared, findings=collect_findings([prepared.findings, many])))).text
    examples = text.split("email_invalid ")[1].split("Found ")[1].split(" Day and month")[0]
    assert re.findall(r"(\w)\*\*\*@", examples) == ["b", "a", "c", "d", "e"]
    assert "301 in 300 rows" in text


def test_a_survivor_that_was_rejected_is_a_reason_and_not_absent():
    rows = users_frame({"email": ["a@example.org", "a@example.org", "b@example.org"]})
    findings = collect_findings(
        [
            make_findings([2], field="email", code="duplicate_email", other_row=[1]),
            make_findings([1], field="plan", code="required_missing"),
        ]
    )
    users = rows.loc[[3]]
    ledger = build_ledger(rows.index, users, findings)
    text = Page(render_report(FakePrepared(rows, users, findings, ledger, FieldMapping({"email": "email"})))).text
    assert "survivor_rejected · Correct the survivor" in text
    assert "For example row 1 (plan)" in text


def test_a_code_without_values_names_its_rows():
    assert "For example row 4" in Page(render_report(sample())).text


def test_strict_effects_are_told_apart():
    prepared = sample()
    strict = make_findings([4], field="phone", value="0000000000", code="email_invalid", effect="rejected")
    page = Page(render_report(replace(prepared, findings=collect_findings([prepared.findings, strict]))))
    assert page.text.count(f"{CODES['email_invalid'].meaning} email_invalid") == 2


def test_columns_before_and_after():
    text = Page(render_report(sample())).text
    before, after = text.split("As read")[1].split("As exported")
    assert "E-Mail 100 % 5 string A***@E***.org a***@e***.org b***@***" in before
    assert "Tel 80 % 4 phone (4**) ***-2671 4**.***.2671 (4**) ***-0188" in before
    assert "Secret note 40 % 2 string a*** c***" in before
    assert "born 33 % 1 date 1***-**-29" in after
    assert "newsletter 67 % 2 boolean t*** f***" in after


def test_duplicates_mapping_unmapped_columns_and_settings():
    text = Page(render_report(sample())).text
    assert "1 user was made of several rows, which absorbed 1 row." in text
    assert "2 a***@e***.org +1******2671 1 2" in text.split("The largest")[1]
    assert "email E-Mail phone Tel first_name First born Birthday" in text
    assert "not stored by Passage: column Secret note (2 non-blank values)" in text
    assert "Default region US Date order not set Strict no" in text
    assert f"Kind csv SHA-256 {'9f2b' * 16} Encoding cp1252 Delimiter tab Header line 1" in text
    assert "Sheet" not in text


def test_closed_accounts_warnings_and_secrets_are_said_beside_the_funnel():
    prepared = sample()
    said = [
        prepared.findings,
        make_findings([5], field="account_state", value="deleted", code="account_inactive", argument="deleted"),
        make_findings([None] * 2, field=["pwd", "ann@example.org"], code="secret_left_out", argument="4"),
    ]
    page = Page(render_report(replace(prepared, findings=collect_findings(said))))
    closed = "Inactive 1 exported user has a closed account (deleted, banned, disabled)"
    beside = page.text.split("the rows add up")[1].split("Rejected rows")[0]
    assert closed in beside
    assert "never written anywhere: pwd, a***@e***.org" in beside
    assert "1 row to look at : The source says that the account is closed" in page.text
    assert "the account is deleted" in page.text


def test_the_largest_clusters_come_first():
    rows = users_frame({"email": ["a@example.org"] * 60})
    gone, into = list(range(21, 61)), [2] * 20 + [*range(1, 21)]
    findings = make_findings(gone, field="email", code="duplicate_email", other_row=pd.array(into))
    users = rows.loc[:20]
    prepared = FakePrepared(
        rows, users, findings, build_ledger(rows.index, users, findings), FieldMapping({"email": "email"})
    )
    text = Page(render_report(prepared)).text
    assert "Users 2 19 5 or more 1 The largest" in text
    largest = text.split("Absorbed rows")[1].split("Columns before")[0]
    assert largest.split("a***@e***.org")[1].startswith(" 2 21, 22, 23,")
    assert "32 and 9 more" in largest
    assert largest.count("a***@e***.org") == 10


def test_names_of_columns_are_escaped():
    raw = users_frame({"<b>Mail</b>": ["a@example.org"]})
    mapping = FieldMapping({"email": "<b>Mail</b>"})
    findings = unmapped_columns(raw, mapping)
    text = render_report(FakePrepared(raw, raw, findings, build_ledger(raw.index, raw, findings), mapping))
    assert "<b>" not in text
    assert "&lt;b&gt;Mail" in text


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "identifier",
    [
        "quinta@example.org",
        "Quinta <quinta@example.org>",
        "quinta＠example.org",
        "quinta @ example.org",
        "+1 202 555 0143",
        "202 - 555 - 0143",
        "tel:+12025550143",
        "２０２５５５０１４３",
        "2025550143_2",
    ],
)
def test_a_header_that_is_a_user_is_in_no_section(identifier):
    raw = users_frame({identifier: ["a@example.org"], "Quinta Zabriskie": ["x"], "Plan": ["y"], "Phone": [""]})
    users = users_frame({"email": ["a@example.org"], "quinta_zabriskie": ["x"], "plan": ["y"]})
    mapping = FieldMapping({"email": identifier, "quinta_zabriskie": "Quinta Zabriskie", "plan": "Plan"})
    fields = [identifier, "Quinta Zabriskie", "quinta_zabriskie"]
    findings = collect_findings(
        [
            make_findings([None] * 3, field=fields, code="column_not_stored", argument="1"),
            make_findings([None] * 3, field=fields, value=fields, code="header_renamed", argument="1"),
            make_findings([1] * 3, field=fields, value=fields, code="row_too_short", argument=fields),
            make_findings([1] * 3, field=fields, code="required_missing"),
        ]
    )
    settings = {"order_by": "Quinta Zabriskie", "rules": {"quinta_zabriskie": identifier}, "columns": fields}
    source = FakeSource(name=f"{identifier}.csv", sheet=identifier)
    ledger = build_ledger(raw.index, users, findings)
    page = Page(render_report(FakePrepared(raw, users, findings, ledger, mapping, source, settings)))
    assert [part for part in ("uinta", "abriskie", "5550", "555 0", "555 - 0", identifier) if part in page.text] == []
    assert "column 2" in page.text
    assert "column column" not in page.text
    assert "not stored by Passage: column 2 (1 non-blank values)" in page.text
    assert "Phone" in page.text.split("As read")[1]


def test_plain_names_of_columns_stay_readable():
    names = ["E-Mail", "Full name", "@type", "Zabriskie plan", "2024", "Q1 2024", "Tel (privat)"]
    raw = users_frame({name: ["a@example.org"] for name in names})
    mapping = FieldMapping({"email": "E-Mail"})
    findings = unmapped_columns(raw, mapping)
    ledger = build_ledger(raw.index, raw, findings)
    text = Page(render_report(FakePrepared(raw, raw, findings, ledger, mapping))).text
    assert [name for name in names[1:] if f"not stored by Passage: column {name} (1 non-blank" not in text] == []


def test_nothing_read_is_a_report_too():
    empty = users_frame({"email": [], "phone": []})
    prepared = FakePrepared(
        empty, empty, no_findings(), build_ledger(empty.index, empty, no_findings()), FieldMapping({"email": "email"})
    )
    text = Page(render_report(prepared)).text
    for words in (
        "0 rows became 0 users",
        "What needs a decision Nothing.",
        "There are no findings.",
    ):
        assert words in text


def test_a_column_that_is_empty_at_first_shows_its_first_values():
    raw = users_frame({"email": ["a@example.org"] * 6_000, "note": [""] * 5_999 + ["zebra"]})
    prepared = FakePrepared(
        raw, raw, no_findings(), build_ledger(raw.index, raw, no_findings()), FieldMapping({"email": "email"})
    )
    assert "note < 1 % 1 string z***" in Page(render_report(prepared)).text


def test_the_file_is_written_whole_or_not_at_all(tmp_path):
    path = write_report(sample(), tmp_path / "out" / "report.html")
    assert path.read_text(encoding="utf-8") == render_report(sample())
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="could not be written"):
        write_report(sample(), tmp_path / "file" / "report.html")


def test_inputs_are_not_changed():
    prepared, before = sample(), sample()
    render_report(prepared)
    for name in ("raw", "users", "findings", "ledger"):
        pd.testing.assert_frame_equal(getattr(prepared, name), getattr(before, name))
    assert prepared.raw["Tel"].dtype == TEXT

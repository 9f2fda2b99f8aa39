"""Emails: every rule both ways, the fast path against the library, and what holds for any column."""

from concurrent.futures import ThreadPoolExecutor

import email_validator
import pandas as pd
import pyarrow as pa
import pytest
from email_validator import EmailNotValidError, validate_email
from hostile_addresses import hostile_addresses
from hypothesis import example, given, settings
from hypothesis import strategies as st

from passage_kit.columns.users_frame import TEXT, matches, users_frame
from passage_kit.identifiers import emails
from passage_kit.identifiers.emails import (
    CROWDED_ROWS,
    KNOWN_DOMAINS,
    POPULAR_DOMAINS,
    normalize_emails,
    same_mailbox,
)


def column_of(*values, name="email"):
    return users_frame({name: values})[name]


def judge(value, **options):
    """Normal form of one value and the codes of its findings."""
    emails, findings = normalize_emails(column_of(value), **options)
    form = emails.iloc[0]
    return None if pd.isna(form) else form, findings["code"].to_list()


def library_form(address):
    """What the library makes of an address, in lower case with an ASCII domain; None if it does not accept it."""
    try:
        found = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return None
    return f"{found.local_part.lower()}@{found.ascii_domain}"


# Plain addresses that stay as they are.
PLAIN = [
    "ann@example.org",
    "o'neil@example.org",
    "a/b@example.org",
    "a|b@example.org",
    "x=y+tag@sub.example.co.uk",
    "{ann}@example.org",
    "1@2.example",
    "ann@xn--bcher-kva.example",
    "ann@a--b.example.org",
    "ann@3com.com",
    f"{'a' * 100}@example.org",
    f"ann@{'a' * 63}.example",
]


@pytest.mark.parametrize("address", PLAIN)
def test_plain_address_stays(address):
    assert judge(address) == (address, [])


def test_a_leading_quote_is_valid_but_said():
    assert judge("'neil@example.org") == ("'neil@example.org", ["email_leading_quote"])


# Written differently, and the same address.
UNWRAPPED = [
    ("Ann@Example.ORG", "ann@example.org"),
    ("  ann@example.org\t\r\n", "ann@example.org"),
    ("\u00a0ann@example.org\u2003", "ann@example.org"),
    ("\u3000ann@example.org\u180e", "ann@example.org"),
    ("\ufeffann@example.org", "ann@example.org"),
    ("\u200e\u202aann@example.org\u202c", "ann@example.org"),
    ("ann\u200b@exam\u00adple.org", "ann@example.org"),
    ("ann@\u2060example.org", "ann@example.org"),
    ("\u200dann@example.org\u200c", "ann@example.org"),
    ("mailto:ann@example.org", "ann@example.org"),
    ("MAILTO: Ann@example.org?subject=Hi&cc=bob@example.org", "ann@example.org"),
    ("mailto:ann%40example.org", "ann@example.org"),
    ("mailto:a%40b@example.org", "a%40b@example.org"),
    ("<ann@example.org>", "ann@example.org"),
    ("Ann <ann@example.org>", "ann@example.org"),
    ("Ann<ann@example.org>", "ann@example.org"),
    ('"Lee, Ann" <ann@example.org>', "ann@example.org"),
    ("Lee, Ann <ann@example.org>", "ann@example.org"),
    ('"Ann @ Work" <ann@example.org>', "ann@example.org"),
    ("Ann <mailto:ann@example.org>", "ann@example.org"),
    ('"Ann <ann@example.org>";', "ann@example.org"),
    ('"ann@example.org"', "ann@example.org"),
    ("'\"ann@example.org\"'", "ann@example.org"),
    ("“ann@example.org”", "ann@example.org"),
    ("„ann@example.org“", "ann@example.org"),
    ("«\u00a0ann@example.org\u00a0»", "ann@example.org"),
    ("`ann@example.org`", "ann@example.org"),
    ("'o'neil@example.org'", "o'neil@example.org"),
    ("ann@example.org,", "ann@example.org"),
    ("ann@example.org. ; ,.", "ann@example.org"),
    ('"ann@example.org.",', "ann@example.org"),
    ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
    ("ann@bu\u0308cher.example", "ann@xn--bcher-kva.example"),
    ("ann@faß.example", "ann@xn--fa-hia.example"),
    ("ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"),
    ("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai"),
    ("ann@ｅｘａｍｐｌｅ。org", "ann@example.org"),
    ("ann@example.org, ANN@example.org", "ann@example.org"),
    ("ann@example.org or ann@example.org", "ann@example.org"),
    ("ann@example.org <ann@example.org>", "ann@example.org"),
    ("'ann@example.org' <ann@example.org>", "ann@example.org"),
    ('"ann@example.org", "ann@example.org"', "ann@example.org"),
    ("'ann@example.org','ann@example.org'", "ann@example.org"),
    ("Ann <ann@example.org>; Ann <Ann@example.org>", "ann@example.org"),
    ("ann@example.org/ann@example.org", "ann@example.org"),
    ("a/b@example.org, a/b@example.org", "a/b@example.org"),
]


@pytest.mark.parametrize(("value", "form"), UNWRAPPED)
def test_address_is_unwrapped(value, form):
    assert judge(value) == (form, ["email_normalized"])


def test_finding_of_a_change_says_before_and_after():
    _, findings = normalize_emails(column_of("ann@example.org", " Bob@Example.org"))
    assert findings.iloc[0].to_dict() == {
        "source_row": 2,
        "field": "email",
        "value": " Bob@Example.org",
        "code": "email_normalized",
        "effect": "changed",
        "other_row": None,
        "argument": "bob@example.org",
    }


INVALID = [
    "ann",
    "ann.example.org",
    "ann@",
    "@example.org",
    "ann@@example.org",
    "ann@lee@example.org",
    "ann lee@example.org",
    "ann@exam ple.org",
    "ann(at)example.org",
    "ann＠example.org",
    ".ann@example.org",
    "ann.@example.org",
    "ann..lee@example.org",
    "ann@example",
    "ann@localhost",
    "ann@example..org",
    "ann@.example.org",
    "ann@-example.org",
    "ann@example-.org",
    "ann@exa_mple.org",
    "ann@ab--cd.org",
    "ann@xn--a.org",
    "ann@123.456",
    "ann@127.0.0.1",
    "ann@[127.0.0.1]",
    '"ann"@example.org',
    '"ann lee"@example.org',
    '"ann@example.org',
    "ann@example.org (Ann)",
    "Ann ann@example.org",
    "ann@example.org, none",
    "<ann@example.org> Ann",
    "<ann@example.org",
    "e-mail: ann@example.org",
    "an\u200dn@example.org",
    "ann\x00@example.org",
    f"ann@{'a' * 64}.org",
    f"{'a' * 243}@example.org",
    "ann@" + "a" * 6_000 + ".org",
]


@pytest.mark.parametrize("value", INVALID)
def test_invalid_is_withheld(value):
    assert judge(value) == (None, ["email_invalid"])


def test_longest_address_is_kept():
    assert judge(f"{'a' * 242}@example.org")[0] is not None


SEVERAL = [
    "a@example.org,b@example.org",
    "a@example.org; b@example.org;",
    "a@example.org / b@example.net",
    "a@example.org/b@example.org",
    "a@example.org|b@example.org",
    "a@example.org b@example.org",
    "a@example.org\nb@example.org",
    "a@example.org or b@example.org",
    "a@example.org and b@example.org",
    "Ann <a@example.org>, Bob <b@example.org>",
    "a@example.org <b@example.org>",
    '"a@example.org", "b@example.org"',
    '"a@example.org, b@example.org"',
    "mailto:a@example.org,b@example.org",
    "a@example.org; b@example",
    "ann lee@example.org, ann lee@example.org",  # not lee@example.org
    "a/b@example.org/a/b@example.org",  # not b@example.org
    "ann@example.org ::: bob@example.org",
    "ann@example.org:::bob@example.org",
    "ann@example.org & bob@example.org",
    "ann@example.org | bob@example.org",
]


@pytest.mark.parametrize("value", SEVERAL)
def test_several_addresses_are_withheld(value):
    assert judge(value) == (None, ["email_multiple"])


@pytest.mark.parametrize("value", ["a@example.org; b@", "a@b@example.org, c@d@example.org"])
def test_several_that_are_not_addresses_are_invalid(value):
    assert judge(value) == (None, ["email_invalid"])


PLACEHOLDERS = [
    "n/a", "N/A", "na", "#N/A", "none", "(None)", "null", "nil", "-", "--", "?", "...", "unknown", "TBD", "x", "xxx",
    "no email", "No e-mail", "no-mail", "not provided", "keine", "keine E-Mail", "ninguno", "sin correo", "aucun",
    "mailto:", "<>", '""', "noreply", "noreply@example.org", "No-Reply@example.org", "no_reply@example.org",
    "no.reply2@example.org", "donotreply@example.org", "do-not-reply@example.org", "noreply+x@example.org",
    "nicht-antworten@example.org", "test@test.com", "TEST@test.de", "none@none.com", "na@na.org",
    "noemail@noemail.net", "no@email.com", "email@email.com", "asdf@asdf.com", "abc@abc.com", "a@a.com", "x@x.com",
    "a***@example.org", "A**e@example.org", "********@example.org",
]  # fmt: skip


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_placeholder_is_withheld(value):
    assert judge(value) == (None, ["email_placeholder"])


PERSONS = [
    "null@example.org", "none@example.org", "test@example.com", "tester@test.com", "ann@test.com", "a@b.com",
    "a@a.org", "noreplyann@example.org", "ann.noreply@example.org", "reply@example.org", "nore@example.org",
    "no@example.org", "email@example.org", "abc@abc.org", "na@nano.org", "test@testing.com", "ann.null@null.org",
    "info@example.org",
]  # fmt: skip


@pytest.mark.parametrize("address", PERSONS)
def test_address_that_looks_nearly_like_a_placeholder_is_kept(address):
    assert judge(address) == (address, [])


def test_a_crowd_is_one_however_its_rows_are_spread():
    some = ["info@example.org"] * (CROWDED_ROWS // 2)
    chunks = [[*some, "somebody.with.a.long.name@mail.example.org"], [*some, "bob@example.org"]]
    column = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array(chunks)), name="email")
    emails, findings = normalize_emails(column)
    assert emails.dropna().tolist() == ["somebody.with.a.long.name@mail.example.org", "bob@example.org"]
    assert set(findings["code"]) == {"email_placeholder"}


@pytest.mark.parametrize("rows", [CROWDED_ROWS - 1, CROWDED_ROWS])
def test_address_on_many_rows_belongs_to_nobody(rows):
    spellings = ["Office@example.org", "office@example.org", " office@example.org", "office@example.org."]
    column = column_of("ann@example.org", *(spellings[at % 4] for at in range(rows)), None)
    emails, findings = normalize_emails(column)
    if rows < CROWDED_ROWS:
        assert emails.notna().sum() == rows + 1
        assert set(findings["code"]) == {"email_normalized"}
    else:
        assert emails.dropna().to_list() == ["ann@example.org"]
        assert findings["source_row"].to_list() == list(range(2, rows + 2))
        assert set(findings["code"]) == {"email_placeholder"}
        assert set(findings["argument"]) == {str(rows)}


SLIPS = [
    ("gmial.com", "gmail.com"), ("gmai.com", "gmail.com"), ("gmaill.com", "gmail.com"), ("gnail.com", "gmail.com"),
    ("gmail.con", "gmail.com"), ("gmail.cmo", "gmail.com"), ("gmail.comm", "gmail.com"), ("gmail.co", "gmail.com"),
    ("yaho.com", "yahoo.com"), ("yahoo.cm", "yahoo.com"), ("hotmial.com", "hotmail.com"),
    ("outlok.com", "outlook.com"), ("hotnail.fr", "hotmail.fr"), ("iclould.com", "icloud.com"),
    ("oragne.fr", "orange.fr"), ("yahooo.co.uk", "yahoo.co.uk"), ("t-onlin.de", "t-online.de"),
    ("googlmail.com", "googlemail.com"), ("protonmal.com", "protonmail.com"),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "meant"), SLIPS)
def test_slip_in_a_popular_domain_is_a_warning(domain, meant):
    emails, findings = normalize_emails(column_of(f"ann@{domain}"))
    assert emails.to_list() == [f"ann@{domain}"]
    assert findings[["code", "effect", "argument"]].to_numpy().tolist() == [["email_domain_typo", "warning", meant]]


NO_SLIPS = [
    "ymail.com", "mail.com", "email.com", "fmail.com", "hotmail.co", "live.co.uk", "aol.de", "gmx.com", "gmx.de",
    "gmx.net", "yahoo.dk", "yahoo.be", "hotmail.be", "outlook.dk", "orange.es", "yahoo.com.ar", "proton.ma",
    "msn.com", "aon.com", "gmial.example", "company-gmail.com", "gamiil.com", "men.com", "q.com", "cloud.com",
    "comcast.com", "t-online.at",
]  # fmt: skip


@pytest.mark.few(20)
@pytest.mark.parametrize("domain", [*NO_SLIPS, *POPULAR_DOMAINS])
def test_other_domain_has_no_warning(domain):
    assert judge(f"ann@{domain}") == (f"ann@{domain}", [])


def test_popular_domains_are_what_the_library_accepts():
    assert all(library_form(f"ann@{domain}") == f"ann@{domain}" for domain in KNOWN_DOMAINS)
    assert all(len(domain.partition(".")[0]) >= 5 for domain in POPULAR_DOMAINS)


@pytest.mark.parametrize(
    ("value", "form", "codes"),
    [
        ("josé@example.org", "josé@example.org", ["email_non_ascii"]),
        ("JOSÉ@example.org", "josé@example.org", ["email_normalized", "email_non_ascii"]),
        ("jose\u0301@example.org", "josé@example.org", ["email_normalized", "email_non_ascii"]),
        ("ΟΔΟΣ@example.org", "οδος@example.org", ["email_normalized", "email_non_ascii"]),
        ("jose@bücher.example", "jose@xn--bcher-kva.example", ["email_normalized"]),
    ],
)
def test_letters_outside_ascii_before_the_at_sign_are_a_warning(value, form, codes):
    assert judge(value) == (form, codes)


@pytest.mark.parametrize("blank", [None, " ", "\t\n", "\u00a0", "\u200b\ufeff", "\u3000\u200d"])
def test_blank_is_null_without_a_finding(blank):
    emails, findings = normalize_emails(pd.Series([blank, "ann@example.org"], dtype=TEXT, name="email"))
    assert emails.isna().to_list() == [True, False]
    assert findings.empty


SPECIAL_USE = [f"ann@shop.{name}" for name in email_validator.SPECIAL_USE_DOMAIN_NAMES]


@pytest.mark.parametrize("address", [*SPECIAL_USE, "ann@a.b-c.test", "josé@shop.test", f"{'a' * 99}@shop.local"])
def test_special_use_domain_is_a_setting(address):
    assert judge(address) == (None, ["email_invalid"])
    assert judge(address, allow_special_use=True)[0] == address
    assert judge(address.upper(), allow_special_use=True)[0] == address


@pytest.mark.parametrize(
    "address", ["ann@test", "ann@-.test", "ann@x..local", "an n@x.test", "ann@.test", "ann@ab--c.test"]
)
def test_special_use_domain_still_has_to_be_a_domain(address):
    assert judge(address, allow_special_use=True) == (None, ["email_invalid"])


def test_special_use_domain_with_other_letters():
    assert judge("ann@Bücher.TEST", allow_special_use=True) == ("ann@xn--bcher-kva.test", ["email_normalized"])
    assert judge("ann@test.example") == ("ann@test.example", [])


def test_special_use_names_are_the_librarys(monkeypatch):
    names = [*email_validator.SPECIAL_USE_DOMAIN_NAMES, "home.example"]
    monkeypatch.setattr(email_validator, "SPECIAL_USE_DOMAIN_NAMES", names)
    for address in ("ann@home.example", "ann@my.home.example"):
        assert judge(address) == (None, ["email_invalid"])
    assert judge("ann@my.home.example", allow_special_use=True) == ("ann@my.home.example", [])
    assert judge("ann@myhome.example") == ("ann@myhome.example", [])


def test_two_threads_do_not_disturb_each_other():
    column = column_of(*(f"Ann{at}@shop.test" for at in range(2_000)))
    with ThreadPoolExecutor(2) as pool:
        kept = list(
            pool.map(lambda at: normalize_emails(column, allow_special_use=at % 2 == 0)[0].notna().sum(), range(8))
        )
    assert kept == [2_000, 0] * 4


def test_strict_rejects_what_would_be_withheld():
    column = column_of("ann@", "n/a", "a@example.org b@example.org", " c@gmial.com")
    emails, findings = normalize_emails(column, strict=True)
    assert emails.isna().to_list() == [True, True, True, False]
    assert findings["effect"].to_list() == ["rejected"] * 3 + ["changed", "warning"]
    pd.testing.assert_series_equal(emails, normalize_emails(column)[0])


def test_field_index_and_input():
    column = column_of("ann@", "B@example.org", None, name="work_email")
    column.index = pd.Index([7, 3, 9], name="source_row")
    before = column.copy(deep=True)
    emails, findings = normalize_emails(column)
    assert findings[["source_row", "field"]].to_numpy().tolist() == [[7, "work_email"], [3, "work_email"]]
    assert emails.index.equals(column.index)
    assert (emails.name, emails.dtype) == ("work_email", TEXT)
    pd.testing.assert_series_equal(column, before)


@pytest.mark.parametrize("column", [column_of(), column_of(None, None)])
def test_nothing_to_do(column):
    emails, findings = normalize_emails(column)
    pd.testing.assert_series_equal(emails, column)
    assert findings.empty
    pd.testing.assert_series_equal(same_mailbox(emails), emails)


def test_column_of_several_chunks():
    values = ["ann@example.org", " Bob@example.org", None, "n/a", "carl@gmial.com"]
    chunks = pa.chunked_array([values[:2], [], values[2:]], type=pa.string())
    column = pd.Series(pd.arrays.ArrowExtensionArray(chunks), name="email", index=column_of(*values).index)
    emails, findings = normalize_emails(column)
    expected, expected_findings = normalize_emails(column_of(*values))
    pd.testing.assert_series_equal(emails, expected)
    pd.testing.assert_frame_equal(findings, expected_findings)


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("a.b.c+shop@gmail.com", "abc@gmail.com"),
        ("abc@googlemail.com", "abc@gmail.com"),
        ("a.b+x+y@example.org", "a.b@example.org"),
        ("a.b@example.org", "a.b@example.org"),
        ("+a@example.org", "+a@example.org"),
        ("a.b@mygmail.com", "a.b@mygmail.com"),
        ("a.b@gmail.com.example", "a.b@gmail.com.example"),
    ],
)
def test_same_mailbox(email, key):
    assert same_mailbox(column_of(email)).to_list() == [key]


def test_same_mailbox_keeps_the_order():
    column = column_of("a.b@gmail.com", None, "c@example.org", "d+e@example.org")
    assert same_mailbox(column).fillna("").to_list() == ["ab@gmail.com", "", "c@example.org", "d@example.org"]


# --- against the library, in volume


@pytest.mark.slow
def test_whole_judgement_against_the_library():
    """Without anything to unwrap, the kit accepts exactly what the library accepts, in the same form."""
    wrapped = set(" \"'`´,;.")
    addresses = sorted(
        {address for address in hostile_addresses(35_000) if address[0] not in wrapped and address[-1] not in wrapped}
    )
    assert len(addresses) > 25_000
    emails, findings = normalize_emails(column_of(*addresses))
    placeholders = set(findings.loc[findings["code"] == "email_placeholder", "value"])
    forms = emails.to_list()
    mismatched = [
        (address, form)
        for address, form in zip(addresses, forms, strict=True)
        if address not in placeholders and (None if pd.isna(form) else form) != library_form(address)
    ]
    assert mismatched == []


# --- what holds for any column

wrappers = st.sampled_from(
    ["{}", " {} ", "<{}>", "Ann <{}>", '"{}"', "'{}'", "{},", "{}.", "mailto:{}", "{}\u200b", "{0}; {0}"]
)
addresses = st.one_of(
    st.sampled_from([*PLAIN, *PERSONS, *INVALID[:-1], *SEVERAL, *PLACEHOLDERS, *(value for value, _ in UNWRAPPED)]),
    st.sampled_from(list(hostile_addresses(300))),
    st.builds(
        "{}@{}.{}".format,
        st.text(min_size=1, max_size=8),
        st.text(min_size=1, max_size=8),
        st.sampled_from(["org", "рф"]),
    ),
    st.text(max_size=20),
)
cells = st.one_of(st.none(), st.builds(str.format, wrappers, addresses))


@settings(derandomize=True)
@given(st.lists(cells, max_size=12), st.booleans(), st.sampled_from([1, CROWDED_ROWS]))
@example(["İ@example.org", "Å@example.org", "Ⱥ" * 100 + "@example.org", "Ⱥ" * 121 + "@example.org"], False, 1)
def test_any_column(values, allow_special_use, times):
    column = column_of(*values * times)
    emails, findings = normalize_emails(column, allow_special_use=allow_special_use)
    kept = emails.dropna()
    if not allow_special_use:
        assert [library_form(email) for email in kept] == kept.to_list()
    # Null: one finding that withholds it, or a blank. Kept: none, and a change is said.
    withheld = findings.loc[findings["effect"] == "withheld", "source_row"]
    assert withheld.is_unique
    blank = emails.index[emails.isna()].difference(pd.Index(withheld))
    assert not set(withheld) & set(kept.index)
    assert all(not any(map(str.isprintable, value.replace(" ", ""))) for value in column[blank].dropna())
    changed = findings.loc[findings["code"] == "email_normalized", "source_row"]
    assert list(changed) == list(kept.index[kept.to_numpy() != column[kept.index].to_numpy()])
    # Once more changes nothing, and has nothing to say but the same warnings.
    again, said_again = normalize_emails(emails, allow_special_use=allow_special_use)
    pd.testing.assert_series_equal(again, emails)
    assert set(said_again["effect"]) <= {"warning"}


BEGINNINGS = st.sampled_from([*sorted(emails.PLACEHOLDER_BEGINNINGS), "'", "`", "´", "", "´´", "ab"])


@given(st.lists(st.none() | st.builds("{}{}".format, BEGINNINGS, st.text("a@x.com'´reply-no", max_size=12))))
def test_the_few_that_are_looked_at_are_all_that_can_match(texts):
    values = pa.chunked_array([texts], pa.string())
    for pattern, beginnings in (
        (emails.PLACEHOLDER, emails.PLACEHOLDER_BEGINNINGS),
        (f"^[{emails.QUOTES}]", emails.QUOTES),
    ):
        assert (
            emails.matches_where_it_begins(values, pattern, beginnings=beginnings).tolist()
            == matches(values, pattern).tolist()
        )


@pytest.mark.parametrize(
    ("login", "meant"),
    [
        ("bruno.kalnins_example.org#EXT#@acme.example.net", "bruno.kalnins@example.org"),
        ("B_K_example.org#ext#@acme.example.net", "b_k@example.org"),
        ("guest#EXT#@acme.example.net", None),
    ],
)
def test_the_sign_in_name_of_a_guest_is_no_address(login, meant):
    emails, findings = normalize_emails(users_frame({"email": [login, "a#b@example.org"]})["email"])
    assert emails.fillna("").tolist() == ["", "a#b@example.org"]
    assert findings[["source_row", "code", "effect", "argument"]].fillna("").to_numpy().tolist() == [
        [1, "email_guest_login", "withheld", meant or ""]
    ]

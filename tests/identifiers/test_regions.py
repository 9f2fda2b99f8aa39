"""Countries as people write them."""

import phonenumbers
import pycountry
import pytest
from babel import Locale, localedata
from babel.languages import get_official_languages
from country_names import country_names, sources
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.columns.users_frame import TEXT, users_frame
from passage_kit.identifiers.regions import NAMES_PATH, are_regions, is_unknown_region, region_of


def regions(*cells):
    return [value if isinstance(value, str) else None for value in region_of(users_frame({"region": cells})["region"])]


@pytest.mark.parametrize(
    ("region", "cells"),
    [
        (
            "US",
            "US us USA U.S.A. U.S. 840 ＵＳ|United States|United States of America|united states|Estados Unidos",
        ),
        ("GB", "GB UK U.K. GBR 826 uk|United Kingdom|Great Britain|England|Scotland|Wales|Northern Ireland"),
        ("DE", "DE DEU 276|Germany|GERMANY|Deutschland|Allemagne|Federal Republic of Germany|DE - Germany"),
        ("FR", "FR FRA 250|France|Frankreich"),
        ("ES", "ES ESP|Spain|españa|espana|ESPAÑA"),
        ("IT", "IT ITA|Italy|Italia"),
        ("NL", "NL NLD|Netherlands|The Netherlands|Netherlands (the)|Nederland|Holland"),
        ("CH", "CH CHE|Switzerland|Schweiz|Suisse|Svizzera"),
        ("AT", "AT AUT 040|Austria|Österreich|osterreich"),
        ("CZ", "CZ CZE|Czechia|Czech Republic|Česko|Česká republika"),
        ("RU", "RU RUS|Russia|Russian Federation|Россия|Российская Федерация"),
        ("KR", "KR KOR|South Korea|Korea, Republic of|Korea (the Republic of)|Republic of Korea|Korea, South|대한민국"),
        ("JP", "JP JPN|Japan|日本"),
        ("CN", "CN CHN|China|People's Republic of China|中国"),
        ("TW", "TW TWN|Taiwan|Taiwan, Province of China"),
        ("HK", "HK HKG|Hong Kong|Hong Kong SAR China|香港"),
        ("CI", "CI CIV|Côte d'Ivoire|Cote d’Ivoire|COTE D'IVOIRE|Ivory Coast"),
        ("VN", "VN VNM|Viet Nam|Vietnam|Việt Nam"),
        ("TR", "TR TUR|Türkiye|TÜRKİYE|Turkey"),
        ("IN", "IN IND|India|भारत"),
        ("GR", "GR GRC|Greece|Ελλάδα|ΕΛΛΑΔΑ"),
        ("BR", "BR BRA|Brazil|Brasil"),
        ("MX", "MX MEX|Mexico|México"),
        ("AE", "AE ARE|United Arab Emirates|UAE|U.A.E.|الإمارات العربية المتحدة"),
        ("BA", "BA BIH|Bosnia and Herzegovina|Bosnia & Herzegovina|Bosnia-Herzegovina|Bosnia"),
        ("CD", "CD COD|Democratic Republic of the Congo|Congo, Democratic Republic of the|Congo - Kinshasa"),
        ("XK", "XK|Kosovo"),
        ("NA", "NA na|Namibia"),
        ("NO", "NO no|Norway|Norge|Noreg"),
    ],
)
def test_a_country_has_many_names(region, cells):
    codes, *names = cells.split("|")
    written = [*codes.split(), *names, f"  {names[0]}\u00a0", f"{names[0]} ({region})"]
    assert dict(zip(written, regions(*written), strict=True)) == dict.fromkeys(written, region)


UNKNOWN = [
    "Korea", "Congo", "Virgin Islands", "Kongo", "Grmany", "Germ", "New Mexico", "New Jersey", "Republic", "Europe",
    "EU", "World", "Paris, France", "Georgia, US", "Germany / France", "36", "49", "840.0", "XX", "ZZ", "QQ",
]  # fmt: skip


@pytest.mark.parametrize("cell", UNKNOWN)
def test_what_is_unknown_or_ambiguous_is_null(cell):
    assert regions(cell) == [None]


@pytest.mark.parametrize("cell", ["n/a", "N.A.", "-", "none", "unknown", "keine Angabe", "  ", "?"])
def test_a_placeholder_is_no_country_and_not_unknown(cell):
    column = users_frame({"region": [cell]})["region"]
    assert regions(cell) == [None]
    assert not is_unknown_region(column, region_of(column)).any()


def test_unknown_is_told_from_blank():
    column = users_frame({"region": ["Atlantis", "Peru", None, "n/a", "Korea"]})["region"]
    assert is_unknown_region(column, region_of(column)).to_list() == [True, False, False, False, True]


def test_every_iso_code_and_name_is_its_own_country():
    ambiguous = {"Congo"}
    for kind in ("alpha_2", "alpha_3", "numeric", "name", "official_name", "common_name"):
        expected = {
            getattr(country, kind): country.alpha_2 for country in pycountry.countries if hasattr(country, kind)
        }
        for name in ambiguous & expected.keys():
            del expected[name]
        assert dict(zip(expected, regions(*expected), strict=True)) == expected


def test_every_country_with_phones_is_known_by_its_english_name():
    english = Locale("en").territories
    expected = {english[region]: region for region in phonenumbers.SUPPORTED_REGIONS}
    assert dict(zip(expected, regions(*expected), strict=True)) == expected


def test_every_country_is_known_by_its_own_names():
    expected = {}
    for region in phonenumbers.SUPPORTED_REGIONS:
        for language in get_official_languages(region, de_facto=True):
            if localedata.exists(language):
                expected[Locale.parse(language).territories.get(region, region)] = region
    found = dict(zip(expected, regions(*expected), strict=True))
    wrong = {name: (found[name], region) for name, region in expected.items() if found[name] != region}
    assert len(expected) > 300
    assert wrong == {}


@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["Perú", "usa", "276", "Korea", "n/a"]))))
def test_any_column_gives_codes_and_leaves_its_input_alone(cells):
    column = users_frame({"region": cells})["region"]
    before = column.copy()
    found = region_of(column)
    assert found.dtype == TEXT
    assert found.index.equals(column.index)
    assert found.dropna().isin([*phonenumbers.SUPPORTED_REGIONS, *(c.alpha_2 for c in pycountry.countries)]).all()
    assert column.equals(before)
    assert region_of(found).equals(found)


@pytest.mark.slow
def test_the_names_are_those_of_cldr_and_iso():
    carried, derived = NAMES_PATH.read_text(encoding="utf-8"), country_names()
    if carried.startswith(sources()):
        assert carried == derived
    else:  # other releases than those that the file was written from may know more, but nothing else
        of_carried, of_derived = _countries_by_name(carried), _countries_by_name(derived)
        both = of_carried.keys() & of_derived.keys()
        assert len(both) > 0.95 * len(of_carried)
        assert {name: of_carried[name] for name in both} == {name: of_derived[name] for name in both}


def _countries_by_name(text):
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {name: region for region, _, names in lines if region != "-" for name in names.split()}


@pytest.mark.parametrize(
    ("cells", "are"),
    [
        (["US", "Germany", "nowhere"], True),
        (["Allemagne", "Deutschland", "Saksa"], True),
        (["CA", "TX", "NY", "WA"], False),
        ([], False),
    ],
)
def test_a_column_is_one_of_countries_if_half_of_it_is(cells, are):
    assert are_regions(cells) is are


def test_calling_codes_with_a_plus_are_countries():
    cells = users_frame({"region": ["+49", " +44 ", "0041", "+1", "+999", "49", "+800", "+490"]})["region"]
    assert region_of(cells).fillna("").to_list() == ["DE", "GB", "CH", "US", "", "", "", ""]
    assert are_regions(["+49", "+1"])

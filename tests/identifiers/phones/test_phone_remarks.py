"""Words beside a number that say that it does not reach the person."""

import pytest

from passage_kit.identifiers.phones.phone_cells import PhoneVerdict, judge_cell
from passage_kit.identifiers.phones.phone_remarks import speaks_against

AGAINST = [
    "Fax: {}",
    "{} (fax)",
    "Work Fax {}",
    "{} old",
    "falsch! {}",
    "{} (ancien)",
    "传真 {}",
    "Pager {}",
    "Факс: {}",
]


@pytest.mark.parametrize("remark", AGAINST)
@pytest.mark.parametrize("number", ["+1 201 555 0123", "(201) 555-0123", "2015550123", "00 1 201 555 0123"])
def test_a_number_that_its_words_speak_against_is_withheld(remark, number):
    assert judge_cell(remark.format(number), "US") == PhoneVerdict(None, "phone_remark_against")


@pytest.mark.parametrize("text", ["mobil", "home", "Tel.", "Mom", "Faxe Bugt", "Goldberg", ""])
def test_other_words_say_nothing_against_it(text):
    assert not speaks_against(text)


def test_a_fax_beside_a_phone_stays_a_question():
    assert judge_cell("Tel. 201-555-0123 / Fax 201-555-0124", "US") == PhoneVerdict(None, "phone_multiple", "2")

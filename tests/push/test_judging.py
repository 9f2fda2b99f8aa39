from datetime import UTC, datetime, timedelta

import pytest

from passage_kit.api.answers import PassageUser
from passage_kit.push.judging import is_within, of_answer, of_lookup, same, shares, was_before
from passage_kit.push.push_input import PreparedUser

SENT = datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)
SPAN = (SENT.timestamp(), SENT.timestamp() + 1.0)
ANN = PreparedUser(1, None, "ann@example.org", "+12025550101", {"name": "Ann"})


def made(seconds=0.2, **given):
    usual = {"email": ANN.email, "phone": ANN.phone, "user_metadata": ANN.metadata}
    moment = None if seconds is None else SENT + timedelta(seconds=seconds)
    return PassageUser("p", created_at=moment, **{**usual, **given})


@pytest.mark.parametrize(
    ("user", "span", "outcome"),
    [
        (made(), SPAN, "created"),
        (made(-0.5), SPAN, "created"),  # dated in whole seconds
        (made(-2.0), SPAN, "adopted"),  # the clocks of the service may differ
        (made(-61.0), SPAN, "existing"),
        (made(-86_400.0 * 365), SPAN, "existing"),
        (made(86_400.0), SPAN, "adopted"),  # not even the service's clocks agree
        (made(None), SPAN, "adopted"),
        (made(), None, "adopted"),
        (made(-86_400.0 * 365), None, "adopted"),
        (made(login_count=1), SPAN, "existing"),
        (made(last_login_at=SENT), SPAN, "existing"),
        (made(user_metadata={}), SPAN, "adopted"),
        (made(user_metadata={"name": "Bo"}), SPAN, "adopted"),
    ],
)
def test_who_made_a_user_whom_the_service_answered_with(user, span, outcome):
    assert of_answer(ANN, user, span, None) == outcome


def test_who_was_made_before_the_push_began_was_there_before():
    began = SENT.timestamp() - 10.0
    assert of_answer(ANN, made(-11.0), None, began) == "existing"
    assert of_answer(ANN, made(-9.0), None, began) == of_answer(ANN, made(-11.0), SPAN, began) == "adopted"


def test_of_a_lookup_only_the_date_tells():
    since = SENT.timestamp()
    assert of_lookup(made(-1.0), since) == "existing"
    assert of_lookup(made(1.0), since) == of_lookup(made(None), since) == of_lookup(made(), None) == "adopted"
    assert was_before(made(-1.0), since)
    assert not was_before(made(0.0), since)
    assert is_within(made(), SPAN)
    assert not is_within(made(login_count=1), SPAN)


@pytest.mark.parametrize(
    ("email", "phone", "is_same", "is_shared"),
    [
        ("ANN@example.org", "+12025550101", True, True),
        ("ann@example.org", "", False, True),
        ("", "+12025550101", False, True),
        ("ann@example.org", "+12025550199", False, True),
        ("bo@example.org", "+12025550199", False, False),
        ("", "", False, False),
    ],
)
def test_identifiers_are_compared_as_passage_stores_them(email, phone, is_same, is_shared):
    user = made(email=email, phone=phone)
    assert (same(ANN, user), shares(ANN, user)) == (is_same, is_shared)
    assert not shares(PreparedUser(2, None, "cy@example.org", None, {}), made(email="", phone=""))

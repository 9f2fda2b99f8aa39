import pytest
from jupyter_server.auth import passwd_check

from passage_kit.app.password import VARIABLE, hashed_password
from passage_kit.errors import OptionError


def test_it_is_taken_from_the_environment_and_no_kernel_inherits_it():
    environment = {VARIABLE: "a long sentence", "HOME": "/home/you"}
    hashed = hashed_password(pytest.fail, environment)
    assert passwd_check(hashed, "a long sentence")
    assert "sentence" not in hashed
    assert environment == {"HOME": "/home/you"}


def test_it_is_asked_for_without_a_variable():
    assert passwd_check(hashed_password(lambda: "another sentence", {}), "another sentence")


@pytest.mark.parametrize("given", ["", "seven77"])
def test_a_short_one_is_refused(given):
    with pytest.raises(OptionError, match="expected 8 characters or more") as caught:
        hashed_password(lambda: given, {})
    assert not given or given not in str(caught.value)

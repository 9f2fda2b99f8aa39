import inspect

import pytest

from passage_kit import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_the_one_base_and_an_exit_code(kind):
    assert issubclass(kind, errors.PassageKitError)
    assert kind.exit_code in (1, 2)


def test_the_tree_at_the_top_of_the_module_is_whole():
    assert [kind.__name__ for kind in KINDS if kind.__name__ not in (errors.__doc__ or "")] == []


def test_what_python_knows_by_another_name_is_caught_by_that_name_too():
    assert issubclass(errors.OptionError, ValueError)
    assert issubclass(errors.MissingExtraError, ImportError)


def test_a_notebook_shows_the_sentence_without_the_traceback():
    assert errors.PlanError("There is no plan.")._render_traceback_() == ["PlanError: There is no plan."]

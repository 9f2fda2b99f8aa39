"""A panel says what to do next by its own fields: no option, no command, no name of a setting."""

import re

import catalogues
import pytest

from passage_kit.findings.catalogue import CODES
from passage_kit.translations import languages, speaking
from passage_kit.widgets.next_steps import next_step_of

FOR_TERMINALS = re.compile(r"--[a-z]|\b\w+=|`|\b(?:null_words|max_length|account_states|numeric_dates|lost_plus)\b")
OF_PUSHES = ("changed_since", "metadata_not_kept")  # said by the commands that find them, and by no panel


@pytest.mark.parametrize("spoken", languages())
def test_no_step_names_what_a_panel_does_not_have(spoken):
    with speaking(spoken):
        steps = {code: next_step_of(code) for code in CODES if code not in OF_PUSHES}
    assert [code for code, step in steps.items() if FOR_TERMINALS.search(step)] == []


@pytest.mark.parametrize("spoken", languages()[1:])
def test_a_field_is_called_as_it_is_labelled(spoken):
    catalogue = catalogues.read(spoken)
    with speaking(spoken):
        for code in CODES:
            with speaking("en"):
                labels = re.findall("“([^”]*)”", next_step_of(code))
            for label in labels:
                assert catalogue.get(label).string in next_step_of(code), (code, label)

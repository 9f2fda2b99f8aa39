"""Every code is explained, in words of its own."""

from passage_kit.findings.catalogue import CODES, EFFECTS


def test_the_catalogue_says_for_every_code_what_it_means_and_what_to_do():
    assert len(CODES) == len({code.meaning for code in CODES.values()})
    for code in CODES.values():
        assert code.effect in EFFECTS
        assert code.meaning.endswith(".")
        assert code.next_step.endswith(".")

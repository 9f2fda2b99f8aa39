from passage_kit.errors import ApiError
from passage_kit.findings.catalogue import CODES
from passage_kit.push.contradiction import contradiction
from passage_kit.push.journal_tables import CONTRADICTED


def test_it_says_what_happened_what_became_of_them_and_what_to_do():
    error = contradiction()
    assert isinstance(error, ApiError)
    assert error.exit_code == 1
    text = str(error)
    assert text.index("contradict each other") < text.index("Nothing more was sent") < text.index("the same command")
    assert CONTRADICTED in text
    assert CONTRADICTED in CODES

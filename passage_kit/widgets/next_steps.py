"""What to do next about a kind of finding, in a panel: by its own fields, where a terminal has options."""

from __future__ import annotations

from passage_kit.findings.catalogue import CODES
from passage_kit.translations import gettext


def next_step_of(code: str) -> str:
    """Say what to do next about a kind of finding, in the language of the reader.

    Examples
    --------
    >>> next_step_of("email_invalid")
    'Correct it, or ask the user for one.'
    >>> next_step_of("value_too_long")
    'Shorten it, or allow longer values in the rules of its field in 01.'
    """
    return _by_fields().get(code) or gettext(CODES[code].next_step)


def _by_fields() -> dict[str, str]:
    """Say it by the panels' own fields for kinds whose step names an option, a command or a setting."""
    return {
        "entries_set_apart": gettext("Check that nobody is missing; otherwise choose the list of users in 00."),
        "sheet_not_read": gettext("Check that no user is missing; otherwise choose the sheet in 00."),
        "address_elsewhere": gettext(
            "If it is theirs, let that column go to the email or the phone, too, in 01, and choose “Take the first "
            "that has a value”; or write it into these rows."
        ),
        "null_word": gettext("Check that nobody is called so."),
        "account_inactive": gettext(
            "Decide whether these people should have an account in Passage. To leave them out, choose so under "
            "“Deleted or banned accounts” in 02."
        ),
        "account_state_unknown": gettext(
            "Say what the word means under “What codes of accounts mean” in 02, correct it, or map another column in "
            "01."
        ),
        "account_words_unknown": gettext("Say what each means under “What codes of accounts mean” in 02."),
        "account_codes_unread": gettext(
            "If it does, choose “Account closed (account_state)” for it in 01, and say what its words mean under "
            "“What codes of accounts mean” in 02."
        ),
        "phone_two_readings": gettext(
            "Correct it to the right one. If all such numbers lost their plus, or none did, say so under “Phones "
            "without +” in 02."
        ),
        "date_from_epoch": gettext("Check some of the dates; if they are wrong, correct them."),
        "value_too_long": gettext("Shorten it, or allow longer values in the rules of its field in 01."),
    }

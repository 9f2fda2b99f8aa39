"""Catalogue of all codes of findings: the meaning of each, and the next step for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Effect = Literal["changed", "withheld", "rejected", "absorbed", "warning"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)

Argument = Literal["", "value", "text", "word"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Parameters
    ----------
    code : str
        Name of the kind.
    effect : {"changed", "withheld", "rejected", "absorbed", "warning"}
        Usual effect.
    meaning, next_step : str
        Meaning of the finding, and the next step for a person.
    sentences : tuple of str, default ()
        Templates of the sentence, filled from the columns ``field``, ``other_row`` and ``argument``. A finding uses the
        first template whose columns are all filled. Without one, the finding has no sentence.
    argument : {"", "value", "text", "word"}, default ""
        Kind of the argument. ``value``: a value of a user, which the report masks. ``text``: free text that may hold
        such a value, which the report leaves out. ``word``: a plain word (a count, a place, a column, a domain), which
        the report shows.
    """

    code: str
    effect: Effect
    meaning: str
    next_step: str
    sentences: tuple[str, ...] = ()
    argument: Argument = ""


_CATALOGUE = (
    # reading
    Code("encoding_fallback", "warning", "The file is not UTF-8; it was read in another encoding.",
         "Look at names with accents; if they are wrong, give the encoding yourself.",
         ("{argument}",), "word"),
    Code("encoding_mixed", "warning", "The line is in another encoding than the rest of the file; it was read in its own.",
         "Look at the accents of the line.",
         ("{argument} is UTF-8, unlike the rest of the file",), "word"),
    Code("preamble_skipped", "warning", "Lines above the header were left out.",
         "Check that they hold titles or comments, not users.",
         ("{argument}",), "word"),
    Code("footer_skipped", "warning", "Lines of a footer below the last user were left out.",
         "Check that they hold totals or remarks, not users.",
         ("{argument}",), "word"),
    Code("quoting_translated", "changed", "The file quotes values in another way than CSV does; it was read in that way.",
         "Look at some values with quotes, commas or backslashes.",
         ("{argument}",), "word"),
    Code("header_renamed", "warning", "A column had an empty or repeated name and got a new one.",
         "Use the new name in the mapping.",
         ("column {argument}",), "word"),
    Code("header_absent", "warning", "The source has no header, so its columns got names by their positions.",
         "Check the mapping of the columns.",
         ("{argument}",), "word"),
    Code("rows_of_attributes", "warning",
         "Each row of the source was one name and one value of a user; the rows of a user became one row.",
         "Check the number of users.",
         ("{argument}",), "word"),
    Code("lines_blank", "warning", "Empty lines were skipped; they are not counted as rows.", "Nothing to do.",
         ("{argument}",), "word"),
    Code("row_blank", "rejected", "Every cell of the row is empty.", "Nothing to do, unless a user is missing.",
         ("{argument}",), "word"),
    Code("row_repeats_header", "rejected", "The row repeats the header, as when exports are pasted together, or is a further line of it.",
         "Nothing to do.",
         ("{argument}",), "word"),
    Code("row_goes_on", "rejected",
         "The row has an address alone, and no email or key: it goes on with the person above, as a second address does.",
         "Look at some of these rows. If one is a person, give it an email or a source_key (corrections.csv)."),
    Code("row_may_go_on", "warning",
         "The row has an address or a phone, but no email, key or name: it may go on with the person above.",
         "If it does, merge it into the row above (All rows in 02, or decisions.csv)."),
    Code("row_too_short", "warning", "The row has fewer values than the header; the missing ones are taken as blank.",
         "Check that no value stands in the wrong column.",
         ("{argument}",), "word"),
    Code("row_too_long", "rejected", "The row has more values than the header, so its columns cannot be told apart.",
         "Quote the value that holds the delimiter, and read the file again.",
         ("{argument}",), "word"),
    Code("line_unreadable", "rejected", "The line cannot be parsed.", "Correct the line in the source, and read it again.",
         ("{argument}",), "word"),
    Code("quotes_misplaced", "warning", "Text follows a quoted value, so the value may not be what was meant.",
         "Look at the value; within quotes, CSV writes a quote twice.",
         ("{argument}",), "word"),
    Code("secret_left_out", "warning", "The column holds secrets (passwords, hashes, tokens); the kit does not read it.",
         "Nothing to do: Passage needs none. If the column is another one, rename it.",
         ("left out as a secret: column {field} ({argument} values)",), "word"),
    Code("json_opened", "changed", "Every cell of the column is JSON; it was opened into columns of their own.",
         "Map the columns that Passage should have.",
         ("column {field} became {argument}",), "word"),
    Code("entries_set_apart", "warning", "Another list or object of the file is not read, since it does not hold the users.",
         "Check that nobody is missing; otherwise give the path of the users (--records).",
         ("not read: {argument}",), "word"),
    Code("more_declared", "warning", "The file says that there are more users than it holds.",
         "Nothing to do if other files of yours hold them; otherwise export all pages.",
         ("{argument}",), "word"),
    Code("kind_by_content", "warning", "The file is of another kind than the ending of its name says; it was read as what it is.",
         "Nothing to do, unless it is the wrong file.",
         ("{argument}",), "word"),
    Code("people_inside_people", "warning", "A list within the users has emails or phones, too; it is one cell of its user.",
         "Check that these are not users themselves, such as the members of a team.",
         ("within users: {argument}",), "word"),
    Code("cell_error", "warning", "A formula of the spreadsheet failed (as #N/A does) or has no stored value, so the cell is blank.",
         "Correct the formula or the value; where values are not stored, open the workbook in Excel and save it.",
         ("{argument}",), "word"),
    Code("sheet_not_read", "warning", "Another sheet of the workbook holds data; the kit reads one.",
         "Check that no user is missing; otherwise name the sheet (--sheet).",
         ("not read: {argument}",), "word"),
    Code("number_format", "changed", "The number format of the cells shows leading zeros or a plus that the numbers lack; they were put back.",
         "Check the values; if they are wrong, change the number format of the column.",
         ("column {field}: {argument}", "{argument}"), "word"),
    Code("text_mark", "changed", "Every value of the column begins with an apostrophe, as spreadsheets mark text; it was taken off.",
         "Check some of the values.",
         ("column {field}: {argument} values",), "word"),
    Code("character_lost", "warning", "The value has \ufffd in the place of a character that was broken in the source.",
         "Look at the value, and correct it (What was found in 02, or corrections.csv)."),
    # mapping and corrections
    Code("column_not_stored", "warning", "Passage will not store this column.",
         "Map it to a metadata field if Passage should have it.",
         ("not stored by Passage: column {field} ({argument} non-blank values)",), "word"),
    Code("address_elsewhere", "warning", "Rows without an email and a phone have one in a column that is not used.",
         "If it is theirs, take the email or the phone from the first of both columns that has one: choose both in 01, or --map each with --first.",
         ("column {field} has emails or phones of rows without either: {argument}",), "word"),
    Code("column_gone", "warning", "The list that the plan was made for had this column; this list does not.",
         "Check that the export is complete.",
         ("gone: column {field}",), "word"),
    Code("column_new", "warning", "The list that the plan was made for did not have this column.",
         "Map it if Passage should have it.",
         ("new: column {field}",), "word"),
    Code("column_undecided", "warning", "Several columns fit this field equally well, so the kit took none of them.",
         "Choose one in the mapping.",
         ("{field} is blank: it could be {argument}",), "word"),
    Code("null_word", "changed", "The column has words that a database writes for nothing; they were taken as blank.",
         "If somebody is called so, set null_words.",
         ("taken as blank: {argument}",), "word"),
    Code("value_from_other_column", "warning", "The first column of the field has no value in this row, so the value is that of another column.",
         "Check that it is right; an address has to receive mail, since the first sign-in goes through it.",
         ("from column {argument}",), "word"),
    Code("step_applied", "changed", "A step of yours changed values of the column, or made columns of it.", "Nothing to do.",
         ("column {field}: {argument}",), "word"),
    Code("step_unused", "warning", "A step of yours changed nothing.",
         "Take it back, or correct it, in the panel of values or under steps in plan.toml.",
         ("column {field}: {argument}",), "word"),
    Code("changed_by_step", "changed", "A value was changed by your steps.", "Nothing to do.",
         ("became {argument}", "became blank"), "value"),
    Code("value_not_split", "warning", "The value has no separator to split it at; all of it went to the first column.",
         "Check whether it belongs there, and correct it (What was found in 02, or corrections.csv)."),
    Code("corrected", "changed", "A value was replaced by your correction.", "Nothing to do.",
         ("became {argument}", "became blank"), "value"),
    Code("correction_unused", "warning", "A correction names a row or a field that does not exist.",
         "Correct or delete its line in corrections.csv.",
         ("{argument}", "there is no such row or field, or a later line corrects the same cell"), "word"),
    Code("correction_unplaced", "warning", "It is not certain whose correction this is since the source has changed; it was not applied.",
         "Choose its row or drop it in the panel of findings, or give its line a source_key and what was there.",
         ("{argument}",), "word"),
    Code("fix_not_taken", "warning",
         "A correction or decision of the earlier export contradicts one that was made for this list, which applies.",
         "Nothing to do if yours is right; otherwise make the earlier one here, too.",
         ("not taken over: {argument}",), "word"),
    # accounts
    Code("account_inactive", "warning", "The source says that the account is closed: deleted, banned, disabled, suspended or archived.",
         "Decide whether these people should have an account in Passage; the option inactive=\"reject\" (--inactive reject) leaves them out.",
         ("the account is {argument}",), "word"),
    Code("account_state_unknown", "warning", "The word for the state of the account is not one the kit knows; the row goes on as active.",
         "Say what the word means (How to decide in 02, or account_states), correct it to active or inactive, or map another column."),
    Code("account_words_unknown", "warning", "Words for the state of the account are not ones the kit knows; their rows go on as active.",
         "Say what each means, as in --account-state X=inactive or under [options.account_states] in plan.toml.",
         ("not known as states of an account: {argument}",), "word"),
    Code("account_codes_unread", "warning", "The column may say the state of the accounts, by words that the kit does not know; it was not read so.",
         "If it does, map it and say what they mean, as in --map account_state=COLUMN --account-state X=inactive.",
         ("column {field} may say which accounts are closed: {argument}",), "word"),
    # emails
    Code("email_normalized", "changed", "The address was written in its normal form.", "Nothing to do.",
         ("{argument}",), "value"),
    Code("email_invalid", "withheld", "This is not an email address.", "Correct it, or ask the user for one.",
         ("{argument}",), "text"),
    Code("email_multiple", "withheld", "The cell holds several addresses, and the kit does not choose.",
         "Correct the cell, so that it holds the one to use.",
         ("{argument}",), "text"),
    Code("email_placeholder", "withheld", "The address stands for 'no address', or is on suspiciously many rows.",
         "Ask the user for an address, or correct it.",
         ("on {argument} rows",), "word"),
    Code("email_guest_login", "withheld", "This is the sign-in name of a guest in Microsoft Entra ID, not an address.",
         "Take the guest's address from the column mail, or correct it.",
         ("probably {argument}",), "value"),
    Code("email_domain_typo", "warning", "The domain is one slip away from a popular one.",
         "Check it: the first sign-in goes through an email to this address.",
         ("{argument}",), "word"),
    Code("email_non_ascii", "warning", "The part before the @ has letters outside ASCII; many systems cannot deliver to it.",
         "Ask the user for another address."),
    Code("email_leading_quote", "warning", "The address begins with a quote, as spreadsheets mark text; it is valid with it.",
         "Check whether the quote belongs to the address."),
    # phones
    Code("phone_normalized", "changed", "The number was written in E.164 form.", "Nothing to do.",
         ("{argument}",), "value"),
    Code("phone_international_prefix", "changed", "A leading 00 was read as +, since the number is valid in no other way.",
         "Check that the number is the user's.",
         ("{argument}",), "value"),
    Code("phone_decimal", "changed", "A number was stored as a decimal; the '.0' at its end was removed.",
         "Export the column as text next time.",
         ("{argument}",), "value"),
    Code("phone_invalid", "withheld", "This is not a phone number of its country.", "Correct it, or ask the user for one.",
         ("{argument}",), "word"),
    Code("phone_multiple", "withheld", "The cell holds several numbers, and the kit does not choose.",
         "Correct the cell, so that it holds the one to use.",
         ("{argument} numbers",), "word"),
    Code("phone_placeholder", "withheld", "The cell stands for 'no number': a word, made-up digits, or a calling code alone.",
         "Ask the user for a number.",
         ("{argument}",), "word"),
    Code("phone_extension", "withheld", "The number has an extension: E.164 cannot carry it, and a switchboard answers.",
         "Ask the user for a direct number.",
         ("{argument}",), "text"),
    Code("phone_excel_damaged", "withheld", "A spreadsheet rounded the number; its digits are lost.",
         "Export the column as text from the original system."),
    Code("phone_no_region", "withheld", "The number has no country of its own, and its row names none that the kit knows.",
         "Map a country column, choose the country of the other phones (How to decide in 02), or say which country a word of the column means (Change values in 01).",
         ("{argument}",), "word"),
    Code("phone_two_readings", "withheld", "The digits are a valid number of the country, and another one with a + before them.",
         "Correct it to the right one (What was found in 02, or corrections.csv). If all such numbers lost their plus, or none did, say so with the option lost_plus.",
         ("two readings: {argument}",), "text"),
    Code("phone_plus_added", "changed", "The numbers of the column lost their +, as those that are valid only with it, the system, or your choice say.",
         "Check some of the numbers; a spreadsheet drops the + of a number.",
         ("of two readings, the one with a + was taken for {argument} numbers",), "word"),
    Code("phone_read_at_home", "warning", "Some digits would be another valid number with a + before them; the column, or your choice, says that they lost none.",
         "Check some of the numbers if the list has people of other countries.",
         ("of two readings, the one of the country was taken for {argument} numbers",), "word"),
    Code("phone_letters", "withheld", "Letters stand amid the digits, or take the place of some, so the digits are not certain.",
         "Correct the number, or ask the user for it."),
    Code("phone_remark", "warning", "Words stand before or behind the number; they were left out.",
         "Check that they say nothing against the number, such as 'old'."),
    Code("phone_remark_against", "withheld", "The words beside the number say that it is a fax, or an old or wrong number.",
         "Correct it, or ask the user for one."),
    Code("phone_too_long_for_e164", "warning", "The number is valid in its country, but has more digits than the 15 that E.164 allows.",
         "Check it: the import may refuse it."),
    Code("phone_fixed_line", "warning", "This is a fixed line: no text message reaches it.", "Ask the user for a mobile number."),
    Code("phone_service_number", "warning", "This is a toll-free, premium, pager or company number: no text message reaches it.",
         "Ask the user for a mobile number.",
         ("{argument}",), "word"),
    Code("region_unknown", "warning", "The country of the row is not one the kit knows.",
         "Say which country the word means (Change values in 01), or correct it to an ISO code, a name or a calling code such as +44."),
    # values
    Code("value_normalized", "changed", "The value was written in the normal form of its type.", "Nothing to do.",
         ("{argument}",), "value"),
    Code("boolean_invalid", "withheld", "The value is not known as yes or no.",
         "Let the word become yes or no (Change values in 01), add it to the boolean words, or correct it.",
         ("{argument}",), "text"),
    Code("boolean_from_moment", "changed", "All values of the column are times: a time means yes, and a blank means no.",
         "Check that the column says since when something holds; otherwise map another one.",
         ("a time is yes, and {argument} blanks are no",), "word"),
    Code("integer_invalid", "withheld", "The value is not a whole number.",
         "Correct it, or remove the thousands separators of its column (Change values in 01).",
         ("{argument}",), "text"),
    Code("date_invalid", "withheld", "The value is not a date.", "Correct it, or set how dates are written.",
         ("{argument}",), "text"),
    Code("date_without_year", "withheld", "The value is a day and a month without a year, and a date needs one.",
         "Ask the user for the year, or store the day as a string."),
    Code("date_from_epoch", "changed", "All values of the column are a count of time, such as seconds since 1970, and were read as dates.",
         "Check some of the dates; set numeric_dates if they are wrong.",
         ("read as {argument}",), "word"),
    Code("date_ambiguous", "withheld", "Day and month cannot be told apart, and the column does not decide it.",
         "Set the date order, for all columns or for this one (Change values in 01).",
         ("{argument}",), "text"),
    Code("text_damaged", "warning", "The text was escaped for HTML, or decoded twice; it goes on as it is.",
         "If the suggestion is right, use it (What was found in 02, or corrections.csv).",
         ("may be {argument}",), "value"),
    Code("value_too_long", "withheld", "The value is longer than its field allows.", "Shorten it, or raise max_length.",
         ("{argument}",), "text"),
    Code("value_pattern", "withheld", "The value does not match the pattern of its field.",
         "Correct it, change all alike (Change values in 01), or change the pattern.",
         ("{argument}",), "word"),
    Code("value_not_allowed", "withheld", "The value is not among the choices of its field.",
         "Let it become one of them (Change values in 01), correct it, or add it to the choices.",
         ("{argument}",), "text"),
    # duplicates
    Code("duplicate_email", "absorbed", "Another row has the same email, so this is the same person.", "Nothing to do.",
         ("into row {other_row}",)),
    Code("duplicate_phone", "absorbed", "The row has no email, and its phone belongs to one person.", "Nothing to do.",
         ("into row {other_row}",)),
    Code("merged_by_phone", "absorbed", "People with different emails share this phone and were merged, as you chose.",
         "Check that they are one person.",
         ("into row {other_row}",)),
    Code("merged_by_decision", "absorbed", "The row was merged into another one, as you decided.", "Nothing to do.",
         ("into row {other_row}",)),
    Code("kept_apart", "withheld", "You decided that these rows are different people, and another of them keeps this value.",
         "Nothing to do, or give the row an identifier of its own (All rows in 02, or corrections.csv).",
         ("row {other_row} keeps it",)),
    Code("shared_phone", "withheld", "People with different emails have this phone: a household or a switchboard.",
         "Leave it, or choose another option for shared phones.",
         ("row {other_row} of this person has a phone of {argument} people with different emails", "left to row {other_row}", "{argument} people with different emails have it"), "word"),
    Code("conflicting_value", "warning", "An absorbed row has another value than its survivor; the survivor's value stays.",
         "Check which value is right.",
         ("row {other_row} keeps {argument}",), "value"),
    Code("value_filled", "changed", "A blank of the survivor was filled from a row that it absorbed.", "Nothing to do.",
         ("from row {other_row}",)),
    Code("possible_duplicate", "warning", "Another row looks like the same person.", "Review the two; nothing was merged.",
         ("rows {argument}",), "word"),
    Code("decision_applied", "changed", "Your decision about duplicates was applied.", "Nothing to do.",
         ("{argument}",), "word"),
    Code("decision_unused", "warning", "A decision about duplicates does not fit the rows as they are now.",
         "Decide again, or delete its line in decisions.csv.",
         ("{argument}",), "word"),
    Code("decision_unplaced", "warning", "It is not certain whose rows a decision is about since the source has changed; it was not applied.",
         "Decide anew in the panel of duplicates, and drop this one.",
         ("{argument}",), "word"),
    Code("order_unreadable", "warning", "The date or number that orders duplicates cannot be read, so the row counts as oldest or last.",
         "Correct it, or choose another survivorship rule."),
    # validation
    Code("no_identifier", "rejected", "No valid email and no valid phone is left, so the user could not sign in.",
         "Correct one of them (What was found in 02, or corrections.csv)."),
    Code("required_missing", "rejected", "A required metadata field has no valid value.",
         "Fill it (What was found in 02, or corrections.csv), or say that the field is not required (01)."),
    Code("survivor_rejected", "rejected", "The row that absorbed this one was rejected.", "Correct the survivor, and run again."),
    Code("check_failed", "rejected", "The row fails a check of the pandera schema.", "See the check, and correct the value.",
         ("the {field} is on row {other_row} too", "{argument}"), "text"),
    Code("formula_like", "warning", "The value begins as a formula does in a spreadsheet; the Console CSV has it as it is.",
         "Do not open the Console CSV in a spreadsheet, or correct the value (What was found in 02, or corrections.csv)."),
    # compared with an earlier export
    Code("exported_before", "rejected", "The person was exported before, and nothing has changed since.", "Nothing to do."),
    Code("changed_since", "warning", "The person was exported before, and the value has changed since.",
         "Push with --on-existing update, so that Passage gets the new value."),
    Code("identifier_changed_since", "rejected",
         "The person was exported before with another email or phone; Passage would take the new one for a new user.",
         "Change it in Passage for the user who is there: out/changed_since.csv has the Passage id.",
         ("it was {argument}",), "value"),
    Code("identifier_of_another", "rejected", "The email, or the only phone, was exported before for somebody else.",
         "Find out whose it is, and correct it in the source or in Passage."),
    Code("key_of_several", "rejected",
         "The key was exported before, and several people have it, so it is not certain whether this is a new one.",
         "If the rows are one person, merge them (decisions.csv). If not, give this row a key of its own (field source_key in corrections.csv)."),
    Code("phone_of_another", "withheld", "The phone was exported before for somebody with another email.",
         "Find out whose it is, and correct it in the source or in Passage."),
    # push
    Code("identifier_conflict", "warning", "The email belongs to one Passage user, the phone to another; nothing was sent.",
         "Find out whose they are, correct it in Passage or in your list (All rows in 02, or corrections.csv), and push again."),
    Code("identifiers_changed", "warning", "The Passage user found before has other identifiers now; nothing was sent.",
         "Push again: the user is looked up anew."),
    Code("metadata_not_kept", "warning", "The service answered an update of this user without the values that were sent.",
         "Check the app's metadata fields in the Passage Console, then push again with --on-existing update."),
    Code("id_contradicted", "warning", "The service gave this user the id or the identifiers of somebody else, so no id is kept.",
         "Look the user up in the Passage Console and ask the service's support, then push again."),
)  # fmt: skip

CODES: dict[str, Code] = {code.code: code for code in _CATALOGUE}

# Rows and values left out that need nobody, and warnings that a person should decide before users go live.
_SETTLED = frozenset({"exported_before", "row_blank", "row_repeats_header", "kept_apart"})
_WARNINGS_TO_DECIDE = frozenset(
    {
        "account_codes_unread", "account_inactive", "account_state_unknown", "account_words_unknown",
        "address_elsewhere", "column_undecided", "conflicting_value", "correction_unplaced", "decision_unplaced", "decision_unused",
        "email_domain_typo", "identifier_conflict", "possible_duplicate", "row_may_go_on",
    }
)  # fmt: skip


def to_decide(code: str) -> bool:
    """Tell whether a person should decide about the findings of a code before the users go live.

    Examples
    --------
    >>> to_decide("shared_phone"), to_decide("email_domain_typo"), to_decide("email_normalized")
    (True, True, False)
    """
    left_out = CODES[code].effect in ("rejected", "withheld") and code not in _SETTLED
    return left_out or code in _WARNINGS_TO_DECIDE

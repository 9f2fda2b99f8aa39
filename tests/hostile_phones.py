"""Cells that nearly are a phone number, for the tests of phones."""

import random

COUNTRIES = ["US", "GB", "DE", "FR", "IT", "BR", "Österreich", "SG", "KZ", "AQ", "Atlantis", "", ""]
NUMBERS = [
    "201 555 0123", "07400 123456", "7400123456", "+44 7400 123456", "0044 7400 123456", "+49 1522 8817386",
    "0171/1234567", "030 23125003", "491522 8817386", "+39 06 698 12345", "0 11 96123 4560", "8001234567",
    "+800 1234 5678", "00", "0", "12", "5555555", "1234567890", "98765432", "0000000", "4.917E+11", "1" * 18, "1" * 19,
    "1-800-FLOWERS", "n/a", "keine", "",
]  # fmt: skip
BEFORE = [
    "", "", "", "", "'", '="', "tel:", "TEL: ", "hotel:", "mailto:", "Phone: ", "+", "00", "0", " ", "\u00a0", "\u200e",
    "(", "<", "\t", "e1 ", "²", ";", "/", "x",
]  # fmt: skip
BEHIND = [
    "", "", "", "", "'", '"', "`", "=", ".0", ",00", ".00 ", " x7", " ext. 12", "#5", " extension 99", " x1234567", "-",
    ")", "\n", "\u2028", "\u200b", " or ", " / 201 555 0199", "; +44 7400 123456", "/", " home", " (old)", "E+10",
    "\u202c",
]  # fmt: skip
BETWEEN = [" ", "-", ".", "/", "(", ")", "\u00a0", "\u2011", "–", "+", "\u200b", "0", "7", "a", "\n"]
SCRIPTS = [str.maketrans("+0123456789", "＋０１２３４５６７８９"), str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")]


def hostile_phones(count, seed=7):
    """Cells and the countries beside them: numbers with most of what people and programs do to them."""
    dice = random.Random(seed)  # noqa: S311
    for _ in range(count):
        text = dice.choice(NUMBERS)
        if dice.random() < 0.7:  # another number of that kind, or nearly
            text = "".join(
                dice.choice("0123456789") if sign.isdigit() and dice.random() < 0.4 else sign for sign in text
            )
        for _ in range(dice.choice([0, 0, 0, 1, 1, 2])):
            at = dice.randrange(len(text) + 1)
            text = text[:at] + dice.choice(BETWEEN) + text[at:]
        text = f"{dice.choice(BEFORE)}{text}{dice.choice(BEHIND)}"
        yield text.translate(dice.choice(SCRIPTS)) if dice.random() < 0.05 else text, dice.choice(COUNTRIES)

"""Addresses that nearly are none, for the tests of emails."""

import random

LOCAL_PIECES = [
    "ann", "b", "z9", "o'", "+t", ".", "Z", "..", "-", "_", "/", "#$%&*=?^`{|}~", '"', " ", "é", "İ", "ẞ", "x" * 30,
]  # fmt: skip
DOMAIN_PIECES = [
    "example", "gmail", "a", "9", "A", "-", "--", ".", "com", "co.uk", "test", "local", "arpa", "invalid", "onion",
    "localhost", "xn--bcher-kva", "xn--p1ai", "xn--", "ü", "ß", "漢", "א", "。", "_", "1com", "com1", " ", "y" * 22,
]  # fmt: skip


def hostile_addresses(count, seed=7):
    """Addresses of pieces that break every rule of the library, most of them plain but for one thing."""
    dice = random.Random(seed)  # noqa: S311
    for _ in range(count):
        near = dice.random() < 0.7
        locals_ = LOCAL_PIECES[:5] * 4 + LOCAL_PIECES[:9] if near else LOCAL_PIECES
        domains = DOMAIN_PIECES[:4] * 8 + DOMAIN_PIECES[:17] if near else DOMAIN_PIECES
        local = f"{dice.choice(['', dice.randrange(100)])}{''.join(dice.choices(locals_, k=dice.randint(1, 4)))}"
        labels = ["".join(dice.choices(domains, k=dice.randint(1, 2))) for _ in range(dice.randint(1, 3))]
        top = dice.choice(["", ".com", ".org", ".local"]) if near else ""
        yield f"{local}{'@' if dice.random() < 0.98 else '@@'}{'.'.join(labels)}{top}"

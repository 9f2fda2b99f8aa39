"""NDJSON of many kinds: what programs write, and what goes wrong in it, drawn by a seed."""

import json
import random

RARE = {
    "a comma behind each object": lambda lines: [f"{line}," if line.startswith("{") else line for line in lines],
    "an object over lines": lambda lines: [*lines, '{"email": "zoe@example.org",\n "n": 1}'],
    "nothing": lambda lines: [*lines, "null"],
    "an empty list of users": lambda lines: [*lines, '{"page": "2", "users": []}'],
    "a page of users": lambda lines: [*lines, '{"page": "2", "users": [{"email": "zoe@example.org"}]}'],
    "a page that declares more": lambda lines: [*lines, '{"total": 999, "users": ["ann", "bo"]}'],
    "another kind": lambda lines: [*lines, *(f'{{"type": "order", "sum": {number}}}' for number in range(9))],
    "of Django": lambda lines: [*lines, '{"model": "app.order", "pk": 7, "fields": {"sum": 3}}'],
    "an app": lambda lines: [*lines, '{"name": "shop", "owner_email": "ann@example.org", "redirect_uris": []}'],
    "members": lambda lines: [*lines, '{"email": "ann@example.org", "members": [{"email": "bo@example.org"}]}'],
    "few with an email": lambda lines: [*lines, *(f'{{"login": "u{number}"}}' for number in range(200))],
    "an envelope": lambda lines: [*lines, '{"realm": "acme", "clients": [], "users": []}'],
    "cut off": lambda lines: [*lines, '{"email": "ann@exam'],
}


def odd_lines(seed: int, rows: int) -> tuple[bytes, bool]:
    """Make a file, and tell whether it has one of the rare things that may keep a file whole."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    names = [name for name in _VALUES if chance.random() < (0.2 if name == "meta" else 0.6)]
    half = chance.random() < 0.5 or "city" in names  # which has half a character
    lines = [json.dumps(_person(number, rows, names, chance), ensure_ascii=half) for number in range(rows)]
    if chance.random() < 0.7:
        for _ in range(chance.randrange(1, 5)):
            lines.insert(chance.randrange(1, len(lines) + 1), chance.choice(_STRANGE))
    rare = chance.random() < 0.3
    if rare:
        lines = RARE[chance.choice(list(RARE))](lines)
        if chance.random() < 0.5:
            lines = [lines[0], *chance.sample(lines[1:], len(lines) - 1)]
    ending = chance.choice(["\n", "\n", "\r\n"])
    text = ending.join(lines) + chance.choice(["", ending, ending * 3])
    return chance.choice(["", "\ufeff", "\n \n"]).encode() + text.encode(), rare


_STRANGE = ["", " \t", "{broken", '{"email": "x', "5", '"text"', '["a", "list"]', "{}", '{"email": " "}', "true"]
_VALUES = {
    "name": lambda number, chance: chance.choice([None, {"first": f"Ann {number}"}, {"first": "Bo", "last": ""}, {}]),
    "city": lambda number, chance: chance.choice(["Oslo", "", None, "Zoë \ud83d", "Köln"]),
    "tags": lambda number, chance: chance.choice([[], ["a", None, "b"], None]),
    "phones": lambda number, chance: [{"value": f"+4930{number:07d}", "primary": number % 2 == 0}],
    "orders": lambda number, chance: [{"id": at, "email": "x@example.org"} for at in range(chance.randrange(3))],
    "meta": lambda number, chance: chance.choice([None, f'{{"a": {number}}}', "no JSON"][: 2 + number % 200 // 199]),
    "password": lambda number, chance: f"x{number}",
    "token": lambda number, chance: [{"access_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.", "n": number}],
    "type": lambda number, chance: chance.choice(["admin", "user"]),
    "born": lambda number, chance: {"$date": "2001-02-03"},
    "a.b": lambda number, chance: number,
    "a": lambda number, chance: {"b": number + 1} if number % 3 else None,
    "points": lambda number, chance: chance.choice([1.50, 10**20, True]),
}


def _person(number, rows, names, chance):
    person = {"id": number, "email": f"u{chance.randrange(rows)}@example.org"}
    chosen = [name for name in names if chance.random() < 0.8]
    if chance.random() < 0.1:
        chance.shuffle(chosen)
    person |= {name: _VALUES[name](number, chance) for name in chosen}
    if number > rows * 0.9:
        person[f"late {number % 3}"] = number
    if chance.random() < 0.1:
        del person["email"]
    return person

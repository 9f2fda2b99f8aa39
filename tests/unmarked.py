"""Texts of modules and scripts for people to read that no call of gettext holds."""

import ast
import re
from collections.abc import Iterator

from babel.messages.jslexer import tokenize

MARKS = ("gettext", "ngettext", "worded", "nworded", "in_panel")
_WORDS = re.compile(r"[A-Za-z]{2,},? [A-Za-z]|[a-z]{2,}[.:]$")


def unmarked(source: str) -> Iterator[str]:
    """Give the texts of words in a module that no call of gettext holds: neither docstrings nor errors."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            skipped |= {inner for argument in node.args for inner in ast.walk(argument)}
        elif isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            skipped |= set(ast.walk(node))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("title", "intro", "_IMPORTS"):
            skipped |= set(ast.walk(node))  # what the head of a panel shows goes through gettext there; code is code
        if node not in skipped and (text := text_of(node)) and _WORDS.search(text):
            yield text
        if isinstance(node, ast.JoinedStr):
            skipped |= {part for part in node.values if isinstance(part, ast.Constant)}


def text_of(node: ast.AST) -> str:
    """Give the text of a string; of one with values in it, with places for them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"<[^>]*>", " ", node.value).strip() if "<" in node.value else node.value
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)


def unmarked_in_script(source: str) -> Iterator[str]:
    """Give the texts of words in a script that no call of gettext holds."""
    calls: list[bool] = []
    tokens = [token for token in tokenize(source) if token.type not in ("whitespace", "comment", "multilinecomment")]
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.value == "(":
            calls.append(before is not None and before.value in ("gettext", "ngettext"))
        elif token.value == ")":
            calls.pop()
        elif token.type in ("string", "template_string") and not any(calls[-1:]):
            text = re.sub(r"\$\{[^}]*\}|\bpassage-[\w-]*", "", token.value[1:-1]).strip()
            if re.search(r"[A-Z][a-z]+|[a-z]{2,},? [a-z]{2,}", text):
                yield text

"""English in values that go into texts for people: what a translation would show as it is, amid another language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from unmarked import MARKS, text_of

# Words of sentences, as no name of a file, a column or a setting has them alone.
_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? [a-z]{2,}|[})] [a-z]{4,}|^(?:the|its?|none|no|row|line|entry|days)\b")
_PARTS = ("join", "str", "sorted", "list", "tuple", "format", "removesuffix", "removeprefix")  # calls that pass it on
_JOINED = ("say", "array", "if_else", "binary_join_element_wise", "repeat")  # calls that make columns of texts
_DEEP = 4  # functions that a value comes from


class Modules:
    """The modules of a package, to follow a value to the places where it is made."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.trees = {name: ast.parse(source) for name, source in sources.items()}
        self.functions: dict[str, list[tuple[str, ast.FunctionDef]]] = {}
        for name, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef):
                    self.functions.setdefault(node.name, []).append((name, node))

    def fragments(self) -> Iterator[str]:
        """Give each value of a marked text that may be English, as ``module:place = words``."""
        for name, tree in self.trees.items():
            for call, scope in _calls(tree, None):
                for given in call.keywords:
                    found = dict.fromkeys(self._texts(given.value, name, scope, 0, frozenset()))
                    yield from (f"{name}:{given.arg} = {text}" for text in found if _WORDS.search(text))

    def arguments(self) -> Iterator[tuple[str, str, str]]:
        """Give each text that may be the argument of a finding, with its module and code ("" for several codes)."""
        for name, tree in self.trees.items():
            for call, scope in _calls(tree, None, ("make_findings",)):
                given = {one.arg: one.value for one in call.keywords}
                code = getattr(given.get("code"), "value", "")
                for text in dict.fromkeys(self._texts(given.get("argument"), name, scope, 0, frozenset())):
                    yield name, code if isinstance(code, str) else "", text

    def _texts(self, node, name, scope, depth, seen) -> Iterator[str]:
        """Give the texts that an expression may be, but for those that are marked."""
        if depth > _DEEP or node is None:
            return
        if isinstance(node, ast.Constant | ast.JoinedStr):
            yield text_of(node)
        elif isinstance(node, ast.Name):
            if (node.id, scope) not in seen:
                for value, where in self._values(node.id, name, scope):
                    yield from self._texts(value, name, where, depth, seen | {(node.id, scope)})
        elif isinstance(node, ast.Call):
            yield from self._of_call(node, name, scope, depth, seen)
        else:
            for part in _parts(node):
                yield from self._texts(part, name, scope, depth, seen)

    def _of_call(self, node, name, scope, depth, seen) -> Iterator[str]:
        called = getattr(node.func, "id", "")
        if called in MARKS:
            return
        if getattr(node.func, "attr", called) in (*_PARTS, *_JOINED):
            for part in node.args:
                yield from self._texts(part, name, scope, depth, seen)
            return
        for where, function in self.functions.get(called, ()):
            if where == name or _imports(self.trees[name], called, where):
                for inner in ast.walk(function):
                    if isinstance(inner, ast.Return):
                        yield from self._texts(inner.value, where, function, depth + 1, seen)

    def _values(self, wanted: str, name: str, scope) -> Iterator[tuple[ast.expr, object]]:
        """Give what a name is set to: in its function, else in its module."""
        own = list(_set_to(wanted, ast.walk(scope))) if scope is not None else []
        yield from ((value, scope) for value in own)
        if not own:
            yield from ((value, None) for value in _set_to(wanted, self.trees[name].body))


def _calls(node, scope, names=MARKS) -> Iterator[tuple[ast.Call, object]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in names:
            yield child, scope
        yield from _calls(child, child if isinstance(child, ast.FunctionDef) else scope, names)


def _parts(node) -> list[ast.expr]:
    """Give the expressions that one may be, or is made of."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return [node.elt]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return node.elts
    if isinstance(node, ast.Dict):
        return node.values
    return [node.value] if isinstance(node, ast.Starred | ast.Subscript) else []


def _set_to(name: str, nodes) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=False)
                    yield from (value for one, value in pairs if isinstance(one, ast.Name) and one.id == name)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and getattr(node.target, "id", "") == name and node.value:
            yield node.value


def _imports(tree: ast.AST, name: str, module: str) -> bool:
    last = module.removesuffix(".py").rpartition("/")[2]
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module)
    return any(node.module.endswith(last) and any(one.name == name for one in node.names) for node in imports)


def modules_of(package: Path) -> Modules:
    """Read all modules of a package."""
    paths = sorted(package.rglob("*.py"))
    return Modules({path.relative_to(package).as_posix(): path.read_text(encoding="utf-8") for path in paths})

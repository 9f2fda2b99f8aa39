"""View of a user list as it was read: what it is, its first rows, and the settings of the reader to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from passage_kit.errors import PassageKitError, SourceError
from passage_kit.reading.first_lines import first_lines
from passage_kit.reading.first_look import first_look
from passage_kit.reading.readers import UserList
from passage_kit.translations import ENGLISH, gettext, language, number, told
from passage_kit.widgets.page_messages import Form, is_words, read_message
from passage_kit.widgets.unsaved import Unsaved, script, style

_LONGEST = 200  # characters of a value
_NUMBERS = ("header_row",)
_FORMS = {"read": Form({"name": is_words, "value": is_words})}


class ListView(Unsaved):
    """Widget with the facts, the first rows and the accented values of a list, and drop-downs for its settings.

    Values of users are in messages alone, never in the state of the widget.

    Parameters
    ----------
    chosen : callable
        Takes the name of a setting of :func:`passage_kit.read_source`, and its value; None is "as detected".
    refused : callable
        Takes the sentence of what the page asked for and cannot have.
    """

    _esm = script("list_view")
    _css = style("list_view")

    def __init__(self, chosen: Callable[[str, Any], None], refused: Callable[[str], None]) -> None:
        super().__init__()
        self._chosen, self._refused = chosen, refused
        self._settings: dict[str, list[tuple[str, str]]] = {}

    @property
    def settings(self) -> dict[str, list[str]]:
        """Values to choose from by the name of the setting; "" is "as detected"."""
        return {name: [value for value, _ in options] for name, options in self._settings.items()}

    def choose(self, name: str, value: str) -> None:
        """Choose a setting, as its drop-down does; "" is "as detected", or none yet."""
        if value in self.settings.get(name, ()):
            self._chosen(name, (int(value) if name in _NUMBERS else value) if value else None)

    def tell(self, source: UserList, path: str, reading: Mapping[str, Any]) -> None:
        """Show a list as read from a path or an address with some settings."""
        look = first_look(source)
        self._settings = _settings_of(source, path, reading)
        columns = [
            {"name": str(name), "values": [_short(value) for value in look.rows.iloc[:, at].astype(object)]}
            for at, name in enumerate(look.rows.columns)
        ]
        self.show(
            name=source.name,
            facts=_facts(source, look.facts),
            columns=columns,
            rows=[int(number) for number in look.rows.index],
            accented=[[column, _short(value)] for column, value in look.accented.itertuples(index=False)],
            encoded=source.encoding is not None,
            settings=self._shown(reading),
        )

    def ask(self, error: PassageKitError | None) -> None:
        """Show no list, but what an error asks: the lists of a file, or the encodings with words as each has them.

        If it asks nothing, show nothing.
        """
        self._settings = {}
        if isinstance(error, SourceError) and error.choices:
            self._settings["table"] = [("", gettext("choose one")), *((path, path) for path in error.choices)]
        if isinstance(error, SourceError) and error.encodings:
            names = _encodings()
            likely = [(name, f"{names.get(name, name)}: {words}") for name, words in error.encodings.items()]
            others = [(name, title) for name, title in names.items() if name not in error.encodings]
            self._settings["encoding"] = [("", gettext("choose one")), *likely, *others]
        self.show(name="", facts=[], columns=[], rows=[], accented=[], encoded=False, settings=self._shown({}))

    def _shown(self, reading: Mapping[str, Any]) -> list[dict[str, Any]]:
        names = _names()
        return [
            {"name": name, "label": names[name], "options": options, "value": str(reading.get(name, ""))}
            for name, options in self._settings.items()
        ]

    def _heard(self, content: Any) -> None:
        if not isinstance(content, dict) or "do" not in content:
            return
        try:
            _, given = read_message(content, _FORMS)
            self.choose(**given)
        except PassageKitError as error:
            self._refused(told(error))


def _facts(source: UserList, facts: Mapping[str, str]) -> list[list[str]]:
    """Write the facts of a first look in the reader's language."""
    labels = {
        "rows": gettext("rows"),
        "columns": gettext("columns"),
        "kind": gettext("kind"),
        "layout": gettext("layout"),
        "encoding": gettext("encoding"),
        "delimiter": gettext("delimiter"),
        "header": gettext("header"),
        "sheet": gettext("sheet"),
    }
    said = facts if language() == ENGLISH else {**facts, **_in_words(source, facts)}
    return [[labels[label], fact] for label, fact in said.items()]


def _in_words(source: UserList, facts: Mapping[str, str]) -> dict[str, str]:
    """Write those facts that are words or numbers of the kit; names stay as they are."""
    words = {
        "a database": gettext("a database"),
        "a frame": gettext("a frame"),
        "comma": gettext("comma"),
        "semicolon": gettext("semicolon"),
        "tab": gettext("tab"),
        "vertical bar": gettext("vertical bar"),
        "none": gettext("none"),
    }
    said = {label: words.get(facts[label], facts[label]) for label in ("kind", "delimiter", "header") if label in facts}
    if source.header_line:
        of_excel = source.kind == "excel"
        line = {"number": source.header_line}
        said["header"] = gettext("in row {number}", **line) if of_excel else gettext("in line {number}", **line)
    return {**said, "rows": number(len(source.users)), "columns": number(source.users.shape[1])}


def _encodings() -> dict[str, str]:
    return {
        "utf-8": gettext("Unicode (UTF-8)"),
        "utf-16": gettext("Unicode (UTF-16)"),
        "cp1252": gettext("Western European (Windows)"),
        "mac_roman": gettext("Western European (old Mac)"),
        "cp850": gettext("Western European (DOS)"),
        "cp852": gettext("Central European (DOS)"),
        "iso8859-15": gettext("Western European (ISO 8859-15)"),
        "cp1250": gettext("Central European (Windows)"),
        "cp1251": gettext("Cyrillic (Windows)"),
        "cp1253": gettext("Greek (Windows)"),
        "cp1254": gettext("Turkish (Windows)"),
        "cp932": gettext("Japanese"),
        "gbk": gettext("Chinese"),
        "big5": gettext("Chinese (traditional)"),
        "cp949": gettext("Korean"),
        "iso8859_2": gettext("Central European (ISO 8859-2)"),
        "cp1257": gettext("Baltic (Windows)"),
        "koi8_r": gettext("Cyrillic (KOI8-R)"),
        "cp866": gettext("Cyrillic (DOS)"),
        "cp1255": gettext("Hebrew (Windows)"),
        "cp1256": gettext("Arabic (Windows)"),
        "cp874": gettext("Thai (Windows)"),
        "euc_jp": gettext("Japanese (EUC)"),
    }


def _delimiters() -> dict[str, str]:
    return {
        ",": gettext("comma  ,"),
        ";": gettext("semicolon  ;"),
        "\t": gettext("tab"),
        "|": gettext("vertical bar  |"),
    }


def _names() -> dict[str, str]:
    return {
        "table": gettext("List of users"),
        "sheet": gettext("Sheet"),
        "encoding": gettext("Encoding"),
        "delimiter": gettext("Delimiter"),
        "header_row": gettext("Header in line"),
    }


def _settings_of(source: UserList, path: str, reading: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """List the settings that a list of this kind has, each with its values and their words."""
    settings: dict[str, list[tuple[str, str]]] = {}
    detected = gettext("as detected")
    if source.lists:
        settings["table"] = [(one, one) for one in source.lists]
    if len(source.sheets) > 1:
        settings["sheet"] = [
            ("", gettext("as detected: {value}", value=source.sheet)),
            *((name, name) for name in source.sheets),
        ]
    if source.encoding is not None:
        given = reading.get("encoding")
        found = detected if given else gettext("as detected: {value}", value=source.encoding)
        settings["encoding"] = [("", found), *_encodings().items()]
    if source.kind == "csv":
        settings["delimiter"] = [("", detected), *_delimiters().items()]
    if source.kind in ("csv", "excel"):
        settings["header_row"] = [("", detected), *_header_rows(source, path, reading), ("0", gettext("none"))]
    for name, options in settings.items():
        value = str(reading.get(name, ""))
        if value not in dict(options):
            options.append((value, value or detected))
    return settings


def _header_rows(source: UserList, path: str, reading: Mapping[str, Any]) -> list[tuple[str, str]]:
    lines = first_lines(path, encoding=reading.get("encoding"), sheet=source.sheet, inside=reading.get("table"))
    return [(str(number), f"{number}: {line[:60]}") for number, line in lines.items()]


def _short(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"

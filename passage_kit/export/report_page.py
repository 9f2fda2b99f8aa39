"""The page of the migration report, made from plain values in which everything personal is masked.

The values are kept beside the report. So a later step adds its section without reading the users again and without
editing HTML.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from passage_kit import __version__
from passage_kit.translations import ENGLISH, gettext, ngettext, number, speaking


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section at the end of the report: a sentence, and a table of what was counted.

    Parameters
    ----------
    ident : str
        Name in links, such as ``push``, unique on a page.
    title, sentence : str
    columns : tuple of str
        Headings of the two columns.
    rows : list of tuple
        Name, explanation (may be blank) and count.
    rehearsal : bool, default False
        True if the step was done with the sandbox, not with Passage.
    """

    ident: str
    title: str
    sentence: str
    columns: tuple[str, str]
    rows: Sequence[tuple[str, str, int]]
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The contents of a report.

    Parameters
    ----------
    values : mapping
        Values for the template, by name, as JSON has them.
    sections : tuple of ReportSection
        Sections of the steps since.
    """

    values: Mapping[str, Any]
    sections: tuple[ReportSection, ...] = ()

    def with_section(self, section: ReportSection) -> ReportPage:
        """Give the page with a section at its end, in place of a former one of that name."""
        others = (former for former in self.sections if former.ident != section.ident)
        return ReportPage(self.values, (*others, section))

    def to_html(self) -> str:
        """Render the page, in the language in which its values were collected."""
        with speaking(self.values.get("language", ENGLISH)):
            return _template().render(self.values, sections=self.sections)

    def to_json(self) -> str:
        """Write the contents of the page as JSON.

        Examples
        --------
        >>> page = ReportPage({"settings": {"strict": "no"}})
        >>> ReportPage.from_json(page.to_json()) == page
        True
        """
        contents = {"values": self.values, "sections": [asdict(section) for section in self.sections]}
        kept = {"passage_kit": __version__, "sha256": _digest(contents), **contents}
        return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ReportPage | None:
        """Read the contents of a page.

        Give None if another version of the kit wrote them, since its page differs, or if they were changed since.
        """
        try:
            kept = json.loads(text)
            contents = {name: kept[name] for name in ("values", "sections")}
            if kept["passage_kit"] != __version__ or kept["sha256"] != _digest(contents):
                return None
        except (ValueError, TypeError, LookupError, RecursionError):
            return None
        return cls(kept["values"], tuple(_section(**section) for section in kept["sections"]))


@cache  # to compile it takes longer than to fill it; its texts are translated when it is filled
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("passage_kit.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "percent": _percent}
    environment.globals |= {"gettext": _gettext, "ngettext": _ngettext}
    return environment.get_template("report.html.j2")


def _digest(contents: Mapping[str, Any]) -> str:
    """Compute a hash by which changes of the contents are found out."""
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def _section(columns: Iterable[str], rows: Iterable[Iterable[Any]], **words: Any) -> ReportSection:
    first, second = columns
    return ReportSection(columns=(first, second), rows=[(name, why, count) for name, why, count in rows], **words)


def _gettext(text: str, **values: object) -> Markup:
    """Fill a text of the page, which may hold elements of HTML; values are escaped."""
    return Markup(gettext(text, **_escaped(values)))  # noqa: S704 - the texts are the kit's own


def _ngettext(one: str, many: str, count: int, **values: object) -> Markup:
    return Markup(ngettext(one, many, count, **_escaped(values)))  # noqa: S704 - as above


def _escaped(values: Mapping[str, object]) -> dict[str, Markup]:
    return {name: escape(value) for name, value in values.items()}


def _percent(share: float) -> str:
    """Write a share as a percentage, with 0 % only for nothing and 100 % only for everything."""
    if 0 < share < 0.01:
        return "< 1 %"
    return f"{int(share * 100)} %" if share > 0.99 else f"{share:.0%}".replace("%", " %")

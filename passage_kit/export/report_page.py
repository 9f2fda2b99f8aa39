"""The page of the migration report: made anew from what it shows, whenever there is something more to show.

What a report shows is plain values, everything personal in them masked already. They are kept beside the report, so
that a later step puts its section on the page without reading the users again, and without editing HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from passage_kit import __version__


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section at the end of the report: a sentence, and a table of what was counted.

    Parameters
    ----------
    ident : str
        Its name in addresses, such as ``push``; a page has one section of a name.
    title, sentence : str
    columns : tuple of str
        Headings of the two columns.
    rows : list of tuple
        Name, explanation (may be blank) and count.
    """

    ident: str
    title: str
    sentence: str
    columns: tuple[str, str]
    rows: Sequence[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """All that a report shows.

    Parameters
    ----------
    values : mapping
        What the template names, as JSON has it.
    sections : tuple of ReportSection
        What was done since.
    """

    values: Mapping[str, Any]
    sections: tuple[ReportSection, ...] = ()

    def with_section(self, section: ReportSection) -> ReportPage:
        """Give the page with a section at its end, in the place of a former one of that name."""
        others = (former for former in self.sections if former.ident != section.ident)
        return ReportPage(self.values, (*others, section))

    def to_html(self) -> str:
        """Render the page."""
        environment = Environment(
            loader=PackageLoader("passage_kit.export"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"number": _number, "counted": _counted, "percent": _percent}
        return environment.get_template("report.html.j2").render(self.values, sections=self.sections)

    def to_json(self) -> str:
        """Write down what the page shows.

        Examples
        --------
        >>> page = ReportPage({"settings": {"strict": "no"}})
        >>> ReportPage.from_json(page.to_json()) == page
        True
        """
        sections = [asdict(section) for section in self.sections]
        kept = {"passage_kit": __version__, "values": self.values, "sections": sections}
        return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> ReportPage | None:
        """Read what a page shows; None if another version of the kit wrote it down, whose page has other parts."""
        kept = json.loads(text)
        if kept["passage_kit"] != __version__:
            return None
        return cls(kept["values"], tuple(_section(**section) for section in kept["sections"]))


def _section(columns: Iterable[str], rows: Iterable[Iterable[Any]], **words: str) -> ReportSection:
    first, second = columns
    return ReportSection(columns=(first, second), rows=[(name, why, count) for name, why, count in rows], **words)


def _number(count: int) -> str:
    return f"{count:,}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _percent(share: float) -> str:
    """Write a share so that it says 0 % only of nothing and 100 % only of everything."""
    if 0 < share < 0.01:
        return "< 1 %"
    return f"{int(share * 100)} %" if share > 0.99 else f"{share:.0%}".replace("%", " %")

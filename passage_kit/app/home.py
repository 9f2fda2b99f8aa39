"""The pages of the app that are not notebooks: the home page, the sign-in, and the page while somebody else works."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from passage_kit.cutover.guide_steps import Step, list_steps, state_words
from passage_kit.errors import PassageKitError
from passage_kit.preparation.downloads import list_downloads
from passage_kit.translations import gettext, language, ngettext, number, told
from passage_kit.workspace.session import Session
from passage_kit.workspace.workspace import Workspace

_MANY = 12  # downloads that stand open on the page; the others are folded


class Reader(NamedTuple):
    """Who reads a page: the base path of its links, the hidden field of its forms, the name, and how they signed in.

    ``form`` is HTML of the server's own, never of a person.
    """

    base: str
    form: str
    name: str
    by_password: bool


def home_page(workspace: Workspace, notebooks: str | Path, reader: Reader, holder: Session | None, mine: bool) -> str:
    """Write the home page: who works here, the steps with their states, and every output as a button.

    Parameters
    ----------
    workspace : Workspace
    notebooks : path
        Folder of the notebooks.
    reader : Reader
    holder : Session or None
        Who works in the workspace.
    mine : bool
        Whether that is the reader.

    Returns
    -------
    str
        HTML that fetches nothing.
    """
    try:
        steps, trouble = list_steps(workspace, notebooks=notebooks), ""
    except PassageKitError as error:
        steps, trouble = [], told(error)
    downloads = list_downloads(workspace)
    return _page(
        "home",
        reader=reader,
        steps=[_shown_step(step) for step in steps],
        trouble=trouble,
        downloads=downloads[:_MANY],
        more=downloads[_MANY:],
        holder=holder,
        mine=mine,
    )


def busy_page(reader: Reader, holder: Session) -> str:
    """Write the page that stands in the place of a step while somebody else works."""
    return _page("busy", reader=reader, holder=holder)


def sign_in_page(reader: Reader, next_page: str, *, refused: bool = False, by_token: bool = False) -> str:
    """Write the page that asks for the password, or for the address with the token."""
    return _page("sign_in", reader=reader, next_page=next_page, refused=refused, by_token=by_token)


def _shown_step(step: Step) -> dict[str, Any]:
    number = step.notebook.partition("_")[0]
    return step._asdict() | {"said": state_words()[step.state], "number": number}


def _page(name: str, **values: Any) -> str:
    return _TEMPLATES.get_template(f"{name}.html.j2").render(**values)


def _size(count: int) -> str:
    return f"{number(max(1, round(count / 1000)))} kB" if count < 1e6 else f"{count / 1e6:,.1f} MB"


def _moment(moment: dt.datetime) -> str:
    """Write a moment of today as its time, and another one with its day."""
    local = moment.astimezone()
    today = local.date() == dt.datetime.now().astimezone().date()
    return f"{local:%H:%M}" if today else f"{local:%Y-%m-%d %H:%M}"


_TEMPLATES = Environment(loader=PackageLoader("passage_kit.app"), autoescape=True, undefined=StrictUndefined)
_TEMPLATES.filters |= {"size": _size, "moment": _moment}
_TEMPLATES.globals |= {"gettext": gettext, "ngettext": ngettext, "language": language}

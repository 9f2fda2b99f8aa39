"""Queries of List Users: paging, filters, operators and ordering, as SQL with an index for each."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from passage_kit.sandbox.contract import LARGEST_PAGE, NEVER, invalid, timestamp

TEXT_FILTERS = ("identifier", "id", "status")
NUMBER_FILTERS = ("login_count",)
TIME_FILTERS = ("created_at", "updated_at", "last_login_at")
FILTERS = TEXT_FILTERS + NUMBER_FILTERS + TIME_FILTERS
ORDERS = ("id", "email", "phone", "status", "login_count", "created_at", "updated_at", "last_login_at")
_TERM = f"({'|'.join(ORDERS)}):(ASC|DESC)"
ORDER_PATTERN = f"^{_TERM}(,{_TERM})*$"
DEFAULT_ORDER = "created_at:DESC"

LAST_PAGE = 2**31 - 1
LAST_SECOND = 253_402_300_799  # of the year 9999
LONGEST_FILTER = 1_000  # characters
MOST_FILTERS = 50

_OPERATOR = re.compile(r"<(ne|gt|lt|like|not_like):(.*)>", re.DOTALL)
_SQL = {"": "=", "ne": "<>", "gt": ">", "lt": "<", "like": "LIKE", "not_like": "NOT LIKE"}
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")

_DAY = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
TIME_PATTERN = rf"(?!0000)[0-9]{{4}}-{_DAY}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,9}})?Z"


@dataclass(frozen=True, slots=True)
class Selection:
    """One query of List Users: the condition, the order and the page."""

    where: str
    values: tuple[Any, ...]
    order: str
    page: int
    limit: int
    created_before: int
    asked: tuple[tuple[str, str], ...]  # parameters that each page of the query repeats

    @property
    def offset(self) -> int:
        """Number of users on the pages before this one."""
        return (self.page - 1) * self.limit

    def links(self, address: str, total: int) -> dict[str, dict[str, str]]:
        """Make ``_links`` without a scheme, as the service writes them, and with ``""`` for a missing page."""
        last = max(1, -(-total // self.limit))
        pages = {
            "first": 1,
            "last": last,
            "next": self.page + 1 if self.page < last else None,
            "previous": min(self.page - 1, last) or None,
            "self": self.page,
        }
        return {
            name: {"href": f"{address}?{urlencode([*self.asked, ('page', page)])}" if page else ""}
            for name, page in pages.items()
        }


def read_query(parameters: Iterable[tuple[str, str]], page_size: int) -> Selection:
    """Read the parameters of List Users, and ignore unknown ones, as the service does.

    Parameters
    ----------
    parameters : iterable of (str, str)
        Names and values of the query string, decoded. Several filters on one field must all hold.
    page_size : int
        Number of users on a page if ``limit`` is missing.

    Raises
    ------
    RefusedError
        400 if a parameter has a value that it does not allow.
    """
    pairs = list(parameters)
    given = dict(pairs)
    page = _number(given, "page", 1, LAST_PAGE, default=1)
    limit = _number(given, "limit", 1, LARGEST_PAGE, default=page_size)
    # The anchor has whole seconds. The page includes the current second, so that it has new users, too.
    created_before = _number(given, "created_before", 0, LAST_SECOND, default=int(time.time()) + 1)
    order_by = given.get("order_by", DEFAULT_ORDER)
    filters = [(name, value) for name, value in pairs if name in FILTERS]
    if len(filters) > MOST_FILTERS:
        raise invalid(f"filters: must be no more than {MOST_FILTERS}.")
    conditions = ["created_at < ?"]
    values: list[Any] = [timestamp(datetime.fromtimestamp(created_before, UTC))]
    for name, value in filters:
        condition, operands = _condition(name, value)
        conditions.append(condition)
        values += operands
    asked = [("created_before", str(created_before)), ("limit", str(limit)), ("order_by", order_by), *filters]
    return Selection(
        where=f"WHERE {' AND '.join(conditions)}",
        values=tuple(values),
        order=_order(order_by),
        page=page,
        limit=limit,
        created_before=created_before,
        asked=tuple(sorted(asked)),
    )


def _number(given: dict[str, str], name: str, least: int, most: int, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not _WHOLE_NUMBER.fullmatch(text):
        raise invalid(f"{name}: must be an integer.")
    if not least <= int(text) <= most:
        raise invalid(f"{name}: must be between {least} and {most}.")
    return int(text)


def _condition(name: str, text: str) -> tuple[str, list[Any]]:
    """Write the SQL of one filter, and return it with its values."""
    if len(text) > LONGEST_FILTER:
        raise invalid(f"{name}: the length must be no more than {LONGEST_FILTER}.")
    found = _OPERATOR.fullmatch(text)
    operator, operand = found.groups() if found else ("", text)
    if "like" in operator and name not in TEXT_FILTERS:
        raise invalid(f"{name}: must be used with <ne:>, <gt:> or <lt:>.")
    value = _READERS[name](name, operand)
    if "like" in operator and "%" not in value:
        value = f"%{value}%"
    if name != "identifier":
        return f"{name} {_SQL[operator]} ?", [value]
    if operator in ("ne", "not_like"):  # a missing identifier differs, too
        return f"(coalesce(email, '') {_SQL[operator]} ? AND coalesce(phone, '') {_SQL[operator]} ?)", [value, value]
    return f"(email {_SQL[operator]} ? OR phone {_SQL[operator]} ?)", [value, value]


def _leave_as_sent(_: str, text: str) -> str:
    return text


def _identifier(_: str, text: str) -> str:
    return text.lower()


def _integer(name: str, text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise invalid(f"{name}: must be an integer.")
    return int(text)


def _time(name: str, text: str) -> str:
    try:
        if not re.fullmatch(TIME_PATTERN, text):
            raise ValueError(text)
        read = timestamp(datetime.fromisoformat(text))
    except ValueError as error:  # February 29 does not exist in every year
        raise invalid(f"{name}: must be a valid timestamp, such as 2006-01-02T15:04:05.000000Z.") from error
    return NEVER if read[:19] == NEVER[:19] else read


_READERS: dict[str, Callable[[str, str], Any]] = {
    "identifier": _identifier,
    "id": _leave_as_sent,
    "status": _leave_as_sent,
    "login_count": _integer,
    **dict.fromkeys(TIME_FILTERS, _time),
}


def _order(order_by: str) -> str:
    """Write the SQL of ``created_at:ASC,id:DESC``; users who are equal in it stay in the order of creation."""
    if len(order_by) > LONGEST_FILTER or not re.fullmatch(ORDER_PATTERN, order_by):
        raise invalid("order_by: must be a list of <field>:<ASC/DESC>.")
    _, _, direction = order_by.split(",")[0].partition(":")
    return f"ORDER BY {order_by.replace(':', ' ')}, number {direction}"

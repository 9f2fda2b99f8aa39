"""The queries of List Users give what a plain loop over the users gives."""

import re
import sqlite3
from contextlib import closing
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passage_kit.sandbox.contract import RefusedError, Unknowns
from passage_kit.sandbox.list_query import FILTERS, ORDERS, TEXT_FILTERS, read_query
from passage_kit.sandbox.store import NewUser, Store

NAMES = ["anna", "bo", "cy.anna", "dee_x", "élise"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("sandbox") / "users.sqlite"


@pytest.fixture(scope="module")
def store(file):
    store = Store(file, Unknowns())
    users = [NewUser(f"{name}@example.org") for name in NAMES]
    users += [NewUser(None, f"+1202555010{number}") for number in range(4)]
    users += [NewUser("both@example.net", "+12025550199")]
    ids = [user_id for user_id, _ in store.create_all(users)]
    for number, user_id in enumerate(ids):
        for _ in range(number % 3):
            store.sign_in(user_id)
        if number % 4 == 1:
            store.set_status(user_id, "inactive")
    yield store
    store.close()


def matches(user, name, operator, operand):
    """Whether a user is one that a filter asks for."""
    if name == "identifier":
        have = [user["email"], user["phone"]]
        operand = operand.lower()
        if operator in ("ne", "not_like"):
            return all(compare(value, operator, operand) for value in have)
        return any(value and compare(value, operator, operand) for value in have)
    return compare(user[name], operator, int(operand) if name == "login_count" else operand)


def compare(value, operator, operand):
    if "like" in operator:
        pattern = operand if "%" in operand else f"%{operand}%"
        parts = ("." if part == "_" else ".*" if part == "%" else re.escape(part) for part in pattern)
        found = re.fullmatch("".join(parts), value, re.DOTALL | re.IGNORECASE) is not None
        return found == (operator == "like")
    return {"": value == operand, "ne": value != operand, "gt": value > operand, "lt": value < operand}[operator]


def filters_of(users):
    """Filters with values that the users have, or nearly have."""

    def of(name):
        if name == "identifier":
            values = [user[key] for user in users for key in ("email", "phone") if user[key]]
        else:
            values = [user[name] for user in users]
        operators = ["", "ne", "gt", "lt", *(["like", "not_like"] if name in TEXT_FILTERS else [])]
        operands = st.sampled_from(values).map(str)
        if name in TEXT_FILTERS:
            operands |= st.sampled_from(["ANNA@example.org", "ann", "%anna@%", "_o@example.org", "1202", "zz"])
        return st.tuples(st.just(name), st.sampled_from(operators), operands)

    return st.sampled_from(FILTERS).flatmap(of)


@given(st.data())
def test_every_filter_and_order_gives_what_a_loop_gives(store, data):
    users = store.every_user()
    filters = data.draw(st.lists(filters_of(users), max_size=3))
    order = data.draw(st.lists(st.tuples(st.sampled_from(ORDERS), st.sampled_from(["ASC", "DESC"])), max_size=2))
    limit = data.draw(st.integers(1, 12))
    parameters = [(name, f"<{operator}:{value}>" if operator else value) for name, operator, value in filters]
    if order:
        parameters.append(("order_by", ",".join(f"{name}:{direction}" for name, direction in order)))
    expected = [user for user in users if all(matches(user, *asked) for asked in filters)]
    directions = order or [("created_at", "DESC")]
    if directions[0][1] == "DESC":
        expected.reverse()  # users who are equal in the order come in that of their creation
    for name, direction in reversed(directions):
        expected.sort(key=lambda user, name=name: user[name], reverse=direction == "DESC")
    found, page, anchor = [], 1, None
    while True:
        more = [("created_before", str(anchor))] if anchor else []
        selection = read_query([*parameters, ("page", str(page)), ("limit", str(limit)), *more], 15)
        total, part = store.select(selection)
        found += part
        anchor = selection.created_before
        assert total == len(expected)
        if not selection.links("localhost", total)["next"]["href"]:
            break
        page += 1
    assert [user["id"] for user in found] == [user["id"] for user in expected]


def test_the_anchor_leaves_out_who_came_later(store):
    assert store.select(read_query([("created_before", "1")], 15)) == (0, [])
    assert store.select(read_query([("created_before", "4102444800")], 15))[0] == len(store.every_user())


def test_links_repeat_the_query():
    selection = read_query([("identifier", "<like:+1 a&b>"), ("page", "2"), ("limit", "3"), ("other", "x")], 15)
    links = selection.links("localhost:1/v1/apps/APP/users", total=8)
    pages = {name: dict(parse_qsl(urlsplit(f"http://{link['href']}").query)) for name, link in links.items()}
    assert {name: page["page"] for name, page in pages.items()} == {
        "first": "1",
        "last": "3",
        "next": "3",
        "previous": "1",
        "self": "2",
    }
    assert all(page["identifier"] == "<like:+1 a&b>" and page["limit"] == "3" for page in pages.values())
    assert all("other" not in page for page in pages.values())
    assert pages["self"]["created_before"] == str(selection.created_before)


@pytest.mark.parametrize(
    ("page", "total", "following", "preceding"), [(1, 0, None, None), (1, 3, None, None), (9, 4, None, "2")]
)
def test_links_lead_nowhere_where_there_is_no_page(page, total, following, preceding):
    links = read_query([("page", str(page)), ("limit", "3")], 15).links("localhost", total)
    assert (page_of(links["next"]), page_of(links["previous"])) == (following, preceding)


def page_of(link):
    return dict(parse_qsl(link["href"].partition("?")[2])).get("page")


def test_the_page_size_is_the_switch_unless_asked():
    assert read_query([], 15).limit == 15
    assert read_query([("limit", "500")], 15).limit == 500


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "x"),
        ("page", "99999999999"),
        ("limit", "0"),
        ("limit", "501"),
        ("limit", "1.5"),
        ("limit", ""),
        ("created_before", "-1"),
        ("created_before", "9" * 18),
        ("order_by", "identifier:ASC"),
        ("order_by", "created_at"),
        ("order_by", "created_at:ASC; DROP TABLE users"),
        ("login_count", "many"),
        ("login_count", "<like:1>"),
        ("created_at", "2024-01-01"),
        ("created_at", "2023-02-29T00:00:00Z"),
        ("created_at", "<gt:2024-13-01T00:00:00Z>"),
        ("updated_at", "<not_like:2024-01-01T00:00:00Z>"),
        ("id", "x" * 1001),
    ],
)
def test_a_value_that_a_parameter_cannot_have_is_refused(name, value):
    with pytest.raises(RefusedError) as caught:
        read_query([(name, value)], 15)
    assert (caught.value.status, caught.value.error.startswith(f"{name}: ")) == (400, True)


def test_more_filters_than_anyone_needs_are_refused():
    with pytest.raises(RefusedError, match="no more than 50"):
        read_query([("id", "x")] * 51, 15)


def plan_of(file, selection, *, order=True):
    """How SQLite goes about a selection of the store in a file."""
    query = f"EXPLAIN QUERY PLAN SELECT id FROM users {selection.where} {selection.order if order else ''}"
    with closing(sqlite3.connect(file)) as database:
        return " ".join(step for *_, step in database.execute(query, selection.values))


@pytest.mark.parametrize("order", [f"{name}:ASC" for name in ORDERS])
@pytest.mark.usefixtures("store")
def test_ordering_has_an_index(file, order):
    plan = plan_of(file, read_query([("order_by", order)], 15))
    assert plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.usefixtures("store")
def test_a_lookup_uses_the_indexes_of_both_identifiers(file):
    plan = plan_of(file, read_query([("identifier", "anna@example.org")], 15), order=False)
    assert "MULTI-INDEX OR" in plan
    assert "SCAN" not in plan

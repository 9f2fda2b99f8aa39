"""Nested records of a person made plain: typed values, lists of names and values, and lists of addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, TypeGuard

from passage_kit.columns.column_names import name_words

# The one key by which a document store says the type of a value: MongoDB, Firestore, DynamoDB.
_TYPED = {
    "$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$uuid",
    "stringValue", "integerValue", "doubleValue", "booleanValue", "timestampValue", "nullValue", "referenceValue",
}  # fmt: skip
_DYNAMO = {"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"}
_NAMES = ("name", "key", "meta_key", "attribute", "field", "property", "field_name")
_VALUES = ("value", "val", "meta_value", "values", "content", "data")
_BESIDE = {"id", "type", "umeta_id", "user_id", "namespace", "description", "label"}  # beside a name and its value
_MOST_NAMES = 60  # a list with more entries is not one of a person's attributes
_ADDRESSES = {"email": "email", "emails": "email", "mail": "email", "mails": "email", "phone": "phone",
              "phones": "phone", "mobiles": "phone", "telephones": "phone"}  # fmt: skip
_VALUE_OF = {
    "email": ("value", "email", "email_address", "emailAddress", "address", "mail"),
    "phone": ("value", "phone_number", "phoneNumber", "number", "phone", "canonicalForm"),
}
_ENDS = {"address", "addresses", "number", "numbers", "id", "ids", "list"}  # after the word for an email or a phone
_LOGINS = {"logins", "identities", "identifiers", "methods", "channels", "contactpoints"}  # lists of ways to log in
_MOBILE = {"mobile", "cell", "cellular", "handy", "mobil", "sms"}
_YES = (True, "true", "True", 1, "1")
_PLAIN = frozenset({str, bool, type(None)})  # types of the values of a parsed file that hold no others
_RUN = 512  # records that are looked at together: few enough to stay in the processor's cache
_NO_OBJECTS = _PLAIN | {list, tuple, int, float}


def is_plain(record: Any) -> bool:
    """Tell whether an object of a file holds no other ones, as most do: what it is, its keys tell.

    Examples
    --------
    >>> is_plain({"email": "ann@example.org", "age": "42"}), is_plain({"name": {"first": "Ann"}}), is_plain("Ann")
    (True, False, False)
    """
    return type(record) is dict and _PLAIN.issuperset(map(type, record.values()))


def runs_of(items: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any], bool]]:
    """Cut items into runs, and tell of each whether all of its items are plain objects.

    A run is told at once, which takes a fifth of the time of :func:`is_plain` for each of its items.

    Yields
    ------
    (int, sequence, bool)
        The position of the first item, the items, and whether :func:`is_plain` is true of them all.

    Examples
    --------
    >>> list(runs_of([{"email": "ann@example.org"}, {"email": "bob@example.org"}]))
    [(0, [{'email': 'ann@example.org'}, {'email': 'bob@example.org'}], True)]
    """
    for begin in range(0, len(items), _RUN):
        run = items[begin : begin + _RUN]
        plain = set(map(type, run)) == {dict} and _PLAIN.issuperset(map(type, chain(*map(dict.values, run))))
        yield begin, run, plain


def nested_of(items: Sequence[Any]) -> list[Any]:
    """List the items that are no plain objects, in their order.

    Examples
    --------
    >>> nested_of([{"email": "ann@example.org"}, {"name": {"first": "Ann"}}, "Ann"])
    [{'name': {'first': 'Ann'}}, 'Ann']
    """
    return [item for _, run, plain in runs_of(items) if not plain for item in run if not is_plain(item)]


def is_object(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Tell whether a value is an object; the types of a parsed file are told at once, which abstract classes are not.

    Examples
    --------
    >>> is_object({"email": "ann@example.org"}), is_object(["ann@example.org"])
    (True, False)
    """
    kind = type(value)
    return kind is dict or (kind not in _NO_OBJECTS and isinstance(value, Mapping))


def leaves(record: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
    """Give the names and the values of a person's record, plain enough to become columns.

    Dots join the names of objects within one another.
    A typed value of a document store becomes the value. A list of names and values becomes an object. A list of
    addresses becomes ``primary email`` (or ``primary phone``) and ``other email``: the address that is marked as
    primary, or whose id the person names as primary, or the only one. If none of several addresses is marked, all of
    them stand in one value, so that nobody chooses. Other lists of objects (devices, orders) stay.

    Parameters
    ----------
    record : mapping
        An object of a JSON file, or a nested value of a table.

    Returns
    -------
    (list of str, list)
        The same number of each. A name may come up twice. A list stays one value, and an empty object, too.

    Examples
    --------
    >>> leaves({"name": {"first": "Ann", "last": "Lee"}, "tags": ["a"], "_id": {"$oid": "65f0"}})
    (['name.first', 'name.last', 'tags', '_id'], ['Ann', 'Lee', ['a'], '65f0'])
    >>> leaves({"emails": [{"value": "old@example.org"}, {"value": "ann@example.org", "primary": True}]})
    (['emails.primary email', 'emails.other email'], ['ann@example.org', 'old@example.org'])
    """
    record = _without_types(record)
    if is_plain(record):
        return list(record), list(record.values())
    names: list[str] = []
    values: list[Any] = []
    _add_leaves("", record, record, names, values)
    return names, values


def _add_leaves(
    prefix: str, record: Mapping[str, Any], person: Mapping[str, Any], names: list[str], values: list[Any]
) -> None:
    """Add the leaves of a record to lists, without a dictionary for each object on the way."""
    for key, value in record.items():
        if type(value) not in _PLAIN:
            if is_object(value):
                value = _typed(value)
                if is_object(value):
                    value = _without_types(value)
            elif isinstance(value, list | tuple) and not _PLAIN.issuperset(map(type, value)):
                value = _list(key, value, person)
            if is_object(value) and value:
                _add_leaves(f"{prefix}{key}.", value, person, names, values)
                continue
        names.append(f"{prefix}{key}")
        values.append(value)


def _without_types(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the types off a record of DynamoDB, all of whose values have one."""
    if record and type(next(iter(record.values()))) not in _PLAIN and all(map(_is_dynamo, record.values())):
        return {key: _dynamo(value) for key, value in record.items()}
    return record


class RepeatedKeys(dict[str, Any]):
    """An object with a repeated key, which keeps all of its pairs."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def items(self) -> Any:
        """Give all pairs, also those of a repeated key."""
        return self._pairs


def pairs_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of pairs, and keep them all if a key is repeated.

    Examples
    --------
    >>> list(pairs_of([("tag", "a"), ("tag", "b")]).items())
    [('tag', 'a'), ('tag', 'b')]
    """
    listed = pairs if type(pairs) is list else list(pairs)
    entry = dict(listed)
    return entry if len(entry) == len(listed) else RepeatedKeys(listed)


def _typed(value: Mapping[str, Any]) -> Any:
    """Unwrap the typed value of a document store."""
    if len(value) == 2 and value.get("__type") == "Date" and "iso" in value:
        return value["iso"]
    while is_object(value) and len(value) == 1:
        [(key, inner)] = value.items()
        if key == "mapValue" and is_object(inner):
            value = inner.get("fields", {})
        elif key == "arrayValue" and is_object(inner):
            return [_typed(item) if is_object(item) else item for item in inner.get("values", [])]
        elif key in _TYPED:
            value = None if key == "nullValue" else inner  # type: ignore[assignment]
        else:
            break
    return value


def _is_dynamo(value: Any) -> bool:
    return is_object(value) and len(value) == 1 and next(iter(value)) in _DYNAMO


def _dynamo(value: Any) -> Any:
    if not _is_dynamo(value):
        return value
    [(kind, inner)] = value.items()
    if kind == "NULL":
        return None
    if kind == "M":
        return {key: _dynamo(item) for key, item in inner.items()}
    return [_dynamo(item) for item in inner] if kind == "L" else inner


def stays_closed(key: str, items: Any) -> bool:
    """Tell whether a value is a list of objects that :func:`leaves` leaves as it is.

    Examples
    --------
    >>> stays_closed("devices", [{"id": "7"}]), stays_closed("emails", [{"value": "ann@example.org"}])
    (True, False)
    """
    return type(items) is list and _list(key, items, {key: items}) is items


def _list(key: str, items: Sequence[Any], person: Mapping[str, Any]) -> Any:
    objects = [item for item in items if is_object(item)]
    if len(objects) == len(items):
        kind = address_kind(key)
        if kind and (chosen := _addresses(kind, objects, person)) is not None:
            return chosen
        if (attributes := named_values(objects)) is not None:
            return attributes
        if is_login_list(key) and (logins := _logins(objects, person)):
            return logins
    return items


@lru_cache(maxsize=8_192)
def is_login_list(key: str) -> bool:
    """Tell whether the name of a list is one of ways to log in, each with an email or a phone.

    Examples
    --------
    >>> [is_login_list(key) for key in ("loginMethods", "identities", "orders")]
    [True, True, False]
    """
    return bool(_LOGINS & set(name_words(key)[-1:]))


def _logins(items: Sequence[Mapping[str, Any]], person: Mapping[str, Any]) -> dict[str, Any]:
    """Choose the primary email and the primary phone of a person's ways to log in."""
    chosen: dict[str, Any] = {}
    for kind in ("email", "phone"):
        having = [item for item in items if login_address(kind, item)]
        chosen |= _addresses(kind, having, person) or {} if having else {}
    return chosen


def login_address(kind: str, item: Mapping[str, Any]) -> Any:
    """Give the email or the phone of one way to log in; None if it has another one.

    Examples
    --------
    >>> login_address("phone", {"recipeId": "passwordless", "phoneNumber": "+14155550131"})
    '+14155550131'
    >>> login_address("phone", {"type": "email", "value": "ann@example.org"})
    >>> login_address("email", {"signInType": "emailAddress", "issuerAssignedId": "ann@example.org"})
    'ann@example.org'
    """
    if isinstance(item.get("type"), str) and "value" in item and address_kind(item["type"]) != kind:
        return None
    value = _address(kind, item)
    return value if value and ("@" in value) == (kind == "email") else None


@lru_cache(maxsize=8_192)
def address_kind(key: str) -> str | None:
    """Tell whether the name of a list is one of emails or of phones.

    Examples
    --------
    >>> [address_kind(key) for key in ("emailAddresses", "phone_numbers", "devices", "email_domains")]
    ['email', 'phone', None, None]
    """
    words = list(name_words(key))
    while words and words[-1] in _ENDS:
        words.pop()
    return _ADDRESSES.get(words[-1]) if words else None


def named_values(items: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Make an object of a list of names and values; None if the list is another one.

    Examples
    --------
    >>> named_values([{"meta_key": "first_name", "meta_value": "Ann"}, {"meta_key": "city", "meta_value": "Ulm"}])
    {'first_name': 'Ann', 'city': 'Ulm'}
    >>> named_values([{"id": 7, "email": "ann@example.org"}])
    """
    name, value = _keys_of_pair(tuple(items[0])) if items else (None, None)
    if name is None or value is None or len(items) > _MOST_NAMES:
        return None
    if len({str(item.get("user_id")) for item in items}) > 1:
        return None  # of several people
    allowed = {name, value}
    found: list[tuple[str, Any]] = []
    for item in items:
        beside = {key.lower() for key in item if key not in allowed}
        if name not in item or beside - _BESIDE or not isinstance(item[name], str):
            return None
        found.append((item[name], item.get(value)))
    return pairs_of(found)


@lru_cache(maxsize=1_024)
def _keys_of_pair(keys: tuple[str, ...]) -> tuple[str | None, str | None]:
    """Find the key of a name, and that of its value."""
    lower = {key.lower(): key for key in keys}
    name = next((lower[key] for key in _NAMES if key in lower), None)
    return name, next((lower[key] for key in _VALUES if key in lower), None)


def _addresses(kind: str, items: Sequence[Mapping[str, Any]], person: Mapping[str, Any]) -> dict[str, Any] | None:
    """Choose the primary one of the addresses of a person; None if these are no addresses."""
    values = [_address(kind, item) for item in items]
    if None in values:
        return None
    chosen = _primary(kind, items, person)
    if chosen is None:
        return {f"primary {kind}": values}  # several in one cell: the kit never chooses
    others = [value for at, value in enumerate(values) if at != chosen and value != values[chosen]]
    return {f"primary {kind}": values[chosen], **({f"other {kind}": "; ".join(map(str, others))} if others else {})}


def _address(kind: str, item: Mapping[str, Any]) -> Any:
    value = next((item[key] for key in _VALUE_OF[kind] if item.get(key)), None)
    if address_kind(str(item.get("signInType"))) == kind:  # Entra External ID says so what its users sign in with
        value = item.get("issuerAssignedId")
    return value if isinstance(value, str) else None


def _primary(kind: str, items: Sequence[Mapping[str, Any]], person: Mapping[str, Any]) -> int | None:
    """Find the position of the primary address: by its mark, by its id, as the only one, as the only mobile."""
    marks = [at for at, item in enumerate(items) if _is_marked(item)]
    if not marks:
        named = _named_as_primary(kind, person)
        marks = [at for at, item in enumerate(items) if any(str(value) in named for value in _ids(item))]
    if len(marks) != 1 and (own := person.get("id")):  # such as the login with which an account began
        marks = [at for at, item in enumerate(items) if own in _ids(item)] or marks
    if not marks and kind == "phone":
        marks = [at for at, item in enumerate(items) if _MOBILE & set(_kind_words(item))]
    if not marks and len({_address(kind, item) for item in items}) == 1:
        return 0
    return marks[0] if len(marks) == 1 else None


def _is_marked(item: Mapping[str, Any]) -> bool:
    flags = [item.get(key) for key in ("primary", "isPrimary", "is_primary", "default", "isDefault", "is_default")]
    inner = item.get("metadata")
    if is_object(inner):
        flags.append(inner.get("primary"))
    return any(flag in _YES for flag in flags if isinstance(flag, bool | int | str)) or "primary" in _kind_words(item)


def _kind_words(item: Mapping[str, Any]) -> list[str]:
    return [
        word for key in ("type", "kind", "label") if isinstance(item.get(key), str) for word in name_words(item[key])
    ]


def _ids(item: Mapping[str, Any]) -> list[Any]:
    return [
        value for key, value in item.items() if re.search(r"(?i)(^|_)id$|Id$", key) and isinstance(value, str | int)
    ]


def _named_as_primary(kind: str, person: Mapping[str, Any]) -> set[str]:
    """List what a person names as the primary address of a kind, such as ``primary_email_address_id``."""
    return {
        str(value)
        for key, value in person.items()
        if isinstance(value, str | int) and {"primary", "default"} & set(name_words(key)) and address_kind(key) == kind
    }

"""The check of the prepared users against the app as it is, before anything is sent: what would be lost, and whose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from passage_kit.api.answers import PassageApp
from passage_kit.api.client import PassageClient
from passage_kit.columns.users_frame import EMAIL, PHONE, users_frame
from passage_kit.errors import ApiError, NoAnswerError
from passage_kit.export.console_csv import DATE_FORMAT
from passage_kit.metadata.field_values import normalize_values
from passage_kit.metadata.fields import MetadataSchema
from passage_kit.metadata.metadata_field import MetadataField
from passage_kit.push.push_input import PushInput

EITHER = "email or phone"
_TEXTS = ("string", "date", "phone", "email")  # types whose values are sent as text
_NAMES = {"email": EMAIL, "phone": PHONE}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One thing in which app and prepared users do not fit.

    Parameters
    ----------
    code : str
        ``field_missing``, ``field_type``, ``field_required``, ``identifier_required``, ``identifier_not_allowed``,
        ``first_login``, ``signup_closed`` or ``not_checked``.
    field : str
        Metadata field or identifier; "" if it is about the whole app.
    users : int
        Prepared users whom it concerns.
    sentence : str
        What is wrong, and the next step.
    """

    code: str
    field: str
    users: int
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """Convert the shortfall to plain values."""
        return asdict(self)


def check_readiness(client: PassageClient, source: PushInput) -> tuple[Shortfall, ...]:
    """Compare the prepared users with the app: its metadata fields, its identifiers, its login methods.

    Parameters
    ----------
    client : PassageClient
    source : PushInput

    Returns
    -------
    tuple of Shortfall
        What does not fit, each counted; empty if everything does. An app that cannot be read is one of them, since it
        must not stop a push: the service may no longer offer the call.

    Raises
    ------
    KeyRefusedError
        If the service refuses the key.
    """
    try:
        app = client.get_app()
    except ApiError as error:
        if error.status == 401 or (error.status is None and not isinstance(error, NoAnswerError)):
            raise
        said = f" ({error.status})" if error.status else ""
        sentence = (
            f"The app cannot be read{said}, so its metadata fields, login methods and identifiers were not checked: "
            "compare them in the Console."
        )
        return (Shortfall("not_checked", "", source.count, sentence),)
    return compare(app, source)


def compare(app: PassageApp, source: PushInput) -> tuple[Shortfall, ...]:
    """Compare the prepared users with an app that was read. See :func:`check_readiness`."""
    counts = _Counts(app, source)
    return (*_fields(app, source, counts), *_identifiers(app, counts), *_logins(app, counts), *_not_shown(app, counts))


class _Counts:
    """Counts of the prepared users, made in one pass over their columns."""

    def __init__(self, app: PassageApp, source: PushInput) -> None:
        self.users = source.count
        self.valued: Counter[str] = Counter()  # users with a value, by field
        self.held: Counter[str] = Counter()  # of these, the users whose value the app's type can hold
        self.without: Counter[str] = Counter()  # users without an email, a phone, both
        there = {field.field_name: field for field in app.schema or ()}
        for table in source.frames():
            for name in _NAMES.values():
                if name in table.column_names:
                    self.without[name] += table[name].null_count
                else:
                    self.without[name] += table.num_rows
            for field in source.schema:
                if field.column in table.column_names:
                    column = table[field.column].combine_chunks()
                    self.valued[field.field_name] += len(column) - column.null_count
                    self.held[field.field_name] += _held(column, field, there.get(field.field_name))


def _held(column: pa.Array, ours: MetadataField, theirs: MetadataField | None) -> int:
    """Count the values that the app's type can hold in the form in which they are sent."""
    valued = int(len(column) - column.null_count)
    if theirs is None or theirs.type == ours.type:
        return valued
    if theirs.type not in _TEXTS or ours.type not in _TEXTS:
        return 0  # a text is no number, and a number no text
    if theirs.type == "string":
        return valued
    texts = pc.strftime(column, DATE_FORMAT) if pa.types.is_date(column.type) else column.cast(pa.large_string())
    counted = pc.value_counts(texts.drop_null())
    values, counts = counted.field("values"), counted.field("counts")
    frame = users_frame({ours.column: values.to_pylist()})
    rule = MetadataSchema(
        [
            replace(
                ours, type=theirs.type, max_length=None, pattern=None, pattern_message=None, choices=(), required=False
            )
        ]
    )
    formed = pa.array(normalize_values(frame, rule, date_order="MDY")[0][ours.column].array, pa.large_string())
    holds = _dates(values, formed) if theirs.type == "date" else pc.equal(formed, values)
    return int(pc.sum(pc.filter(counts, pc.fill_null(holds, fill_value=False))).as_py() or 0)


def _dates(values: pa.Array, formed: pa.Array) -> pa.Array:
    """Tell which texts are dates in the form of the Console."""
    return pc.and_(pc.is_valid(formed), pc.match_substring_regex(values, r"^\d\d/\d\d/\d{4}$"))


def _fields(app: PassageApp, source: PushInput, counts: _Counts) -> Iterator[Shortfall]:
    """List the metadata fields that the app lacks, has of another type, or requires."""
    if app.schema is None:
        return
    there: dict[str, str] = {**app.other_fields, **{field.field_name: field.type for field in app.schema}}
    for field in source.schema:
        name, valued = field.field_name, counts.valued[field.field_name]
        if name not in there:
            sentence = (
                f"The app lacks the metadata field {field.friendly_name} ({name}), for which {valued:,} users have a "
                "value: create it in the Console, or these values are lost."
            )
            yield Shortfall("field_missing", name, valued, sentence)
        elif there[name] != field.type:
            unheld = valued - counts.held[name] if name not in app.other_fields else valued
            sentence = (
                f"The metadata field {field.friendly_name} ({name}) is of the type {there[name] or 'unknown'} in the "
                f"app and {field.type} here: {unheld:,} of {valued:,} values do not fit as they are sent. Give the "
                "field one type in both."
            )
            yield Shortfall("field_type", name, unheld, sentence)
    for theirs in app.schema:
        blank = counts.users - counts.valued[theirs.field_name]
        if theirs.registration and blank:
            sentence = (
                f"The app requires {theirs.friendly_name} ({theirs.field_name}) at registration, and {blank:,} users "
                "have no value: the service may refuse them. Fill the field, or switch On Registration off in the "
                "Console."
            )
            yield Shortfall("field_required", theirs.field_name, blank, sentence)


def _identifiers(app: PassageApp, counts: _Counts) -> Iterator[Shortfall]:
    """List the identifiers that the app requires and users lack, or that users have and the app does not take."""
    required = {"email": ("email",), "phone": ("phone",), "both": ("email", "phone")}.get(app.required_identifier, ())
    for name in required:
        if lacking := counts.without[_NAMES[name]]:
            sentence = (
                f"The app requires {_named(name)}, and {lacking:,} users have none: the service may refuse them. "
                f"Complete them, or require {EITHER} in the Console."
            )
            yield Shortfall("identifier_required", name, lacking, sentence)
    if app.allowed_identifier in _NAMES:
        name = app.allowed_identifier
        other = "phone" if name == "email" else "email"
        if lacking := counts.without[_NAMES[name]]:
            sentence = (
                f"The app takes {_named(name)} only, and {lacking:,} users have only {_named(other)}: they cannot sign "
                f"in. Allow {_named(other)} in the Console, or complete these users."
            )
            yield Shortfall("identifier_not_allowed", other, lacking, sentence)


def _logins(app: PassageApp, counts: _Counts) -> Iterator[Shortfall]:
    """Say whether the login methods let pushed users in: none of them has a passkey yet."""
    methods = app.methods
    if methods and not methods.get("otp") and not methods.get("magic_link"):
        sentence = (
            f"The app has neither magic links nor one-time codes on, and {counts.users:,} users have no passkey yet: "
            "they cannot sign in. Switch one of them on in the Console."
        )
        yield Shortfall("first_login", "", counts.users, sentence)
    if app.public_signup is False:
        sentence = (
            f"Public sign-up is off: apart from these {counts.users:,} users, nobody can sign up. Switch it on in the "
            "Console if the users who were rejected or failed are to help themselves."
        )
        yield Shortfall("signup_closed", "", 0, sentence)


def _not_shown(app: PassageApp, counts: _Counts) -> Iterator[Shortfall]:
    """Say in one sentence what the app does not show."""
    hidden = [
        name
        for name, shown in (
            ("metadata fields", app.schema is not None),
            ("login methods", bool(app.methods)),
            ("identifiers", bool(app.allowed_identifier or app.required_identifier)),
        )
        if not shown
    ]
    if hidden:
        words = f"{', '.join(hidden[:-1])} and {hidden[-1]}" if len(hidden) > 1 else hidden[0]
        sentence = f"The app does not show its {words}, so they were not checked: compare them in the Console."
        yield Shortfall("not_checked", "", counts.users, sentence)


def _named(name: str) -> str:
    return "an email" if name == "email" else "a phone"

"""Options of a preparation, which a plan saves and a call may give by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, get_type_hints

from passage_kit.columns.account_codes import AccountState
from passage_kit.columns.account_state import Inactive
from passage_kit.duplicates.clustered_users import SharedPhone
from passage_kit.duplicates.clusters import SurvivorRule
from passage_kit.errors import OptionError
from passage_kit.files.checked_values import check_values, did_you_mean
from passage_kit.metadata.dates import DateOrder, NumericDates
from passage_kit.metadata.field_values import Thousands
from passage_kit.translations import worded

if TYPE_CHECKING:
    from pydantic import BaseModel


class OptionValues(TypedDict, total=False):
    """The options of a preparation, as keyword arguments."""

    default_region: str | None
    lost_plus: bool | None
    date_order: DateOrder | None
    boolean_words: Mapping[str, bool]
    null_words: Literal["auto"] | Sequence[str]
    thousands: Thousands | None
    numeric_dates: NumericDates | None
    survivor: SurvivorRule
    shared_phone: SharedPhone
    inactive: Inactive
    account_states: Mapping[str, AccountState]
    allow_special_use: bool
    identifiers_only: bool
    strict: bool
    layout: str | None
    since: str | Path | None
    fast_paths: bool


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a preparation.

    Parameters
    ----------
    default_region : str, optional
        Country (ISO code or name) of phones that have no country of their own, in rows that name none. Default: None,
        so the kit withholds such a phone.
    lost_plus : bool, optional
        Whether digits of phones that may have lost their ``+`` did: True reads them with a ``+`` where that makes a
        valid number, False reads them in the country of their row. It holds for all phones. Default: as the numbers of
        each column show and, for the users' own phones, the layout of the export says.
    date_order : {"DMY", "MDY"}, optional
        Order of day and month in dates such as ``03/04/2024``. Default: as each column's own values prove.
    boolean_words : mapping of str to bool, default {}
        Words for yes and no besides the usual ones (see :func:`passage_kit.normalize_values`).
    null_words : "auto" or sequence of str, default "auto"
        Words that mean nothing in every column, written exactly so; none with ``()``. ``auto``: ``\\N``, ``(null)`` and
        the like, and ``NULL`` where the file shows that it means nothing, since a person may be called Null.
    thousands : {",", ".", " ", "'"}, optional
        Thousands separator of integers. Default: no separator is allowed.
    numeric_dates : {"excel", "epoch_s", "epoch_ms", "epoch_us", "filetime"}, optional
        Meaning of a bare number in a date field: an Excel serial day, seconds, milliseconds or microseconds since
        1970-01-01 UTC, or Windows time, which counts since 1601.
        Default: a bare number is not a date.
    survivor : {"complete", "first", "last", "newest", "oldest"}, default "complete"
        Rule for the row that stays if one person has several (see :func:`passage_kit.merge_duplicates`).
    shared_phone : {"withhold", "survivor", "merge", "reject"}, default "withhold"
        Treatment of a phone that people with different emails share (see :func:`passage_kit.merge_duplicates`).
    inactive : {"keep", "reject"}, default "keep"
        Treatment of people whose account is deleted, banned or disabled, as the columns mapped to ``account_state`` say
        (see :func:`passage_kit.judge_accounts`).
    account_states : mapping of str to str, default {}
        Meaning of words in these columns, such as ``{"A": "active", "X": "deleted"}``: ``active``, or one of the
        words for closed that the kit knows. In columns of flags and moments, it holds for what the kit does not
        understand.
    allow_special_use : bool, default False
        Accept emails at special-use domains such as ``.test``.
    identifiers_only : bool, default False
        Take the guide's second path: use Passage for authentication only, without metadata.
    strict : bool, default False
        Reject a row with a bad value instead of withholding the value.
    layout : str, optional
        Name of the layout that a suggested mapping goes by (see :func:`passage_kit.layouts`); "none" for no layout.
        Default: as recognised by the columns.
    since : str, optional
        Folder of an earlier migration. Only people who are new or changed since its export are exported. A relative
        path starts at the plan's own folder. Default: everybody is exported.
    fast_paths : bool, default True
        Whether plain emails and phones are judged by whole columns, not each distinct cell by itself. It changes no
        result, so it is not saved, and options that differ in nothing else are equal. The command goes without when
        ``PASSAGE_KIT_PLAIN=1`` is set.

    See Also
    --------
    Plan : The saved choices of a migration, these options among them.
    prepare : Run a preparation; it takes the options as keyword arguments.

    Examples
    --------
    >>> Options(default_region="DE").to_dict()["default_region"]
    'DE'
    >>> Options.from_dict({"colour": "red"})
    Traceback (most recent call last):
    ...
    passage_kit.errors.OptionError: There is no option 'colour'. The options are: default_region, ...
    """

    default_region: str | None = None
    lost_plus: bool | None = None
    date_order: DateOrder | None = None
    boolean_words: Mapping[str, bool] = field(default_factory=dict)
    null_words: Literal["auto"] | Sequence[str] = "auto"
    thousands: Thousands | None = None
    numeric_dates: NumericDates | None = None
    survivor: SurvivorRule = "complete"
    shared_phone: SharedPhone = "withhold"
    inactive: Inactive = "keep"
    account_states: Mapping[str, AccountState] = field(default_factory=dict)
    allow_special_use: bool = False
    identifiers_only: bool = False
    strict: bool = False
    layout: str | None = None
    since: str | None = None
    fast_paths: bool = field(default=True, compare=False)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Options:
        """Make options from a mapping of their names and values.

        Raises
        ------
        OptionError
            If a name is unknown, or a value is not of the kind that its option takes.
        """
        if isinstance(values.get("since"), Path):  # a plan has its text
            values = {**values, "since": str(values["since"])}
        names = [entry.name for entry in fields(cls)]
        unknown = sorted(set(values) - set(names))
        if unknown:
            meant = did_you_mean(unknown[0], names)
            raise OptionError(
                worded(
                    "There is no option {name}.{meant} The options are: {options}.",
                    name=repr(unknown[0]),
                    meant=meant,
                    options=", ".join(names),
                )
            )
        try:
            check_values(_options_model(), dict(values))
        except ValueError as error:
            raise OptionError(worded("The option {problem}.", problem=error.args[0])) from None
        options = cls(**values)
        words = options.null_words
        return options if isinstance(words, str) else replace(options, null_words=tuple(words))

    @property
    def of_values(self) -> dict[str, Any]:
        """Keyword arguments for ``normalize_values`` and ``validate_users``."""
        return {
            "default_region": self.default_region,
            "lost_plus": self.lost_plus,
            "date_order": self.date_order,
            "words": self.boolean_words,
            "thousands": self.thousands,
            "numeric_dates": self.numeric_dates,
            "strict": self.strict,
        }

    @property
    def choices(self) -> dict[str, Any]:
        """All options that a result depends on, by name."""
        values = asdict(self)
        return {option.name: values[option.name] for option in fields(self) if option.compare}

    def to_dict(self) -> dict[str, Any]:
        """Convert the choices to a mapping, without those that have no value."""
        given = {name: value for name, value in self.choices.items() if value is not None and value != {}}
        return given | ({} if self.null_words == "auto" else {"null_words": list(self.null_words)})


@cache
def _options_model() -> type[BaseModel]:
    from passage_kit.workspace.plan_model import options_model  # loads pydantic

    return options_model({**get_type_hints(OptionValues), "since": str | None})

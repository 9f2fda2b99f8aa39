"""One step that changes the values of a column before it is mapped, as a plan keeps it.

A step is about one column of the source and does one thing: map values to others, replace text, split a value into two
columns, join columns, change case, remove thousands separators, read dates in one order, or write countries as codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from passage_kit.errors import FieldsError, MappingError
from passage_kit.files.checked_values import check_values, did_you_mean
from passage_kit.metadata.patterns import check_replacement
from passage_kit.translations import worded

StepKind = Literal["map", "replace", "split", "join", "case", "number", "date", "country"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)


@dataclass(frozen=True, slots=True)
class ValueStep:
    """One change of the values of a column, before the columns are mapped.

    Parameters
    ----------
    column : str
        Column of the source, or one that an earlier step made.
    do : {"map", "replace", "split", "join", "case", "number", "date", "country"}
        What the step does.
    how : mapping, default {}
        What it needs for that. ``map``: ``values``, a mapping of each value to its new one ("" for blank). ``replace``:
        ``find``, ``put`` (default "") and ``pattern`` (default False: ``find`` is text, else a regular expression in
        linear time). ``split``: ``into``, two new columns, ``separator`` (default a space) and ``at`` ("first" or
        "last", the default). ``join``: ``others``, ``into`` and ``separator`` (default a space). ``case``: ``to``
        ("lower", "upper" or "title"). ``number``: ``thousands``. ``date``: ``order`` ("DMY", "MDY" or
        "excel"). ``country``: nothing.
    off : bool, default False
        Keep the step, but do not apply it.

    Raises
    ------
    MappingError
        If there is no such kind of step, or it needs something else.

    See Also
    --------
    apply_value_steps : Apply steps to the rows of a source.

    Examples
    --------
    >>> ValueStep("Land", "map", {"values": {"BRD": "Germany"}}).to_dict()
    {'column': 'Land', 'do': 'map', 'values': {'BRD': 'Germany'}}
    >>> ValueStep("Land", "case", {"to": "small"})
    Traceback (most recent call last):
    ...
    passage_kit.errors.MappingError: The step 'case' of column 'Land' cannot be used: to: found 'small', expected ...
    """

    column: str
    do: StepKind
    how: Mapping[str, Any] = field(default_factory=dict)
    off: bool = False

    def __post_init__(self) -> None:
        from passage_kit.mapping.step_model import MODELS  # loads pydantic

        if self.do not in STEP_KINDS:
            meant = did_you_mean(str(self.do), STEP_KINDS)
            raise MappingError(
                worded(
                    "There is no step {name}.{meant} The steps are: {steps}.",
                    name=repr(self.do),
                    meant=meant,
                    steps=", ".join(STEP_KINDS),
                )
            )
        try:
            check_values(MODELS[self.do], dict(self.how))
            if self.how.get("pattern"):
                check_replacement(self.how["find"], self.how.get("put", ""))
        except (ValueError, FieldsError) as error:
            said = error.args[0] if isinstance(error, FieldsError) else str(error).removesuffix(".")
            raise MappingError(
                worded(
                    "The step {step} of column {column} cannot be used: {why}.",
                    step=repr(self.do),
                    column=repr(self.column),
                    why=said,
                )
            ) from None

    @property
    def made(self) -> tuple[str, ...]:
        """Columns that the step makes."""
        into = self.how.get("into", ())
        return (into,) if isinstance(into, str) else tuple(into)

    @property
    def read(self) -> tuple[str, ...]:
        """Columns that the step reads."""
        return (self.column, *self.how.get("others", ()))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ValueStep:
        """Make a step of the form that a plan stores.

        Raises
        ------
        MappingError
            If it lacks its column or kind, or has a key that it does not know.
        """
        column, do, off = values.get("column"), values.get("do"), values.get("off", False)
        if not (isinstance(column, str) and isinstance(do, str) and isinstance(off, bool)):
            raise MappingError(
                f"A step has the keys {sorted(values)}, expected a column and what to do, such as "
                '{ column = "Land", do = "country" }.'
            )
        how = {name: value for name, value in values.items() if name not in ("column", "do", "off")}
        return cls(column, do, how, off)  # type: ignore[arg-type]  # it judges the kind itself

    def to_dict(self) -> dict[str, Any]:
        """Convert the step to the form that a plan stores."""
        return {"column": self.column, "do": self.do, **self.how} | ({"off": True} if self.off else {})

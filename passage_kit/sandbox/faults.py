"""Faults between a client and the Management API, on request, and repeatable by their seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from passage_kit.errors import OptionError

Kind = Literal[
    "rate_limit",
    "rate_limit_seconds",
    "rate_limit_date",
    "error_500",
    "error_502",
    "error_503",
    "latency",
    "closed",
    "reset",
    "half_response",
    "wrong_content_type",
    "key_revoked",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

Operation = Literal[
    "create",
    "lookup",
    "list",
    "get",
    "update",
    "delete",
    "activate",
    "deactivate",
    "devices",
    "revoke_device",
    "revoke_tokens",
    "magic_link",
    "activate_magic_link",
    "keys",
    "app",
    "import",
]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)

_ALWAYS_BEFORE = ("rate_limit", "rate_limit_seconds", "rate_limit_date", "key_revoked")
_ALWAYS_AFTER = ("half_response",)
_RATE_LIMITS = _ALWAYS_BEFORE[:3]


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault, with its operation and its frequency.

    Parameters
    ----------
    kind : str
        Kind of the fault:

        - ``rate_limit``, ``rate_limit_seconds``, ``rate_limit_date``: status 429 without ``Retry-After``, with seconds
          in it, or with an HTTP date.
        - ``error_500``: status 500 in the contract's form.
        - ``error_502``, ``error_503``: these statuses with the HTML page of a gateway.
        - ``latency``: the answer comes ``seconds`` later.
        - ``closed``, ``reset``: the connection is closed or reset instead of an answer.
        - ``half_response``: the connection is closed in the middle of the answer.
        - ``wrong_content_type``: a successful status with an HTML page.
        - ``key_revoked``: the key is refused from now on, until ``Sandbox.restore_key()``.
    operation : str, optional
        Operation to strike: ``create``, ``lookup`` (List Users with ``identifier``), ``list``, ``get``, ``update``,
        ``delete``, ``activate``, ``deactivate``, ``devices``, ``revoke_device``, ``revoke_tokens``, ``magic_link``,
        ``activate_magic_link``, ``keys``, ``app`` or ``import``. Default: every operation.
    rate : float, default 1.0
        Probability for each request, from 0 to 1.
    when : {"before", "after"}, optional
        Whether the fault strikes before the operation, or after it, so that only the answer is lost. Default: before;
        ``half_response`` and ``wrong_content_type`` always strike after it.
    seconds : float, default 1.0
        Length of a latency in seconds, and the value of ``Retry-After`` (rounded up).
    skip : int, default 0
        Number of requests to let through first.
    times : int, optional
        Largest number of strikes. Default: no limit.
    per_second : float, optional
        Number of requests allowed in a second, for a real rate limit. The fault strikes the requests beyond it, and
        ignores ``rate``.

    Raises
    ------
    OptionError
        If a value is not allowed, or ``when`` does not fit the kind.

    See Also
    --------
    Sandbox : Answer requests with these faults.
    Unknowns : Choose answers for the open points of the contract.

    Examples
    --------
    >>> Fault("closed", operation="create", rate=0.05, when="after").when
    'after'
    >>> Fault.from_text("closed,operation=create,rate=0.05,when=after").rate
    0.05
    >>> Fault("tired")
    Traceback (most recent call last):
    ...
    passage_kit.errors.OptionError: The fault 'tired' is not known. Take one of rate_limit, rate_limit_seconds, ...
    """

    kind: Kind
    operation: Operation | None = None
    rate: float = 1.0
    when: Literal["before", "after"] | None = None
    seconds: float = 1.0
    skip: int = 0
    times: int | None = None
    per_second: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise OptionError(f"The fault {self.kind!r} is not known. Take one of {', '.join(KINDS)}.")
        if self.operation is not None and self.operation not in OPERATIONS:
            raise OptionError(f"The operation {self.operation!r} is not known. Take one of {', '.join(OPERATIONS)}.")
        if self.when not in (None, "before", "after"):
            raise OptionError(f"The fault {self.kind}: found when={self.when!r}, expected 'before' or 'after'.")
        late = self.kind in (*_ALWAYS_AFTER, "wrong_content_type")
        only = "before" if self.kind in _ALWAYS_BEFORE else "after" if self.kind in _ALWAYS_AFTER else self.when
        if self.when not in (None, only):
            raise OptionError(f"The fault {self.kind} strikes {only} the operation is done. Leave `when` out.")
        if not 0 <= self.rate <= 1 or self.seconds < 0 or self.skip < 0:
            raise OptionError(f"The fault {self.kind}: rate is 0 to 1, seconds and skip are 0 or more.")
        if self.per_second is not None and (self.kind not in _RATE_LIMITS or self.per_second <= 0):
            raise OptionError("per_second is a positive number, and for a rate limit only.")
        object.__setattr__(self, "when", only or ("after" if late else "before"))

    @classmethod
    def from_text(cls, text: str) -> Fault:
        """Read a fault from a text such as ``closed,operation=create,rate=0.05``, the form of the command line.

        Parameters
        ----------
        text : str
            The kind, then ``name=value`` for each other setting, with commas between.

        Returns
        -------
        Fault

        Raises
        ------
        OptionError
            If the text cannot be read.
        """
        kind, *parts = (part.strip() for part in text.split(","))
        given: dict[str, Any] = {"kind": kind}
        names = [field.name for field in fields(cls) if field.name != "kind"]
        for part in parts:
            name, equals, value = part.partition("=")
            if not equals or name not in names:
                raise OptionError(
                    f"The fault {text!r}: found {part!r}, expected name=value with a name of {', '.join(names)}."
                )
            try:
                reader = {"skip": int, "times": int, "operation": str, "when": str}.get(name, float)
                given[name] = reader(value)
            except ValueError:
                raise OptionError(f"The fault {text!r}: found {value!r}, expected a number for {name}.") from None
        return cls(**given)


class _Armed:
    """A fault at work, with its own random numbers and counts."""

    def __init__(self, fault: Fault, seed: int) -> None:
        self.fault = fault
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
        self._passed = self._struck = 0
        self._tokens, self._filled = fault.per_second or 0.0, time.monotonic()

    def strikes(self) -> bool:
        """Decide whether the fault strikes one request."""
        drawn = self._random.random() < self.fault.rate  # drawn for each request, even if it is not used
        self._passed += 1
        if self._passed <= self.fault.skip or self._struck == self.fault.times:
            return False
        if self.fault.per_second is not None:
            drawn = self._over(self.fault.per_second)
        self._struck += drawn
        return drawn

    def _over(self, per_second: float) -> bool:
        """Tell whether the request exceeds the limit; the requests of a second may come at once."""
        now = time.monotonic()
        self._tokens = min(max(per_second, 1.0), self._tokens + (now - self._filled) * per_second)
        self._filled = now
        if self._tokens < 1:
            return True
        self._tokens -= 1
        return False


class Faults:
    """The faults of a sandbox at work, with counts of their strikes.

    Parameters
    ----------
    faults : iterable of Fault
        Faults in order. If several strike the same request, the first that is not a latency decides.
    seed : int
        Seed of the random numbers. The same seed and order of requests lead to the same faults.
    """

    def __init__(self, faults: Iterable[Fault], seed: int) -> None:
        self.faults = tuple(faults)
        self.struck: Counter[str] = Counter()
        self.key_revoked = False
        self._armed = [_Armed(fault, seed + number) for number, fault in enumerate(self.faults)]

    def draw(self, operation: str) -> list[Fault]:
        """Draw the faults that strike a request."""
        struck = [
            armed.fault for armed in self._armed if armed.fault.operation in (None, operation) and armed.strikes()
        ]
        self.key_revoked |= any(fault.kind == "key_revoked" for fault in struck)
        self.struck.update(fault.kind for fault in struck)
        return struck

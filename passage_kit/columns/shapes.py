"""Shapes of values, which cheaply tell kinds of values apart but do not check that a value is valid."""

from __future__ import annotations

from typing import Literal

Shape = Literal["string", "boolean", "integer", "date", "phone", "email"]

# In the order of trust: a value has the first shape that fits.
SHAPES: dict[Shape, str] = {
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "boolean": r"(?i)^(yes|no|true|false|y|n|on|off|1|0|t|f)$",
    "date": r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]?.*"
    r"|\d{4}\. \d{1,2}\. \d{1,2}\.?|\d{14}(\.\d+)?Z|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([T ].*)?)$",
    "integer": r"^-?(0|[1-9]\d{0,8})(\.0)?$",
    "phone": r"(?i)^(\+|00|\()?[\d\s().\-/]{7,20}((ext\.?|x)\s*\d{1,5})?$",
}

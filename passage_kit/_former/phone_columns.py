"""The former name of ``passage_kit.identifiers.phones.phone_columns``."""

from passage_kit._former import moved

_NOW = (
    "passage_kit.identifiers.phones.phone_columns",
    "passage_kit.identifiers.phones.plain_phones",
    "passage_kit.identifiers.phones.phone_cells",
)

__getattr__, __dir__ = moved(__name__, *_NOW, Verdict="PhoneVerdict")

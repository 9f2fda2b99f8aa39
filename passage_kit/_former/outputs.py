"""The former name of ``passage_kit.preparation.outputs``."""

from passage_kit._former import moved

_FILES = ("CONSOLE", "FINDINGS", "REJECTED", "LEDGER", "REPORT", "PASSAGE_IDS")

__getattr__, __dir__ = moved(__name__, "passage_kit.preparation.outputs", **{name: f"{name}_FILE" for name in _FILES})

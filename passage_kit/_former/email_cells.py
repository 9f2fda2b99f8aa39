"""The former name of ``passage_kit.identifiers.email_cells``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.identifiers.email_cells", Verdict="EmailVerdict")

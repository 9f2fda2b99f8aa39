"""The former name of ``passage_kit.push.journal``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.push.journal", "passage_kit.push.journal_queries")

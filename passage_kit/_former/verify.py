"""The former name of ``passage_kit.push.verify``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.push.verify")

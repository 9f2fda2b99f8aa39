"""The former name of ``passage_kit.cutover.guide_steps``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.cutover.guide_steps")

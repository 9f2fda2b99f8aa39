"""The former name of ``passage_kit.preparation.rules``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.preparation.rules", judge_users="apply_rules")

"""The former name of ``passage_kit.identifiers.phones.phone_columns``."""

from passage_kit._former import moved

__getattr__ = moved(__name__, "passage_kit.identifiers.phones.phone_columns", Verdict="PhoneVerdict")

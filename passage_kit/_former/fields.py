"""The former name of ``passage_kit.metadata.fields``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.metadata.metadata_field", "passage_kit.metadata.fields")

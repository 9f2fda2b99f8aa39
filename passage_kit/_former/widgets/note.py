"""The former name of ``passage_kit.widgets.unsaved_text``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.widgets.unsaved_text", Note="UnsavedText")

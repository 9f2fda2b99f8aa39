"""Output files that are written completely or not at all, and the files that come with the kit.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "bundled",
    "checked_values",
    "edited_csv",
    "file_set",
    "interrupts",
    "reasons",
    "regular_files",
    "temporary_copies",
    "unpacking",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.files.file_set")

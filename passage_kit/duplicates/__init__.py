"""Duplicates: the rows of one person, their merging, and a person's decisions about them.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "clusters",
    "decisions",
    "lookalikes",
    "merge",
    "review",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.duplicates.merge")

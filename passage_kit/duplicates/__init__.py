"""Which rows are one person, what is merged, and what a person decides.

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

__getattr__ = moved(__name__, "passage_kit.duplicates.merge")

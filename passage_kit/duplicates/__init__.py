"""Duplicates: the rows of one person, their merging, and a person's decisions about them.

Other packages may use the modules named here.
"""

from passage_kit._former import moved

__all__ = [
    "clustered_users",
    "clusters",
    "decisions",
    "likeness",
    "likeness_in_parts",
    "lookalikes",
    "merge",
    "rarity",
    "review",
    "spelling",
    "unreadable_emails",
]

__getattr__, __dir__ = moved(__name__, "passage_kit.duplicates.merge", "passage_kit.duplicates.clustered_users")

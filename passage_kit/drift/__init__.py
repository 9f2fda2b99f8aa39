"""Drift: where the application's users table and Passage say different things of a person, and what mends it.

Other packages may use the modules named here.
"""

__all__ = [
    "contact",
    "find",
    "mend",
    "result",
]

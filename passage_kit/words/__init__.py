"""Words for the users of the application: what changes, what to do, when, and whom to ask; and the people to tell.

Other packages may use the modules named here.
"""

__all__ = [
    "record",
    "texts",
    "write",
]

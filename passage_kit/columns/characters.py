"""Characters of Python's texts that no file can hold: halves of characters, called lone surrogates."""

from __future__ import annotations


def is_unicode(text: str) -> bool:
    """Check that a text has no lone surrogate, so that it can be written to a file."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole_characters(text: str) -> str:
    """Join the halves of characters that belong together, and write the replacement character for a lone half.

    Examples
    --------
    >>> whole_characters("\\ud800x"), whole_characters("\\ud83d\\ude00")
    ('�x', '😀')
    """
    return text if is_unicode(text) else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

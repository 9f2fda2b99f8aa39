"""The syntax of the part of an address before the @ (RFC 5322, section 3.2.3), and the length of a whole one.

email-validator judges by the same rules and does not offer them; a test compares the two character by character.
"""

from __future__ import annotations

import re

ATEXT = r"a-zA-Z0-9_!#\$%&'\*\+\-/=\?\^`\{\|\}~"  # what an atom is made of, as the inside of a class of characters
DOT_ATOM_TEXT = re.compile(rf"[{ATEXT}]+(?:\.[{ATEXT}]+)*\Z")
EMAIL_MAX_LENGTH = 254  # bytes; RFC 3696, erratum 1690

"""What is found about a value, in sentences for a panel."""

from __future__ import annotations

import pandas as pd

from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import sentences_of
from passage_kit.translations import ENGLISH, gettext, language

# Codes whose argument is a phrase of the kit, or of the library that judges addresses; and the usual ones of these.
_PHRASED = ("email_invalid", "email_multiple", "phone_invalid", "phone_no_region", "phone_placeholder")
PHRASES = (
    "no @-sign",
    "There must be something after the @-sign.",
    "There must be something before the @-sign.",
    "The part after the @-sign is not valid. It should have a period.",
    "An email address has exactly one @-sign.",
    "An email address cannot have two periods in a row.",
    "An email address cannot start with a period.",
    "An email address cannot have a period immediately before the @-sign.",
    "a calling code alone",
    "not a number",
    "no such calling code",
    "too short",
    "too long",
)


def verdicts_of(found: pd.DataFrame) -> list[dict[str, str]]:
    """List findings as code, effect, field and sentence.

    Examples
    --------
    >>> from passage_kit.findings.findings import make_findings
    >>> verdicts_of(make_findings([2], field="email", value=["x"], code="email_normalized", argument=["y"]))[0]["text"]
    'Becomes y.'
    """
    verdicts = []
    columns = [found[name] for name in ("code", "effect", "field", "argument")]
    details = sentences_of(found, say=gettext).to_pylist()
    for code, effect, field, becomes, detail in zip(*columns, details, strict=True):
        if effect != "changed" or pd.isna(becomes):
            text = gettext(CODES[code].meaning)
        else:
            text = gettext("Becomes {value}.", value=becomes)
        if code in _PHRASED and language() != ENGLISH:  # English amid another language helps nobody
            detail = gettext(detail) if detail in PHRASES else None
        if effect != "changed" and detail is not None:  # such as the message of a field's own pattern
            said = detail[:1].upper() + detail[1:] if " " in detail else detail  # one word is a value
            text += f" {said.removesuffix('.')}."
        about = "" if pd.isna(field) else str(field)
        verdicts.append({"code": str(code), "effect": str(effect), "field": about, "text": text})
    return verdicts


def nothing_found() -> str:
    """Say that nothing is found about a value."""
    return gettext("No finding: the value is exported unchanged.")

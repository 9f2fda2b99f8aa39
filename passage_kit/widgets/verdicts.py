"""What is found about a value, in sentences for a panel."""

from __future__ import annotations

import pandas as pd

from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import sentences_of
from passage_kit.translations import gettext


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
        if effect != "changed" and detail is not None:  # such as the message of a field's own pattern
            said = detail[:1].upper() + detail[1:] if " " in detail else detail  # one word is a value
            text += f" {said.removesuffix('.')}."
        about = "" if pd.isna(field) else str(field)
        verdicts.append({"code": str(code), "effect": str(effect), "field": about, "text": text})
    return verdicts


def nothing_found() -> str:
    """Say that nothing is found about a value."""
    return gettext("No finding: the value is exported unchanged.")

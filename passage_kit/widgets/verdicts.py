"""What is found about a value, in sentences for a panel."""

from __future__ import annotations

import pandas as pd

from passage_kit.findings.catalogue import CODES
from passage_kit.findings.findings import describe_findings

NOTHING_FOUND = "No finding: the value is exported unchanged."


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
    for code, effect, field, becomes, detail in zip(*columns, describe_findings(found)["detail"], strict=True):
        text = CODES[code].meaning if effect != "changed" or pd.isna(becomes) else f"Becomes {becomes}."
        if effect != "changed" and pd.notna(detail):  # such as the message of a field's own pattern
            said = detail[:1].upper() + detail[1:] if " " in detail else detail  # one word is a value
            text += f" {said.removesuffix('.')}."
        about = "" if pd.isna(field) else str(field)
        verdicts.append({"code": str(code), "effect": str(effect), "field": about, "text": text})
    return verdicts

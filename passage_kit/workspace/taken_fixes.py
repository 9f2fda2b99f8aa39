"""Corrections and decisions of an earlier export, taken over beside those that were made for the newer one."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from passage_kit.columns.users_frame import SOURCE_ROW
from passage_kit.duplicates.decisions import decisions_of, hold_together
from passage_kit.findings.findings import collect_findings, make_findings
from passage_kit.workspace.corrections import same_text
from passage_kit.workspace.fixed_rows import LINE
from passage_kit.workspace.fixes import Fixes
from passage_kit.workspace.workspace import Workspace

_CELL = [SOURCE_ROW, "field"]
_CODE = "fix_not_taken"


def hash_of_fixes(workspace: Workspace) -> str:
    """Hash the corrections and decisions of a workspace.

    Examples
    --------
    >>> import tempfile
    >>> len(hash_of_fixes(Workspace(tempfile.mkdtemp())))
    64
    """
    paths = (workspace.corrections_path, workspace.decisions_path)
    contents = (hashlib.sha256(path.read_bytes() if path.exists() else b"").digest() for path in paths)
    return hashlib.sha256(b"".join(contents)).hexdigest()


def take_fixes(own: Fixes | None, former: Fixes, *, taken: str) -> tuple[Fixes, pd.DataFrame]:
    """Take over the fixes of an earlier export that do not contradict own ones.

    Parameters
    ----------
    own : Fixes, optional
        Fixes that were made for the newer export. None: there are none.
    former : Fixes
        Fixes of the earlier one, with the rows of the newer list.
    taken : str
        Hash of the former ones, as :func:`hash_of_fixes` gives it. What was taken over once is not taken over again:
        people may have taken it back since.

    Returns
    -------
    fixes : Fixes
        Own fixes, and those of before.
    findings : pandas.DataFrame
        ``fix_not_taken`` for each one that contradicts an own one.
    """
    if own is None:
        return replace(former, moved=True, taken=taken), make_findings([], field="", code=_CODE)
    corrections, of_cells = _corrections(own.corrections, former.corrections)
    decisions, of_groups = _decisions(own.decisions, former.decisions)
    said = collect_findings([of_cells, of_groups])
    if own.taken == taken or not len(corrections) + len(decisions):
        return replace(own, taken=taken), said
    joined = Fixes(
        pd.concat([corrections, own.corrections], ignore_index=True),
        pd.concat([decisions, own.decisions], ignore_index=True),
        pd.concat([former.noted, own.noted], ignore_index=True).drop_duplicates(LINE, keep="last"),
        own.state,
        moved=True,
        taken=taken,
    )
    return joined, said


def _corrections(own: pd.DataFrame, former: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the former corrections of cells without an own one, and say which other ones are different."""
    last = own.drop_duplicates(_CELL, keep="last")[[*_CELL, "value"]]
    beside = former[_CELL].merge(last, how="left", on=_CELL, indicator="by").set_axis(former.index)
    corrected = beside["by"].eq("both").to_numpy(dtype=bool) & former[SOURCE_ROW].notna().to_numpy(dtype=bool)
    others = former[corrected & ~same_text(former["value"], beside["value"])]
    said = [f"the correction of row {row}" for row in others[SOURCE_ROW]]
    rows = [None] * len(others)
    return former[~corrected], make_findings(rows, field=others["field"], code=_CODE, argument=said)


def _decisions(own: pd.DataFrame, former: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the former decisions that hold together with own ones, and say which contradict them."""
    made = [each for each in decisions_of(own) if each.placed]
    known = {(each.rows, each.choice, each.survivor_row) for each in made}
    of_before = decisions_of(former)
    same = [each.placed and (each.rows, each.choice, each.survivor_row) in known for each in of_before]
    apart = [not all(hold_together(each, new) for new in made) for each in of_before]
    taken = [not one and not other for one, other in zip(same, apart, strict=True)]
    said = [each.words for each, one, other in zip(of_before, same, apart, strict=True) if other and not one]
    return former[taken], make_findings([None] * len(said), field="", code=_CODE, argument=said)

"""Why values of a column are left out, once its steps are applied."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from passage_kit.columns.users_frame import PHONE
from passage_kit.errors import PassageKitError
from passage_kit.mapping.mapping import FieldMapping
from passage_kit.mapping.planned_step import ValueStep
from passage_kit.mapping.value_steps import apply_value_steps
from passage_kit.preparation.mapping_preview import preview_target
from passage_kit.widgets.mapping_table import reason_of
from passage_kit.workspace.plan import Plan


def reasons_of(values: pd.DataFrame, steps: Sequence[ValueStep], target: str, plan: Plan) -> list[str]:
    """Say of each value of a column why it is left out after its steps; "" of one that goes on.

    Parameters
    ----------
    values : pandas.DataFrame
        The values as its only column.
    steps : sequence of ValueStep
        Steps of this column that make no other column.
    target : str
        Where the column goes.
    plan : Plan
        Plan with the fields and options that apply.
    """
    small = values.set_axis(pd.RangeIndex(1, len(values) + 1, name="source_row"))
    after, _ = apply_value_steps(small, steps, null_words=())
    options = {name: value for name, value in plan.options.of_values.items() if name != "strict"}
    options["account_states"] = plan.options.account_states
    if target == PHONE:
        options["lost_plus"] = bool(plan.lost_plus) if plan.lost_plus is not None else None  # one row shows nothing
    mapping = FieldMapping({target: str(values.columns[0])})
    reasons = []
    for row in after.index:
        try:
            first = preview_target(after.loc[[row]], mapping, target, plan.applied_schema, **options).first
        except PassageKitError:  # an option in the plan is wrong, which the mapping panel says
            return [""] * len(values)
        reasons.append(reason_of(first[0]) if first else "")
    return reasons

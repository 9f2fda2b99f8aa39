"""Panels for notebooks: each offers one public function or choice, and saves into the workspace.

Run the cell of a panel again to find it unchanged. Its state is in the plan, the corrections or the decisions.
"""

from pathlib import Path

from passage_kit.widgets.change_history import ChangeHistory
from passage_kit.widgets.change_values import ChangeValues
from passage_kit.widgets.choose_options import ChooseOptions
from passage_kit.widgets.choose_path import ChoosePath
from passage_kit.widgets.cut_over import CutOver
from passage_kit.widgets.edit_rows import EditRows
from passage_kit.widgets.export_users import ExportUsers
from passage_kit.widgets.fix_findings import FixFindings
from passage_kit.widgets.map_fields import MapFields
from passage_kit.widgets.push_users import PushUsers
from passage_kit.widgets.read_list import ReadList
from passage_kit.widgets.review_duplicates import ReviewDuplicates
from passage_kit.widgets.table import show_table
from passage_kit.widgets.write_back_ids import WriteBackIds

__all__ = [
    "ChangeHistory",
    "ChangeValues",
    "ChooseOptions",
    "ChoosePath",
    "CutOver",
    "EditRows",
    "ExportUsers",
    "FixFindings",
    "MapFields",
    "PushUsers",
    "ReadList",
    "ReviewDuplicates",
    "WriteBackIds",
    "show_table",
]

# Panels' modules are found by their former names for one more release.
__path__ = [*__path__, str(Path(__file__).parents[1] / "_former" / "widgets")]

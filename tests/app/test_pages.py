"""The pages of the app; ``tests/test_browser_app.py`` looks at them as a person does."""

import re
from types import SimpleNamespace

import nbformat
import pytest

from passage_kit.app.pages import LAB_ALONE, as_page
from passage_kit.files.bundled import bundled

NOTEBOOKS = sorted(bundled("notebooks").glob("*.ipynb"))
OF_THE_LAB = re.compile(r"JupyterLab|Shift|Restart|Run All|▸▸|next\s+cell|in each cell", re.IGNORECASE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_speaks_of_nothing_that_only_jupyterlab_has(path):
    page = as_page(SimpleNamespace(base_url="/m/"), nbformat.read(path, as_version=4), "")
    said = "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")
    assert OF_THE_LAB.findall(said) == []
    assert page.cells[0].source == page.cells[-1].source == "[← All steps and files](/m/)"


def test_what_is_left_out_is_text_alone():
    cells = [cell for path in NOTEBOOKS for cell in nbformat.read(path, as_version=4).cells]
    tagged = [cell for cell in cells if LAB_ALONE in cell.metadata.get("tags", ())]
    assert tagged
    assert {cell.cell_type for cell in tagged} == {"markdown"}

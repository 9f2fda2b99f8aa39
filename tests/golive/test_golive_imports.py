"""Going live loads no Jupyter and no pandas, and no framework that was not asked for."""

import subprocess
import sys

import pytest

HEAVY = "pandas pyarrow numpy IPython ipywidgets jupyterlab sqlalchemy django flask starlette fastapi rest_framework"
CORE = "TokenVerifier VerifiedToken RequestRefusedError Authenticator AsyncAuthenticator Directory undo_link UserStore"


@pytest.mark.parametrize("names", ["", CORE])
def test_the_core_loads_nothing_heavy(names):
    code = (
        f"import sys, passage_kit.golive as golive; [getattr(golive, name) for name in {names.split()}];"
        f"heavy = set({HEAVY.split()}) & set(sys.modules);"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

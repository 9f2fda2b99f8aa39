"""A plain install of the kit, without the development extra, and the notebooks as they ran in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECKOUT = [
    *("passage_kit", "notebooks", "sample_data"),
    *("pyproject.toml", "README.md", "LICENSE", ".gitignore", ".gitattributes", "requirements-dev.lock"),
]
FOREIGN = ("PASSAGE_", "JUPYTER_", "PYTHON", "IPYTHON")  # variables that would lead somewhere else


class PlainInstall:
    """A clone of the repository, and a fresh environment in which the kit alone is installed.

    The development environment lends it pip and the build backend. Its own pip would be installed, compiled and, for
    each build, given the backend anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.clone, self.workspace = folder, folder / "clone", folder / "my-migration"
        scripts = "Scripts" if os.name == "nt" else "bin"
        self.bin = folder / "venv" / scripts
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        own = {"IPYTHONDIR": str(folder / "ipython"), "JUPYTER_RUNTIME_DIR": str(folder / "jupyter")}
        self.environment = kept | own | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}

    @classmethod
    def made_once(cls, folder: Path) -> "PlainInstall":
        """The install in a folder, with the notebooks of its workspace run, unless that was done before."""
        install = cls(folder)
        done = folder / "done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            install._clone()
            install.run(sys.executable, "-m", "venv", "--without-pip", install.bin.parent)
            install.install("standard", "--constraint", install.clone / "requirements-dev.lock")
            install.run("passage-kit", "lab", install.workspace, "--show-config-json")  # copies, and does not stay
            install.run("python", ROOT / "docs" / "run_notebooks.py", install.workspace)
            done.touch()
        return install

    def _clone(self) -> None:
        self.clone.mkdir(parents=True)
        for name in CHECKOUT:
            if (ROOT / name).is_dir():
                left_out = shutil.ignore_patterns("__pycache__", "migration", ".ipynb_checkpoints")
                shutil.copytree(ROOT / name, self.clone / name, ignore=left_out)
            else:
                shutil.copyfile(ROOT / name, self.clone / name)
        user = ("-c", "user.name=kit", "-c", "user.email=kit@example.org", "-c", "commit.gpgsign=false")
        for words in (["init", "--quiet"], ["add", "--all"], [*user, "commit", "--quiet", "--message", "as it comes"]):
            self.run("git", *words, cwd=self.clone)

    def install(self, kind: str, *options: str | Path) -> None:
        """Build a wheel of the clone as pip does (``standard`` or ``editable``), and install it."""
        wheel = self.build(kind)
        pip = (sys.executable, "-m", "pip", "--python", self.bin.parent, "install", "--quiet", "--no-compile")
        self.run(*pip, *options, wheel)

    def build(self, kind: str) -> Path:
        """Build a wheel of the clone."""
        built = self.folder / kind
        self.run(sys.executable, "-m", "hatchling", "build", "-t", f"wheel:{kind}", "-d", built, cwd=self.clone)
        [wheel] = built.glob("*.whl")
        return wheel

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        """Run a program of the environment (or of the system); what it prints."""
        program = self.bin / command[0]
        done = subprocess.run(
            [program if program.exists() or program.with_suffix(".exe").exists() else command[0], *command[1:]],
            cwd=cwd or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-5000:]}\n{done.stderr[-5000:]}"
        return done.stdout

    def changed(self) -> str:
        """What git finds changed or new in the clone."""
        return self.run("git", "status", "--porcelain", "--untracked-files=all", cwd=self.clone)

"""A plain install of the kit, without the development extra, and the notebooks as they ran in it."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from importlib.util import cache_from_source
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
CHECKOUT = [
    *("passage_kit", "notebooks", "sample_data"),
    *("pyproject.toml", "README.md", "LICENSE", ".gitignore", ".gitattributes", "requirements-dev.lock"),
]
UNNEEDED = "rfc3987-syntax"  # jsonschema does without it; with it, each process that reads a notebook starts 3 s later
FOREIGN = ("PASSAGE_", "JUPYTER_", "PYTHON", "IPYTHON")  # variables that would lead somewhere else


class PlainInstall:
    """A clone of the repository, and a fresh environment in which the kit alone is installed.

    The development environment lends it pip, the build backend, and the libraries that the kit asks for, as they were
    installed and compiled there. To install and compile them anew would take a minute of a processor.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.clone, self.workspace = folder, folder / "clone", folder / "my-migration"
        self.left = folder / "left"  # has a copy of the workspace as each notebook left it, named for the notebook
        paths = sysconfig.get_paths(vars={"base": str(folder / "venv"), "platbase": str(folder / "venv")})
        self.bin, self.packages = Path(paths["scripts"]), Path(paths["purelib"])
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
            install.install("standard")
            [kit] = Distribution.discover(name="passage-kit", path=[str(install.packages)])
            for library in libraries_of(kit):
                lend(library, install)
            install.run("passage-kit", "lab", install.workspace, "--show-config-json")  # copies, and does not stay
            kept = ("--keep", install.left)
            install.run("python", ROOT / "docs" / "run_notebooks.py", install.workspace, *kept)
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

    def install(self, kind: str) -> None:
        """Build a wheel of the clone as pip does (``standard`` or ``editable``), and install it."""
        wheel = self.build(kind)
        pip = (sys.executable, "-m", "pip", "--python", self.bin.parent, "install", "--quiet", "--no-compile")
        self.run(*pip, "--no-deps", wheel)

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


def libraries_of(kit: Distribution) -> Iterator[Distribution]:
    """What an installer adds to a plain install of the kit, each library as it is in this environment."""
    asked, seen, given = list(requirements_of(kit, ())), set(), set()
    while asked:
        requirement = asked.pop()
        library = distribution(requirement.name)
        assert requirement.specifier.contains(library.version, prereleases=True), f"{requirement}: {library.version}"
        more = {str(each): each for each in requirements_of(library, requirement.extras)}
        asked += [more[text] for text in more.keys() - seen]
        seen |= more.keys()
        if library.name not in given:
            yield library
        given.add(library.name)


def requirements_of(library: Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    """What a library asks for on this system, with these extras."""
    for text in library.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        here = marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))
        if here and requirement.name != UNNEEDED:
            yield requirement


def lend(library: Distribution, install: PlainInstall) -> None:
    """Copy the files of a library with what is compiled of them, but not its programs, which name their environment."""
    for file in library.files or ():
        place = Path(os.path.normpath(install.packages / file))
        if place.parent == install.bin:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file.locate(), place)
        compiled = Path(cache_from_source(str(file.locate())))
        if file.suffix == ".py" and compiled.exists():
            (place.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copy2(compiled, place.parent / "__pycache__")

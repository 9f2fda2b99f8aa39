"""Build the documentation: ``python docs/build.py``.

Makes the reference from the code, runs the notebooks on the sample, builds the site with warnings as errors, and
checks every link in it. The site is in ``docs/_build/html``; it needs no server and fetches nothing.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from check_site import problems_of
from reference_pages import write_reference
from run_notebooks import copy_notebooks, run_notebooks, show_notebooks
from sphinx.cmd.build import build_main

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent


def gather(source: Path) -> None:
    """Put everything that Sphinx reads into one folder, but for the notebooks.

    Parameters
    ----------
    source : pathlib.Path
        The folder; what was in it is deleted.
    """
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    for name in ("CHANGELOG", "CONTRIBUTING"):
        page = source / "project" / f"{name.lower()}.md"
        page.parent.mkdir(exist_ok=True)
        text = (ROOT / f"{name}.md").read_text(encoding="utf-8")
        page.write_text(re.sub(r"\]\(docs/", "](../", text), encoding="utf-8")
    for picture in (ROOT / "benchmarks" / "results").glob("*.svg"):
        shutil.copyfile(picture, source / "images" / picture.name)
    for page in (source / "explanation").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("](../../benchmarks/results/", "](../images/"), encoding="utf-8")
    (source / "_extra").mkdir()
    write_reference(source / "reference", ROOT / "sample_data")


def add_notebooks(source: Path, ran: Path | None, *, run: bool) -> None:
    """Put the notebooks into the tutorial: those of a folder where they ran, or run now, or without outputs.

    Parameters
    ----------
    source : pathlib.Path
        What Sphinx reads.
    ran : pathlib.Path, optional
        A folder where they were run.
    run : bool
        Whether they are run if there is none.
    """
    if ran:
        show_notebooks(ran, source)
    elif run:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            copy_notebooks(ROOT, folder)
            shutil.copytree(ROOT / "sample_data", folder / "sample_data")
            run_notebooks(folder)
            show_notebooks(folder, source)
    else:
        copy_notebooks(ROOT, source / "tutorial")


def build(folder: Path, *, ran: Path | None = None, run: bool = True, jobs: str = "auto") -> list[str]:
    """Build the site and check it.

    Parameters
    ----------
    folder : pathlib.Path
        Gets ``source`` and ``html``.
    ran : pathlib.Path, optional
        A folder where the notebooks were run on the sample.
    run : bool, default True
        Whether they are run if there is none.
    jobs : str, default "auto"
        How many processes Sphinx uses; by default one for each core.

    Returns
    -------
    list of str
        What is wrong; empty if nothing is.
    """
    source, html = folder / "source", folder / "html"
    gather(source)
    add_notebooks(source, ran, run=run)
    shutil.rmtree(html, ignore_errors=True)
    arguments = [
        "--fail-on-warning",
        "--keep-going",
        "--quiet",
        "--fresh-env",
        "--jobs",
        jobs,
        "--doctree-dir",
        str(folder / "cache"),
    ]
    if build_main([*arguments, "--builder", "html", str(source), str(html)]):
        return ["Sphinx has said what is wrong above."]
    return problems_of(html)


def main() -> int:
    """Build, and say where the site is or what is wrong with it."""
    parser = argparse.ArgumentParser(description="Build the documentation.")
    parser.add_argument("--quick", action="store_true", help="do not run the notebooks")
    parser.add_argument("--ran", type=Path, help="folder where the notebooks were run on the sample")
    parser.add_argument("--jobs", default="auto", help="processes that Sphinx uses [one for each core]")
    parser.add_argument("--out", type=Path, default=DOCS / "_build", help="folder of the site [docs/_build]")
    given = parser.parse_args()
    problems = build(given.out, ran=given.ran, run=not given.quick, jobs=given.jobs)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if not problems:
        sys.stdout.write(f"{given.out / 'html' / 'index.html'}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

"""Build the documentation: ``python docs/build.py``.

Makes the reference from the code, runs the notebooks on the sample, builds the site with warnings as errors, and
checks every link in it. The site is in ``docs/_build/html``; it needs no server and fetches nothing.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

from check_site import problems_of
from reference_pages import write_reference
from run_notebooks import copy_notebooks, run_notebooks
from sphinx.cmd.build import build_main

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent


def gather(source: Path, *, run: bool) -> None:
    """Put everything that Sphinx reads into one folder.

    Parameters
    ----------
    source : pathlib.Path
        The folder; what was in it is deleted.
    run : bool
        Whether the notebooks are run.
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
    if run:
        run_notebooks(ROOT, source)
    else:
        copy_notebooks(ROOT, source)


def build(folder: Path, *, run: bool = True) -> list[str]:
    """Build the site and check it.

    Parameters
    ----------
    folder : pathlib.Path
        Gets ``source`` and ``html``.
    run : bool, default True
        Whether the notebooks are run.

    Returns
    -------
    list of str
        What is wrong; empty if nothing is.
    """
    source, html = folder / "source", folder / "html"
    gather(source, run=run)
    shutil.rmtree(html, ignore_errors=True)
    arguments = [
        "--fail-on-warning",
        "--keep-going",
        "--quiet",
        "--fresh-env",
        "--jobs",
        "auto",
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
    parser.add_argument("--out", type=Path, default=DOCS / "_build", help="folder of the site [docs/_build]")
    given = parser.parse_args()
    problems = build(given.out, run=not given.quick)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if not problems:
        sys.stdout.write(f"{given.out / 'html' / 'index.html'}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

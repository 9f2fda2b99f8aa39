"""How Sphinx builds the site. `python docs/build.py` calls it, on a copy of this folder with the made pages in it."""

import re

import passage_kit

project = "passage_kit"
author = "The passage_kit maintainers"
release = version = passage_kit.__version__
copyright = author

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx_copybutton"]
nitpicky = True
# Types in signatures and names in docstrings lead to pages where there is one, and are plain text elsewhere.
nitpick_ignore_regex = [(r"py:.*", r".*")]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

# docs/run_notebooks.py has run the notebooks already: one folder for all of them, each beginning where the last ended.
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # panels are shown as pictures: a page without a kernel could not run them
nb_output_stderr = "remove"  # bars of progress

autodoc_typehints = "none"  # the docstrings have the types
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = "passage_kit"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_extra"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}

_ROLE = re.compile(r":(?:func|class):`~?(?:passage_kit\.)?(?:\w+\.)*(\w+)`")


def name_what_is_public(app, what, name, thing, options, lines):
    """Name public things in docstrings as a user imports them, whatever module they are defined in."""

    def role(match):
        is_public = match[1] in passage_kit.__all__
        return f":py:obj:`{match[1]} <passage_kit.{match[1]}>`" if is_public else f"``{match[1]}``"

    lines[:] = [_ROLE.sub(role, line) for line in lines]


def setup(app):
    """Join in before numpydoc does."""
    app.connect("autodoc-process-docstring", name_what_is_public, priority=100)

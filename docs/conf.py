"""How Sphinx builds the site. `python docs/build.py` calls it, on a copy of this folder with the made pages in it."""

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
html_extra_path = ["_extra"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}

"""Go live: tokens of Passage, the users behind them, and adapters for web frameworks.

The public names are listed in ``__init__.pyi``; each is imported at its first use, so that neither a framework nor
another library is loaded before it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""The app without code: a home page with the steps, the notebooks as pages, and every output to take away.

Other packages may use the modules named here.
"""

__all__ = ["password", "server"]

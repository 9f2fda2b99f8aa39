"""Django: an app with the record of links, the users table, middleware, backend and DRF authentication.

Put ``passage_kit.golive.django`` into ``INSTALLED_APPS``, and name your authenticator in ``PASSAGE_AUTHENTICATOR``.
"""

from passage_kit.errors import MissingExtraError

try:
    import django  # noqa: F401
except ImportError as error:
    raise MissingExtraError("Django is missing: pip install django.") from error

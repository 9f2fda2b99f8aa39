"""Settings of the project."""

import os
import secrets

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(32)
ALLOWED_HOSTS = ["localhost", "testserver"]
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "passage_kit.golive.django", "accounts"]
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware", "passage_kit.golive.DjangoMiddleware"]
ROOT_URLCONF = "site_settings.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("DATABASE", "accounts.db")}}
AUTH_USER_MODEL = "accounts.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = True

PASSAGE_AUTHENTICATOR = "accounts.passage.authenticator"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["passage_kit.golive.DrfAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}

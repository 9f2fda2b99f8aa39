"""The users table of the project."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Account(AbstractUser):
    """A user of the project."""

    passage_id = models.CharField(max_length=64, null=True, blank=True, unique=True)

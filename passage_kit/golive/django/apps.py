"""The Django app, whose only table is the record of links."""

from __future__ import annotations

from django.apps import AppConfig


class PassageGoliveConfig(AppConfig):
    """``passage_kit.golive.django`` among the installed apps."""

    name = "passage_kit.golive.django"
    label = "passage_golive"
    verbose_name = "Passage"
    default_auto_field = "django.db.models.BigAutoField"

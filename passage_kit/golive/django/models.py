"""The record of links in a table of Django."""

from __future__ import annotations

from django.db import models


class PassageLink(models.Model):
    """One link, creation, hold or decision. It holds ids alone."""

    passage_id = models.CharField(max_length=64, db_index=True)
    event = models.CharField(max_length=16)
    user_key = models.CharField(max_length=200)
    reason = models.CharField(max_length=40)
    noted_at = models.DateTimeField()

    class Meta:
        """Settings of the table."""

        db_table = "passage_links"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.event} {self.passage_id}"

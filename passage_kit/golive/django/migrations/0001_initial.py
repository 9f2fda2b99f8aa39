"""Make the record of links."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The first version of the table."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="PassageLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("passage_id", models.CharField(db_index=True, max_length=64)),
                ("event", models.CharField(max_length=16)),
                ("user_key", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=40)),
                ("noted_at", models.DateTimeField()),
            ],
            options={"db_table": "passage_links", "ordering": ("id",)},
        ),
    )

"""Drupal: the table of users of its database, or users by JSON:API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="drupal",
    title="Drupal",
    link="https://www.drupal.org/docs/core-modules-and-themes/core-modules/jsonapi-module/jsonapi",
    signs=(
        ("uid", "langcode", "name", "mail", "status", "init"),
        ("id", "attributes.drupal_internal__uid", "attributes.display_name", "attributes.mail"),
    ),
    records=("data",),
    email=("mail", "attributes.mail"),
    source_key=("uid", "attributes.drupal_internal__uid", "id"),
    order=("login", "access", "changed", "created", "attributes.changed", "attributes.created"),
    account_state=("status", "attributes.status"),
    open_flags=("status", "attributes.status"),
    fields={
        "name": ("name", "attributes.name"),
        "created at": ("created", "attributes.created"),
        "updated at": ("changed", "attributes.changed"),
        "last login": ("login", "attributes.login"),
    },
    secrets=("pass",),
    notes=(
        "A status of 0, or false, says that the account is blocked.",
        "init is the address of the registration, which may be an old one.",
        "The user 0 stands for all visitors who are not signed in.",
        "Times are in seconds since 1970, and 0 says never.",
    ),
)

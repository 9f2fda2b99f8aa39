"""Descope: users by the search API, or as CSV from the console."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="descope",
    title="Descope",
    link="https://docs.descope.com/user-exporting",
    signs=(
        ("loginIds", "userId", "verifiedEmail"),
        ("userId", "verifiedEmail", "verifiedPhone", "email"),
        ("Login IDs", "User ID", "Email"),
    ),
    records=("users",),
    email=("email",),
    phone=("phone",),
    source_key=("userId", "User ID"),
    order=("createdTime", "Created Time"),
    account_state=("status",),
    fields={
        "first name": ("givenName", "Given Name"),
        "last name": ("familyName", "Family Name"),
        "name": ("name", "Display Name"),
        "created at": ("createdTime", "Created Time"),
        "email verified": ("verifiedEmail", "Verified Email"),
        "phone verified": ("verifiedPhone", "Verified Phone"),
        "role": ("roleNames",),
        "newsletter": (),
        "username": (),
    },
    verified=("verifiedEmail", "verifiedPhone"),
    notes=(
        "loginIds are emails, phones or user names: the address is in email.",
        "createdTime is in seconds since 1970.",
        "An invited user has not signed in yet.",
        "password says whether there is one.",
    ),
)  # fmt: skip

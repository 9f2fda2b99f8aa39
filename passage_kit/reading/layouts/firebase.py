"""Firebase Authentication: users by ``firebase auth:export``, as JSON or as a CSV file without a header."""

from passage_kit.reading.layout import Headerless, Layout

_ACCOUNTS = ("Google", "Facebook", "Twitter", "GitHub")

LAYOUT = Layout(
    name="firebase",
    title="Firebase",
    link="https://firebase.google.com/docs/cli/auth",
    signs=(
        ("localId", "createdAt"),
        ("localId", "emailVerified"),
        ("localId", "providerUserInfo"),
        ("uid", "emailVerified", "metadata.creationTime", "metadata.lastSignInTime"),
        ("UID", "Email", "Email Verified", "User Creation Time", "Last Sign-In Time", "Phone Number"),
    ),
    records=("users",),
    email=("email", "Email"),
    phone=("phoneNumber", "Phone Number"),
    source_key=("localId", "uid", "UID"),
    order=("lastSignedInAt", "lastLoginAt", "metadata.lastSignInTime", "Last Sign-In Time", "createdAt",
           "metadata.creationTime", "User Creation Time"),
    account_state=("disabled", "Disabled"),
    fields={
        "name": ("displayName", "Name"),
        "created at": ("createdAt", "metadata.creationTime", "User Creation Time"),
        "last login": ("lastSignedInAt", "lastLoginAt", "metadata.lastSignInTime", "Last Sign-In Time"),
        "email verified": ("emailVerified", "Email Verified"),
        "blocked": ("disabled", "Disabled"),
    },
    verified=("emailVerified", "Email Verified"),
    secrets=("passwordHash", "salt", "Password Hash", "Password Salt", "mfaInfo"),
    notes=(
        "Times are milliseconds since 1970.",
        "The CSV file has no header.",
        "Emails and names of linked accounts (Google, Facebook, Twitter, GitHub) are not the account's own.",
    ),
    headerless=Headerless(
        header=(
            "UID", "Email", "Email Verified", "Password Hash", "Password Salt", "Name", "Photo URL",
            *(f"{account} {part}" for account in _ACCOUNTS for part in ("ID", "Email", "Display Name", "Photo URL")),
            "User Creation Time", "Last Sign-In Time", "Phone Number", "Disabled", "Custom Attributes",
        ),
        least=26,
        shapes={
            0: r"\S{1,128}",
            1: r"|[^@\s]+@[^@\s]+",
            2: r"true|false",
            3: r"[A-Za-z0-9+/_=-]*",
            4: r"[A-Za-z0-9+/_=-]*",
            23: r"\d{0,16}",
            24: r"\d{0,16}",
            25: r"|\+\d{4,20}",
        },
    ),
)  # fmt: skip

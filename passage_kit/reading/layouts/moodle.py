"""Moodle: the user table, or the file of users that the administration downloads."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="moodle",
    title="Moodle",
    link="https://docs.moodle.org/en/Upload_users",
    signs=(
        ("username", "firstname", "lastname", "email", "auth", "suspended"),
        ("username", "firstname", "lastname", "email", "idnumber", "institution"),
        ("username", "firstname", "lastname", "email", "phone1", "phone2"),
    ),
    email=("email",),
    phone=("phone2", "phone1"),
    source_key=("id", "username"),
    region=("country",),
    order=("lastaccess", "timemodified", "timecreated"),
    account_state=("suspended", "deleted"),
    fields={
        "first name": ("firstname",),
        "last name": ("lastname",),
        "username": ("username",),
        "created at": ("timecreated",),
        "updated at": ("timemodified",),
        "last login": ("lastaccess",),
        "company": ("institution",),
        "city": ("city",),
        "language": ("lang",),
    },
    secrets=("password", "secret"),
    notes=(
        "phone2 is the mobile phone.",
        "Of a deleted user, the email is a hash, and the address is in the username, before the time of deletion.",
        "Times are seconds since 1970, with 0 for never.",
    ),
)

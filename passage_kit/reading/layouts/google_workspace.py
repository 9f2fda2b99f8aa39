"""Google Workspace: the CSV of "Download users" in the Admin console, or users by the Directory API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="google_workspace",
    title="Google Workspace",
    link="https://support.google.com/a/answer/40057",
    signs=(
        ("First Name [Required]", "Last Name [Required]", "Email Address [Required]"),
        ("First Name", "Last Name", "Email Address", "Org Unit Path"),
        ("primaryEmail", "name.givenName", "name.familyName"),
        ("primaryEmail", "orgUnitPath", "suspended"),
    ),
    records=("users", "[].users"),
    email=("Email Address [Required]", "Email Address", "primaryEmail"),
    phone=("Mobile Phone", "phones.primary phone", "Home Phone", "Work Phone"),
    source_key=("id", "Employee ID"),
    order=("Last Sign In [READ ONLY]", "lastLoginTime", "creationTime"),
    account_state=("Status [READ ONLY]", "Status", "suspended", "archived"),
    fields={
        "first name": ("First Name [Required]", "First Name", "name.givenName"),
        "last name": ("Last Name [Required]", "Last Name", "name.familyName"),
        "name": ("name.fullName",),
        "created at": ("creationTime",),
        "last login": ("Last Sign In [READ ONLY]", "lastLoginTime"),
    },
    secrets=("Password [Required]",),
    notes=(
        "The recovery email and phone are not the person's primary ones.",
        "The password column is masked in a download.",
        'Last Sign In is "Never logged in" for some.',
    ),
)

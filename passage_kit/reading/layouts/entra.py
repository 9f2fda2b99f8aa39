"""Microsoft Entra ID (Azure AD): the CSV of "Download users", or users by Microsoft Graph."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="entra",
    title="Entra ID",
    link="https://learn.microsoft.com/en-us/entra/identity/users/users-bulk-download",
    signs=(
        ("userPrincipalName", "displayName", "objectId"),
        ("userPrincipalName", "displayName", "mail", "id"),
        ("userPrincipalName", "displayName", "accountEnabled"),
        ("userPrincipalName", "displayName", "givenName", "surname", "businessPhones"),
        ("User principal name", "Display name", "Object Id"),
        ("displayName", "id", "identities.primary email"),
        ("displayName", "id", "identities.primary phone"),
    ),
    records=("value", "[].value"),
    email=("identities.primary email", "mail", "userPrincipalName", "User principal name"),
    email_else=("mail", "userPrincipalName", "User principal name"),
    phone=(
        "identities.primary phone",
        "mobilePhone",
        "mobile",
        "Mobile Phone",
        "telephoneNumber",
        "businessPhones",
        "Phone number",
    ),
    source_key=("id", "objectId", "Object Id"),
    region=("country", "usageLocation", "Country", "Usage location"),
    order=("signInActivity.lastSignInDateTime", "createdDateTime", "When created"),
    account_state=("accountEnabled", "Block credential"),
    fields={
        "first name": ("givenName", "First name"),
        "last name": ("surname", "Last name"),
        "name": ("displayName", "Display name"),
        "username": ("userPrincipalName", "User principal name"),
        "created at": ("createdDateTime", "When created"),
        "last login": ("signInActivity.lastSignInDateTime",),
        "company": ("companyName",),
        "city": ("city", "City"),
        "postal code": ("postalCode", "Postal code"),
        "language": ("preferredLanguage", "Preferred language"),
        "active": ("accountEnabled",),
    },
    notes=(
        "The user principal name looks like an email, but that of a guest has #EXT# in it; mail is the address.",
        "Who has no mail goes by the user principal name, with a warning; it may have no mailbox.",
        "Customers of External ID (Azure AD B2C) sign in with an address of their identities, which mail need not be.",
        "The alternate email and the authentication phone are for recovery.",
        "businessPhones are office lines.",
    ),
)

"""HubSpot: contacts, exported as CSV or read by the API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="hubspot",
    title="HubSpot",
    link="https://knowledge.hubspot.com/import-and-export/export-records",
    signs=(
        ("Record ID", "First Name", "Last Name", "Email", "Contact owner"),
        ("Record ID", "Email", "Lead Status", "Create Date"),
        ("Record ID - Contact", "Email", "Create Date"),
        ("Record ID", "Email", "Marketing contact status"),
        ("Contact ID", "Email", "Lifecycle Stage", "Create Date"),
        ("id", "properties.email", "properties.hs_object_id"),
        ("id", "properties.email", "properties.createdate"),
        ("Datensatz-ID", "Vorname", "Nachname", "E-Mail"),
        ("ID d'enregistrement", "Prénom", "E-mail"),
        ("ID de registro", "Nombre", "Apellidos", "Correo"),
        ("レコードID", "名", "姓", "Eメール"),
    ),
    records=("results",),
    no_state=("Lead Status", "Marketing contact status", "Lifecycle Stage"),
    email=("properties.email", "Email", "E-Mail", "E-mail", "Correo", "Eメール"),
    phone=("properties.mobilephone", "properties.phone", "Mobile Phone Number", "Phone Number",
           "Mobiltelefonnummer", "Telefonnummer", "Numéro de téléphone mobile",
           "Numéro de téléphone", "Número de teléfono móvil", "Número de teléfono", "携帯電話番号", "電話番号"),
    source_key=("id", "Record ID", "Record ID - Contact", "Contact ID", "Datensatz-ID", "ID d'enregistrement",
                "ID de registro", "レコードID"),
    region=("Country/Region", "Country", "Land/Region", "Pays/Région", "País/región", "国/地域"),
    order=("Last Activity Date", "Create Date", "Erstelldatum", "Date de création", "Fecha de creación", "作成日"),
    fields={
        "first name": ("properties.firstname", "First Name", "Vorname", "Prénom", "Nombre", "名"),
        "last name": ("properties.lastname", "Last Name", "Nachname", "Nom", "Apellidos", "姓"),
        "company": ("Company Name", "Associated Company", "Unternehmensname", "Nom de l'entreprise"),
        "city": ("City", "Ort", "Ville", "Ciudad", "市区町村"),
        "postal code": ("Postal Code", "Postleitzahl", "Code postal", "Código postal"),
        "created at": ("createdAt", "Create Date", "Erstelldatum", "Date de création", "Fecha de creación", "作成日"),
        "newsletter": (),
    },
    notes=(
        "Additional email addresses stand in one cell with semicolons between them, and are never the primary one.",
        "The owner of a contact is an employee; their address is not the contact's.",
        "Marketing contact status is a matter of the contract with HubSpot, and no consent.",
    ),
)  # fmt: skip

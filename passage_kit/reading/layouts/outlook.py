"""Outlook: contacts as CSV from the desktop (also in German and French) and from the web."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="outlook",
    title="Outlook",
    link="https://support.microsoft.com/office/export-contacts-from-outlook-10f09abd-643c-4495-bb80-543714eca73f",
    signs=(
        ("First Name", "Last Name", "E-mail Address", "E-mail 2 Address", "Business Phone"),
        ("First Name", "Last Name", "E-mail Address", "Mobile Phone", "Business Phone"),
        ("Vorname", "Nachname", "E-Mail-Adresse", "E-Mail 2: Adresse", "Mobiltelefon"),
        ("Vorname", "Nachname", "E-Mail-Adresse", "E-Mail: Angezeigter Name"),
        ("Prénom", "Nom", "Adresse de messagerie", "Adresse de messagerie 2"),
        ("Nombre", "Apellidos", "Dirección de correo electrónico", "Teléfono móvil"),
        ("Nome", "Cognome", "Indirizzo posta elettronica", "Cellulare"),
        ("Voornaam", "Achternaam", "E-mailadres", "Mobiele telefoon"),
    ),
    email=("E-mail Address", "E-Mail-Adresse", "Adresse de messagerie", "Dirección de correo electrónico",
           "Indirizzo posta elettronica", "E-mailadres"),
    phone=("Mobile Phone", "Mobiltelefon", "Tél. mobile", "Teléfono móvil", "Cellulare", "Mobiele telefoon"),
    region=("Home Country/Region", "Business Country/Region", "Land/Region privat", "Land/Region geschäftlich"),
    fields={
        "first name": ("First Name", "Vorname", "Prénom", "Nombre", "Nome", "Voornaam"),
        "last name": ("Last Name", "Nachname", "Nom", "Apellidos", "Cognome", "Achternaam"),
        "name": (),
        "birth date": ("Birthday", "Geburtstag", "Anniversaire", "Cumpleaños", "Compleanno", "Verjaardag"),
        "company": ("Company", "Firma", "Société", "Organización", "Società", "Bedrijf"),
        "city": ("Home City", "Business City", "Ort privat", "Ort geschäftlich", "Ville (domicile)", "Ville (bureau)"),
        "postal code": ("Home Postal Code", "Business Postal Code", "Postleitzahl privat", "Postleitzahl geschäftlich",
                        "Code postal (domicile)", "Code postal (bureau)"),
        "gender": ("Gender", "Geschlecht", "Sexe"),
    },
    notes=(
        "E-mail 2 and E-mail 3 are further addresses; the display name repeats the address.",
        "Business Phone and Company Main Phone are office lines; the mobile goes before them.",
        "0/0/00 stands for no birthday.",
        "Contacts have no id.",
    ),
)  # fmt: skip

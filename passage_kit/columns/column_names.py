"""Usual names of columns in other systems, for each mapping target, in several languages, and those of the kit's files.

Names are compared by :func:`name_key`. A metadata field is known by its own names first; the entries below ``PEOPLE``
help where the app's field is an ordinary one (a first name, a birthday) and the export speaks another language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

# Groups in the order of preference: a mobile goes before another phone. Qualified names (work phone) are not listed.
IDENTIFIER_NAMES = {
    "email": (
        """
        email, email address, e-mail, mail, mail address, email id, emailaddr, email addr, e-mail-adresse, emailadresse,
        mailadresse, adresse email, adresse e-mail, adresse mail, courriel, adresse électronique, adresse de courriel,
        correo, correo electrónico, email del usuario, dirección de correo, posta elettronica, indirizzo email,
        indirizzo e-mail, endereço de email, correio eletrônico, correio eletrónico, e-mailadres, e-postadress, e-post,
        epost, epostadresse, sähköposti, sähköpostiosoite, adres email, adres e-mail, poczta elektroniczna, poczta,
        e-posta, eposta, e-posta adresi, эл почта, электронная почта, почта, имейл, електронна пошта, メール,
        メールアドレス, eメール, 邮箱, 电子邮件, 电子邮箱, 邮箱地址, 電子郵件, 이메일, 이메일 주소, البريد الإلكتروني, אימייל, דוא"ל, מייל, כתובת מייל,
        ईमेल, อีเมล, adresse de messagerie, courrier électronique, adresse de courrier électronique,
        dirección de correo electrónico, indirizzo di posta elettronica, endereço de correio eletrónico,
        endereço de e-mail, e-mailadresse, e-mail cím, adres poczty elektronicznej, адрес электронной почты,
        адрес эл почты, 電子メールアドレス, 電子メール アドレス, 전자 메일 주소, 電子郵件地址, 电子邮件地址,
        smtp address, primary smtp address, البريد الالكتروني, بريد إلكتروني, الإيميل, الايميل, e-mailová adresa,
        adresă de email, adresă email, ηλεκτρονικό ταχυδρομείο, διεύθυνση email, thư điện tử, địa chỉ email, surel,
        alamat email, електронна пошта, e-pošta, el paštas, e-pasts
        """,
        "proxy addresses, proxy address, email addresses",
    ),
    "phone": (
        """
        mobile, mobile phone, mobile number, mobile no, mobilephone, cell, cell phone, cellphone, cell number,
        phone mobile, phone cell, handy, handynummer, handynr, mobil, mobilnummer, mobilnr, mobiltelefon, mobiltel, tel mobil, telefon mobil, mobilfunk,
        mobilfunknummer, portable, téléphone portable, téléphone mobile, tél portable, numéro de portable, móvil,
        teléfono móvil, celular, teléfono celular, cellulare, telefono cellulare, numero di cellulare, telemóvel, mobiel,
        mobiele nummer, mobielnummer, mob number, gsm, komórka, telefon komórkowy, nr komórki, мобильный, мобильный телефон, моб телефон, моб тел, сотовый, сотовый телефон, נייד, טלפון נייד,
        matkapuhelin, cep telefonu, cep, 携帯, 携帯電話, 携帯番号, 携帯電話番号, 手机, 手机号, 手机号码, 手機, 휴대폰, 휴대전화,
        휴대폰 번호, mobile phone number, mobile telephone, mobile telephone number, cell phone number, cellphone number,
        mobiltelefonnummer, mobilfunkrufnummer, mobilrufnummer, handy nr, numéro de téléphone portable, numéro de mobile,
        numéro de téléphone mobile, tél mobile, teléfono móvil número, número de teléfono móvil, número de móvil,
        número de celular, telefone celular, número de telemóvel, numero di telefono cellulare, mobiel nummer,
        mobiele telefoon, mobiel telefoonnummer, gsm nummer, mobilnummer, telefon komórkowy numer,
        numer telefonu komórkowego, номер мобильного телефона, 携帯電話の番号, 行動電話, 移动电话, 휴대전화 번호,
        الجوال, جوال, رقم الجوال, موبايل, الموبايل, رقم الموبايل, المحمول, رقم المحمول, mobilszám, mobiltelefonszám,
        mobilní telefon, mobilní číslo, mobilný telefón, telefon mobil, număr mobil, κινητό, κινητό τηλέφωνο, di động,
        số di động, no hp, nomor hp, nomor ponsel, handphone, มือถือ, เบอร์มือถือ, मोबाइल, मोबाइल नंबर, mobitel,
        мобилен, мобильный номер, мобільний, мобільний телефон
        """,
        """
        phone, phone number, phone no, phone num, phone e164, phonenumber, telephone, telephone number, telephone no,
        tel, tel no, tel number, contact number, msisdn, sms, sms number, whatsapp, telefon, telefonnummer, rufnummer,
        tel nr, telnr, telf1, telefonnr, téléphone, numéro de téléphone, tél, teléfono, número de teléfono, telefono, numero di
        telefono, telefone, número de telefone, telefoon, telefoonnummer, numer telefonu, nr telefonu, puhelin,
        puhelinnumero, телефон, номер телефона, номер, 電話, 電話番号, 电话, 电话号码, 電話號碼, 전화번호, 전화,
        رقم الهاتف, الهاتف, هاتف, טלפון, फ़ोन, फोन, โทรศัพท์, เบอร์โทร, เบอร์โทรศัพท์, telefonszám, telefonní číslo,
        telefónne číslo, număr telefon, număr de telefon, nr telefon, τηλέφωνο, αριθμός τηλεφώνου, điện thoại,
        số điện thoại, sđt, telepon, nomor telepon, no telepon, broj telefona, номер телефону, telefonas, tālrunis
        """,
    ),
}
IDENTIFIERS = {target: ", ".join(groups) for target, groups in IDENTIFIER_NAMES.items()}

HELPERS = {
    "source_key": """
        id, user id, userid, uid, uuid, guid, user uuid, pk, primary key, source key, object id, sub, external id, external user id,
        legacy id,
        account id, customer id, client id, kunnr, contact id, member id, person id, record id, row id, cust no, cust id,
        customer no, customer number, member no, member number, account no, account number, user no, user number,
        kundennummer, kundennr, kunden nr, kd nr, kunden id, benutzer id, mitgliedsnummer, mitgliedsnr, nutzer id,
        id client, id utilisateur, identifiant, numéro client, numéro de client, id usuario, id cliente,
        número de cliente, codice cliente, id utente, id do usuário, klantnummer, klant id, müşteri no, müşteri numarası, gebruikers id, kundnummer,
        datensatz id, id d'enregistrement, id de registro, id record, numer klienta, id użytkownika, id пользователя, код клиента, 会員番号, 顧客番号, 用户编号, 用户id, 회원번호
    """,
    "region": """
        country, country code, countrycode, country name, country iso, iso country, iso2, country of residence,
        phone country, phone region, phone country code, dial code, dialing code, dialling code, calling code,
        country calling code, isd code, ländervorwahl, landesvorwahl, indicatif pays, region, nation, nationality country, land, ländercode, länderkürzel, staat,
        country region, land region, pays région, país región, paese area geografica, land regio, kraj region,
        pays, code pays, país, código de país, pais, paese, nazione, stato, landcode, landkode, kraj, страна, 国,
        国名, 国家, 國家, 국가, البلد
    """,
    "order": """
        last login, last login at, last logon, last signed in, last sign in, last seen, last seen at, last active, last activity,
        last visit, last access, last used, last order, updated at, updated, updated on, last updated, last modified,
        modified at, modified, modified on, date modified, changed at, created at, created, created on, date created,
        creation date, registered at, registered, registration date, signup date, signed up, sign up date, joined,
        joined at, join date, date joined, member since, customer since, letzter login, letzte anmeldung,
        zuletzt aktiv, letzte aktivität, geändert am, aktualisiert am, erstellt am, erstelldatum, erstellungsdatum, angelegt am, registriert am, erstellt, angelegt, registriert,
        mitglied seit, kunde seit, dernière connexion, modifié le, créé le, date de création, date d'inscription, inscrit le, inscrite le,
        último acceso, fecha de modificación, fecha de creación, fecha de registro, fecha de alta, ultimo accesso,
        data di creazione, data di registrazione, último login, data de criação, data de cadastro, laatste login,
        aangemaakt op, senaste inloggning, ostatnie logowanie, data utworzenia, последний вход, дата регистрации,
        最終ログイン, 最終ログイン日時, 更新日, 更新日時, 登録日, 登録日時, 作成日, 入会日, 最后登录, 最后登录时间, 更新时间, 注册时间, 注册日期,
        创建时间, 加入时间, 최근 로그인, 최종 로그인, 마지막 로그인, 수정일, 가입일, 가입일자, 가입 일시, 등록일, 등록일자, 생성일
    """,
    "account_state": """
        deleted at, is deleted, banned until, is banned, is blocked, suspended at, is suspended, is disabled, archived at,
        is archived, locked at, is locked, is active, account enabled, status, account status, user status, account state,
        user state, state, lifecycle state
    """,  # names that are no values; all of them: see passage_kit.columns.account_state
}

# Names of a column with the first and the last name together.
BOTH_NAMES = """
    first and last name, first last name, vor und nachname, vor nachname, vorname nachname, vorname und nachname,
    name und vorname, prénom et nom, nom et prénom, nom prénom, nombre y apellido, nombre y apellidos, nome e cognome,
    nome e sobrenome, imię i nazwisko, voor en achternaam, för och efternamn
"""
PEOPLE = {
    "first name": """
        first name, firstname, name first, name given, given name, forename, fname, vorname, prénom, nombre, nome, nombre de pila, primeiro nome,
        voornaam, förnamn, fornavn, etunimi, imię, adı, isim, имя, 名, 名前, 이름
    """,
    "last name": """
        last name, lastname, name last, name family, surname, family name, lname, nachname, familienname, zuname, nom, nom de famille,
        apellido, apellidos, cognome, sobrenome, apelido, achternaam, efternamn, etternavn, efternavn, sukunimi, soyad, soyadı,
        nazwisko, фамилия, 姓, 苗字, 성
    """,
    "name": f"{BOTH_NAMES}, name, full name,  display name, vollständiger name, nom complet, nombre completo, nome completo, naam, ad soyad, adı soyadı, фио, الاسم, الاسم الكامل, 氏名, 姓名, 성명",
    "birth date": """
        birth date, date of birth, dob, birthday, birthdate, born, geburtsdatum, geburtstag, geb datum, geboren,
        date de naissance, fecha de nacimiento, nacimiento, data di nascita, data de nascimento, geboortedatum,
        anniversaire, date d'anniversaire, cumpleaños, fecha de cumpleaños, compleanno, aniversário, data de aniversário,
        födelsedag, fødselsdag, syntymäpäivä, urodziny, день рождения, 誕生日, 生日, 생일,
        födelsedatum, fødselsdato, syntymäaika, data urodzenia, doğum tarihi, дата рождения, 生年月日, 出生日期, 생년월일
    """,
    "created at": """
        created at, created, created on, date created, creation date, creation time, insert instant, registered at,
        registered, registration date, signup date, signed up, joined, joined at, join date, date joined, member since,
        customer since, create date, create time, created time, time created, time joined, reg date, erstellt am, erstelldatum, erstellungsdatum, angelegt am,
        registriert am, erstellt, angelegt, registriert, mitglied seit, kunde seit, créé le, date de création, date d'inscription,
        inscrit le, inscrite le, fecha de creación,
        fecha de registro, fecha de alta, data di creazione, data di registrazione, data de criação, data de cadastro,
        aangemaakt op, data utworzenia, дата регистрации, 登録日, 登録日時, 作成日, 入会日, 注册时间, 注册日期,
        创建时间, 가입일, 가입일자, 등록일, 생성일
    """,
    "updated at": "updated at, updated, last updated, last update instant, modified, last modified, date modified, geändert am, modifié le",
    "last login": "last login, last logon, last sign in, last signed in, last seen, last active, last access, last visit, last login instant, letzter login, dernière connexion",
    "email verified": "email verified, email is verified, verified email, email confirmed, confirmed email, email verification, email address verified, e-mail bestätigt, email vérifié",
    "phone verified": "phone verified, phone is verified, phone number verified, verified phone, phone confirmed, phone verification",
    "blocked": "blocked, is blocked, banned, suspended, disabled, locked, gesperrt, bloqué, bloqueado",
    "username": "username, user name, login, preferred username, nickname, screen name, benutzername, identifiant, usuario, utente",
    "newsletter": """
        newsletter, newsletter opt in, accepts marketing, accepts email marketing, email marketing, opt in, marketing, marketing consent, marketing opt in, subscribed, consent,
        einwilligung, abonné, suscrito, boletín, iscritto, nieuwsbrief, nyhetsbrev, рассылка
    """,
    "company": "company, company name, organization, organisation, employer, firma, unternehmen, entreprise, société, empresa, azienda, ditta, bedrijf, företag, компания, 会社, 公司",
    "city": "city, town, ort, stadt, wohnort, ville, ciudad, città, cidade, plaats, stad, miasto, город, 市, 城市",
    "language": "language, locale, lang, sprache, langue, idioma, lingua, taal, språk, język, язык, 言語, 语言",
    "active": "active, is active, enabled, aktiv, actif, activo, attivo, ativo, actief, активен",
    "plan": "plan, tier, subscription, package, tarif, abo, abonnement, forfait, suscripción, abbonamento, assinatura",
    "role": "role, user role, rolle, rôle, rol, ruolo, papel, funktion",
    "gender": "gender, sex, geschlecht, anrede, sexe, género, sexo, sesso, geslacht, kön, płeć, пол, 性別",
    "postal code": "postal code, zip, zip code, postcode, plz, postleitzahl, code postal, código postal, cap, cep, postnummer",
}  # fmt: skip

# Characters that take no room: byte order mark, zero-width space and joiners, soft hyphen, direction marks.
_INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f]")

# A column with one of these words is about an identifier, not the identifier itself.
ABOUT_IDENTIFIERS = frozenset(
    """
    verified confirmed valid status bounced optin consent hash hashed domain type format fax notification alert
    subscribed preferences allowed sent count template label extension ext carrier password token
    """.split()  # noqa: SIM905 - words read better than a list of strings
)


def tidy_name(name: str) -> str:
    """Trim a column name: no invisible characters, and one space for any white space within.

    Examples
    --------
    >>> tidy_name("\\ufeff E-Mail\\n(private) ")
    'E-Mail (private)'
    """
    return " ".join(_INVISIBLE.sub("", name).split())


@lru_cache(maxsize=8_192)  # a wide list and many fields compare the same names again and again
def name_key(name: str) -> str:
    """Reduce a name to lower-case letters and digits without accents, to compare column names.

    Examples
    --------
    >>> name_key("Correo electrónico"), name_key("E-Mail (privat)")
    ('correoelectronico', 'emailprivat')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in plain if not unicodedata.combining(c)))


@lru_cache(maxsize=8_192)
def name_words(name: str) -> tuple[str, ...]:
    """Split a column name into words, at punctuation and at camelCase humps.

    Examples
    --------
    >>> name_words("emailVerified_at")
    ('email', 'verified', 'at')
    """
    humps = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", name)
    return tuple(name_key(word) for word in re.split(r"[\W_]+", humps) if word)


@cache
def keys_of(names: str) -> tuple[str, ...]:
    """List the keys of a comma-separated list of names, in its order."""
    return tuple(dict.fromkeys(name_key(name) for name in names.split(",")))


@cache
def known_keys() -> frozenset[str]:
    """List the keys of all names that the kit knows for a column."""
    return frozenset(
        key for names in (IDENTIFIERS, HELPERS, PEOPLE) for entry in names.values() for key in keys_of(entry)
    )


# The columns by which a file of the kit is known, whatever else it has.
_OWN_FILES = (
    {"rejected_source_row", "rejected_reasons", "rejected_line"},
    {"source_row", "source_key", "email", "phone", "passage_id", "outcome"},
    {"source_row", "field", "value", "code", "effect", "detail", "other_row", "argument"},
    {"source_row", "source_key", "disposition", "survivor_row", "codes"},
    {"passage_id", "current", "state", "matched_by", "reason", "codes"},
    {"source_key", "email", "phone", "passage_id", "reason"},
)


def is_own_file(names: Iterable[str]) -> bool:
    """Recognize the columns of a file that the kit writes for people.

    Examples
    --------
    >>> is_own_file(["Mail", "rejected_source_row", "rejected_reasons", "rejected_line"]), is_own_file(["Mail"])
    (True, False)
    """
    given = set(names)
    return any(own <= given for own in _OWN_FILES)

"""Dates with the words of other languages, written as in English: months by their names, and signs for year and day.

The words are those of the Unicode CLDR for Czech, Danish, Dutch, Finnish, French, German, Greek, Hungarian, Italian,
Norwegian, Polish, Portuguese, Romanian, Russian, Spanish, Swedish, Turkish and Ukrainian. A word that is another month
in another language is not among them, such as *listopad*: November in Polish, October in Croatian.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_MONTHS = {
    "Jan": """
        ene enero gen gennaio ian ianuarie janeiro januar januari január janv janvier jän jänner led leden ledna oca
        ocak sty styczeń stycznia tammi tammikuu tammikuuta ιαν ιανουάριος ιανουαρίου січ січень січня янв январь
        января
    """,
    "Feb": """
        febbraio febr febrero februar februari februarie február fev fevereiro fevr févr février helmi helmikuu
        helmikuuta lut lutego luty úno únor února şub şubat φεβ φεβρουάριος φεβρουαρίου лют лютий лютого февр
        февраль февраля
    """,
    "Mar": """
        bře březen března maalis maaliskuu maaliskuuta maart marca mars mart martie marts marzec marzo março mrt mrz
        márc március mär märz μάρ μάρτιος μαρ μαρτίου бер березень березня мар март марта
    """,
    "Apr": """
        abr abril aprile aprilie avr avril dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecień kwietnia nis nisan
        ápr április απρ απρίλιος απριλίου апр апрель апреля квіт квітень квітня
    """,
    "May": """
        kvě květen května mag maggio mai maio maj maja mayo mayıs mei máj május touko toukokuu toukokuuta μάι μάιος
        μαΐ μαΐου май мая трав травень травня
    """,
    "Jun": """
        cze czerwca czerwiec giu giugno haz haziran iun iunie juin junho juni junio jún június kesä kesäkuu
        kesäkuuta červen června čvn ιουν ιουνίου ιούν ιούνιος июн июнь июня черв червень червня
    """,
    "Jul": """
        heinä heinäkuu heinäkuuta iul iulie juil juillet julho juli julio júl július lipca lipiec lug luglio tem
        temmuz července červenec čvc ιουλ ιουλίου ιούλ ιούλιος июл июль июля лип липень липня
    """,
    "Aug": """
        ago agosto aout août augusti augustus augusztus ağu ağustos elo elokuu elokuuta sie sierpień sierpnia srpen
        srpna αυγ αυγούστου αύγ αύγουστος авг август августа серп серпень серпня
    """,
    "Sep": """
        eyl eylül septembre septembrie septiembre set setembro settembre syys syyskuu syyskuuta szept szeptember wrz
        wrzesień września zář září σεπ σεπτέμβριος σεπτεμβρίου вер вересень вересня сент сентябрь сентября
    """,
    "Oct": """
        eki ekim loka lokakuu lokakuuta octobre octombrie octubre okt oktober október ott ottobre out outubro paź
        październik października říj říjen října οκτ οκτωβρίου οκτώβριος жовт жовтень жовтня окт октябрь октября
    """,
    "Nov": """
        kas kasım listopadu marras marraskuu marraskuuta noiembrie novembre novembro noviembre νοέ νοέμβριος νοε
        νοεμβρίου лист листопад листопада нояб ноябрь ноября
    """,
    "Dec": """
        ara aralık decembrie des desember dez dezember dezembro dic dicembre diciembre déc décembre gru grudnia
        grudzień joulu joulukuu joulukuuta pro prosince prosinec δεκ δεκέμβριος δεκεμβρίου груд грудень грудня дек
        декабрь декабря
    """,
}
_WEEKDAYS = """
    cmt cs csütörtök cum cuma cumartesi czw czwartek di dienstag dim dimanche dinsdag do dom domenica domingo
    donderdag donnerstag dum duminică fr fre fredag freitag gio giovedì h hétfő jeu jeudi joi jue jueves k ke kedd
    keskiviikko keskiviikkona la lauantai lauantaina lun lundi lunedì lunes luni lör lördag lør lørdag ma maanantai
    maanantaina maandag man mandag mar mardi martedì martes marți mer mercoledì mercredi mi mie miercuri mittwoch
    mié miércoles mo montag mån måndag ne neděle niedz niedziela ons onsdag p paz pazar pazartesi pe per perjantai
    perjantaina perşembe piątek po pon pondělí poniedziałek pt pzt pá pátek péntek qua quarta-feira qui quinta-feira
    sa sab sabato sal salı sam samedi samstag seg segunda-feira sex sexta-feira so sob sobota sonntag st středa su
    sunnuntai sze szerda szo szombat sáb sábado sâm sâmbătă sön söndag søn søndag ter terça-feira ti tiistai
    tiistaina tir tirs tirsdag tis tisdag to tor tors torsdag torstai torstaina v vasárnap ven vendredi venerdì vie
    viernes vin vineri vr vrijdag wo woensdag wt wtorek za zaterdag zo zondag çar çarşamba út úterý čt čtvrtek śr
    środa δευ δευτέρα κυρ κυριακή πέμ πέμπτη παρ παρασκευή σάβ σάββατο τετ τετάρτη τρί τρίτη воскресенье вс вт
    вторник вівторок нд неділя пʼятниця пн понедельник понеділок пт пятница сб середа ср среда суббота субота четвер
    четверг чт
"""


def _any_of(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


# Letters of all scripts end a word: RE2 knows \b for ASCII alone.
_PATTERNS = {month: rf"(?i)(^|[^\pL])(?:{_any_of(words)})([^\pL]|$)" for month, words in _MONTHS.items()}
_FOREIGN = rf"(?i)(?:^|[^\pL])(?:{_any_of(' '.join(_MONTHS.values()) + _WEEKDAYS)}|de|del)(?:[^\pL]|$)"
_SIGNS = (
    r"^(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]?"
    r"(?: ?[月火水木金土日]曜日| ?[월화수목금토일]요일| ?星期[一二三四五六日天]| ?\([月火水木金土日월화수목금토일]\))?"
)
_TIDIED = (
    (rf"(?i)^(?:{_any_of(_WEEKDAYS)})[.,]{{0,2}} (?:den )?(\d{{1,2}}\D{{0,6}}\pL{{3}})", r"\1"),
    (rf"(?i)(\D\d{{1,2}}|\d{{4}})[.,]{{0,2}} (?:{_any_of(_WEEKDAYS)})$", r"\1"),
    (r"(?i)^(\d{1,2})(?:er|º|°|ª|\.)?[ .]*(?:de |di |d')?(\pL{3})", r"\1 \2"),
    (r"(?i)(\pL{3})\.?,?(?: de | del )(\d)", r"\1 \2"),
    (r"(\d{4}) ?(?:г|р)\.?", r"\1"),
    (r"(?i)(\d),? (?:à|um|kl\.?|klo|alle|a las|às|om|ore|в|о) (\d{1,2}:\d\d)", r"\1 \2"),
    (r"(?i)(:\d\d) (?:uhr|h|hrs?\.?)$", r"\1"),
)


def in_english(plain: pa.Array) -> pa.Array:
    """Write the dates among texts as in English; other texts stay.

    Parameters
    ----------
    plain : pyarrow.Array
        Texts with single spaces, as of :func:`passage_kit.metadata.date_parts.plain_text`.

    Returns
    -------
    pyarrow.Array
        As many texts.

    Examples
    --------
    >>> in_english(pa.array(["5. März 2024", "1er août 2024", "5 de marzo de 2024", "2024年3月5日"])).to_pylist()
    ['5 Mar 2024', '1 Aug 2024', '5 Mar 2024', '2024-3-5']
    """
    if not len(plain):
        return plain
    signed = pc.match_substring_regex(plain, _SIGNS)
    named = pc.match_substring_regex(plain, _FOREIGN)
    if pc.any(signed).as_py():
        plain = pc.replace_substring_regex(plain, _SIGNS, r"\1-\2-\3")
    if not pc.any(named).as_py():
        return plain
    texts = plain.filter(named)
    for month, pattern in _PATTERNS.items():
        texts = pc.replace_substring_regex(texts, pattern, rf"\1{month}\2")
    for pattern, tidied in _TIDIED:
        texts = pc.replace_substring_regex(texts, pattern, tidied)
    return pc.replace_with_mask(plain, named, texts)

"""Evidence for the encoding of a text that is not UTF-8: in which encodings its words are words.

Bytes alone rarely tell encodings apart, since nearly all are valid in several. But words have one script, capitals at
their beginning, the accents of one language, and vowels between their consonants. Words of few encodings only are such.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

WESTERN = "cp1252"
# What spreadsheets and databases write in other countries, and the Macintosh and DOS wrote; the strictest first.
ENCODINGS = {
    "cp932": "Japanese",
    "cp949": "Korean",
    "gbk": "Chinese",
    "big5": "traditional Chinese",
    "euc_jp": "Japanese, Unix",
    "cp1254": "Turkish",
    "cp1250": "Central European",
    "iso8859_2": "Central European, ISO",
    "cp1257": "Baltic",
    "cp1251": "Cyrillic",
    "koi8_r": "Cyrillic, Unix",
    "cp866": "Cyrillic, DOS",
    "cp1253": "Greek",
    "cp1255": "Hebrew",
    "cp1256": "Arabic",
    "cp874": "Thai",
    "mac_roman": "Macintosh",
    "cp850": "DOS",
    "cp852": "Central European, DOS",
    WESTERN: "Western European",
}
_MOST_TOKENS, _POSITIONS, _WINDOW = 2_000, 10_000, 200
_MOST = 4  # encodings in a message
_SHOWN, _LONGEST = 3, 20  # words of each, and letters of a word
_LIKELY = 0.6  # share of the words that are words in an encoding that comes into question
_CLEAR = 0.1  # share of the words by which one language beats all languages of another encoding
_NEARLY_ALL = 0.95  # share of the words of a list that is in one language
_RARE = 0.02  # share of the words that may be read in another way without a question
_SEPARATOR = re.compile(rb"[\s,;\"\x00]")
_LIKE_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Letters outside ASCII of each language that these encodings are for, small ones.
_ALPHABETS = [
    *map(
        frozenset,
        (
            "áéíóúñüïçàòèª", "àâæçéèêëîïôœùûüÿ", "àèéìíîòóùú", "áâãàçéêíóôõúüºª", "äöüß", "åäöéü", "åæøéäöóòâêèü",
            "áéíóúýþæöðá", "äõöüšž", "áéíóú", "ëéèïöüáóíêçâîû", "àéèíòóúïüç·", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž",
            "ąćęłńóśźż", "áéíóöőúüű", "ăâîșțşţ", "čćđšžäöü", "çğıöşüâîûi̇", "ąčęėįšųūž", "āčēģīķļņšūž",
            "ëç", "äöüéèàç", "āēīōū",
        ),
    )
]  # fmt: skip
_VOWELS = frozenset("aeiouyáàâãäåæéèêëíìîïóòôõöøœúùûüýÿąęěėēāīūųįőűůăıōi")
# What no word has, by the kind of writing.
_IN_NO_WORD = {
    "a capital within a word": r"[a-zß-öø-ÿ][A-ZÀ-ÖØ-ÞŠŽŸŒŁŚŹŻČŘĐĄĆĘĚĎŇŃŐŰŮŤĽĹŔĂŢŞĞ](?![A-ZÀ-ÖØ-Þ])"
    r"|^[A-Z][À-ÖØ-ÞŠŽŸŒ](?=[a-zß-öø-ÿ])",
    "a sign amid letters": r"[¡¢£¤¥¦§¨©¬¯±²³´µ¶¸¹»¼½¾¿×÷†‡‰‹›ˆ˜•–—…„“”‚‘](?=[a-zà-öø-ÿ])"
    r"|(?<=[a-zà-öø-ÿ]{2})[¡¢£¤¥¦§¨©¬¯±¶¸¹¼¾¿×÷†‡‰ˆ˜•](?=[a-z]|$)|[a-z]{2}[–—‚„“”‘][a-z]|[a-z]{2}’(?!s$|t$)[a-zß-ÿ]"
    r"|[^\W\d_\x00-\x7f][°§¶¤¦¬±µ·×÷¸¹¼½¾]"
    r"|(?<=[^\W\d_])(?:[«»°№„“”¢£¤¥](?=[^\W\d_])|[‰†‡])|[ªº][a-z]",
    "a dot that is not Catalan": r"(?<=[^\W\d_])·(?![lL])(?=[^\W\d_])|(?<![lL\W\d_])·(?=[^\W\d_])",
    "a space that is a letter": r"(?<![^\W\d_])[B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]+\xa0[a-z]"
    r"|[a-z]\xa0[b-df-hj-np-tv-z]+(?![^\W\d_])",
    "a letter of the end within a word, Greek and Hebrew": r"ς(?=\w)|[ךםןףץ](?=\w)",
}
# Letters that never stand so in the language that has them: what is read is another language's.
_NOT_IN = {
    "Polish": r"ń[aeiouyó]",
    "Romanian": r"ă[oe]|ît[io]|îk",
    "Hungarian": r"őe",
    "Portuguese": r"ã(?![oe]|s?$)[a-zà-ÿ]|(?:ic|ar)ã$|[zy]õ|õ$|[bcdfghjklmnpqrtvwx]{2}õ(?!e)|õf",
    "Turkish": r"^[Ğğ]|[bcdfghjklmnpqrstvwxz]ğ",
    "Spanish": r"ñ[skz]|ñ$",
    "Slovak": r"[aeiou]ŕ|ŕ$",
    "French": r"^[Œœ][wlmrkz]|[aeiouyé]œ|œ[ckjw]|zû|dûs|ûra|ù[a-zà-ÿ]|ê[dgk]|êc(?!h)|zê"
    r"|è[aeiouáéíóúýk]|[aáíý]è|èsk|ë[jn]a|[^\W\d_aeiouáéíóúàè]ë$",
    "Italian": r"ì[a-zà-ÿ]|[aeouáéíóúì]ò",
    "Danish": r"^[Ææ][wz]|[dtp]øe[a-z]|ø[áíěý]|[aeoáéí]ø[aeiouáíě]",
    "Icelandic": r"^Ð|ðt",
    "none": r"[a-z]{3}³$",  # a number behind a word, which is ł of Polish
}
_NO_WORD = re.compile("|".join((*_IN_NO_WORD.values(), *_NOT_IN.values())))
# Letters of Polish and Croatian that Baltic languages do not have; their lists are not written in this encoding.
_NOT_BALTIC = frozenset("ćń")
# A letter outside ASCII amid those of ASCII, of which encodings with two bytes a sign make one with the next letter.
_ONE_LETTER = re.compile(rb"[A-Za-z]+[\x80-\xff][A-Za-z]+")
# Signs outside ASCII beside words; what other signs there are come from a wrong encoding.
_SIGNS = frozenset("\xa0’‘“”„‚«»‹›–—…•·°®©™€£¥¢§ªº¿¡²³¹½¼¾´¨¸±×÷µ¤¦¬¶†‡‰„\u200b№")
_VOWEL_MARK = re.compile(r"(?<=[\u0621-\u064a])[\u064b-\u0652](?![A-Za-z])")  # of Arabic
_THAI = re.compile("(?:[เแโใไ]?[ก-ฮ][ัิ-ฺ]?[็-๎]?[ะาำๅๆฯ]?)+")
_MULTI_BYTE = {
    "cp932": (r"[\u3040-\u30ff]", re.compile(rb"[\x81-\x83\x88-\x98]")),
    "euc_jp": (r"[\u3040-\u30ff]", re.compile(rb"[\xa4\xa5\xb0-\xcf]")),
    "cp949": (r"[\uac00-\ud7a3]", re.compile(rb"[\xb0-\xc8]")),
    "gbk": (r"[\u4e00-\u9fff]", re.compile(rb"[\xb0-\xd7]")),
    "big5": (r"[\u4e00-\u9fff]", re.compile(rb"[\xa4-\xc6]")),
}
_HAN = "HAN"
_EAST = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "HALFWIDTH", "IDEOGRAPHIC"})


class LikelyEncoding(NamedTuple):
    """An encoding that comes into question, the share of the words that are words in it, and some of these."""

    encoding: str
    share: float
    words: tuple[str, ...]

    def __str__(self) -> str:
        """Write it for a person."""
        return f"{self.encoding!r} ({ENCODINGS[self.encoding]}: {', '.join(self.words)})"


def likely_encodings(data: bytes) -> list[LikelyEncoding]:
    """List the encodings that come into question for a text that is not UTF-8, the likeliest first.

    A bounded sample of the words with letters outside ASCII is looked at. The first one is certain if it is alone.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    list of LikelyEncoding
        Windows-1252 is the last one if its words are none; it is there whenever the text can be read so. Empty if the
        words are words in no encoding.

    Examples
    --------
    >>> [found.encoding for found in likely_encodings("Hélène, Zoë, Müller".encode("cp1252"))]
    ['cp1252']
    >>> print(*likely_encodings("Ayşe Yılmaz".encode("cp1254")))
    'cp1254' (Turkish: Ayşe, Yılmaz) 'cp1252' (Western European: Ayþe, Yýlmaz)
    """
    tokens = [token for token in _tokens(data) if not _is_sign(token)]
    if not tokens:
        return [LikelyEncoding(WESTERN, 1.0, ())]
    judged = {encoding: [_judged(token, encoding) for token in tokens] for encoding in ENCODINGS}
    western = judged[WESTERN]
    found = []
    for encoding, read in judged.items():
        share = sum(word.fits for word in read) / len(tokens)
        if share >= _LIKELY and (encoding == WESTERN or _contends(read, western, encoding)):
            found.append(LikelyEncoding(encoding, share, _shown([word for word in read if word.fits])))
    same: dict[tuple[str, ...], LikelyEncoding] = {}
    for each in found:  # of encodings that give the same words, one is enough
        same.setdefault(tuple(word.text for word in judged[each.encoding]), each)
    likely = sorted(same.values(), key=lambda each: -round(each.share, 1))[:_MOST]
    if any(each.encoding == WESTERN for each in likely) or not all(word.text for word in western):
        return likely
    return [*likely, LikelyEncoding(WESTERN, 0.0, _shown(western))] if likely else []


class _JudgedWord(NamedTuple):
    text: str
    fits: bool


def _shown(words: Sequence[_JudgedWord]) -> tuple[str, ...]:
    """Choose some words to show: no addresses, and none with digits."""
    texts = [word.text for word in words if not word.text.isascii()]
    plain = [text for text in texts if "@" not in text and not re.search(r"\d", text)]
    return tuple(dict.fromkeys(text[:_LONGEST] for text in plain))[:_SHOWN]


def _contends(read: Sequence[_JudgedWord], western: Sequence[_JudgedWord], encoding: str) -> bool:
    """Tell whether words that differ from those of Windows-1252 are words rather in another encoding."""
    pairs = [(one, other) for one, other in zip(read, western, strict=True) if one.text != other.text]
    if not pairs or len(pairs) < _RARE * len(read):
        return False
    gain = _in_one_language(read) - _in_one_language(western)
    if gain < -_CLEAR:
        return False
    votes = [one.fits - other.fits or (one.fits and _smoother(one.text, other.text)) for one, other in pairs]
    ours, theirs = (sum(vote == sign for vote in votes) for sign in (1, -1))
    if encoding == "cp1254":  # its six letters of Turkish are Icelandic in Windows-1252: many more write Turkish
        return len(votes) - theirs > theirs
    is_western = sum(word.fits for word in western) >= _LIKELY * len(western)
    is_one = gain > 0 and _in_one_language(read) > _NEARLY_ALL
    return ours > theirs or (ours == theirs and (is_one or not is_western))


def _in_one_language(read: Sequence[_JudgedWord]) -> float:
    """Compute the share of the words that the language that has most of them has; another script is one language."""
    accents = Counter(
        frozenset(letter for letter in word.text.lower() if letter.isalpha() and not letter.isascii())
        for word in read
        if word.fits
    )
    most = max(sum(n for letters, n in accents.items() if letters <= alphabet) for alphabet in _ALPHABETS)
    other = sum(n for letters, n in accents.items() if any(_script(letter) != "LATIN" for letter in letters))
    return max(most, other) / len(read)


def _smoother(one: str, other: str) -> int:
    """Tell which of two readings of a word has vowels between consonants: 1 for the first, -1 for the other."""
    return int(np.sign(_roughness(other) - _roughness(one)))


def _roughness(text: str) -> int:
    kinds = [letter in _VOWELS for letter in text.lower() if letter.isalpha()]
    return sum(one == other for one, other in pairwise(kinds))


def _tokens(data: bytes) -> list[bytes]:
    """Find different words with bytes outside ASCII, whole ones between separators, from all of the text."""
    places = np.flatnonzero(np.frombuffer(data, np.uint8) > 127)
    if len(places) > 2 * _POSITIONS:
        places = np.concatenate([places[:_POSITIONS], places[:: len(places) // _POSITIONS]])
    found: dict[bytes, None] = {}
    passed = -1
    for place in sorted(places.tolist()):
        if place < passed:
            continue
        start, stop = max(0, place - _WINDOW), min(len(data), place + _WINDOW)
        before = [match.end() for match in _SEPARATOR.finditer(data, start, place)]
        after = _SEPARATOR.search(data, place, stop)
        if (not before and start) or (after is None and stop < len(data)):
            continue
        passed = after.start() if after else stop
        token = data[before[-1] if before else start : passed]
        if not _is_utf8(token):
            found[token] = None
        if len(found) == _MOST_TOKENS:
            break
    return [*found]


def _is_sign(token: bytes) -> bool:
    """Tell whether a word has signs of Windows-1252 beside ASCII letters and digits, so that nothing is spelt by it."""
    text = token.decode(WESTERN, "replace")
    return all(letter.isascii() or letter in _SIGNS for letter in text) and not _NO_WORD.search(text)


def _is_utf8(token: bytes) -> bool:
    try:
        token.decode()
    except UnicodeDecodeError:
        return False
    return True


def _judged(token: bytes, encoding: str) -> _JudgedWord:
    if encoding == WESTERN and re.search(rb"[A-Za-z]", rest := _LIKE_UTF8.sub(b"", token)):
        token = rest  # some of a line may be UTF-8
    try:
        text = token.decode(encoding)
    except UnicodeDecodeError:
        return _JudgedWord("", fits=False)
    if encoding in _MULTI_BYTE and not text.isascii():
        return _JudgedWord(text.strip("|:/"), _is_common(token, text, encoding))
    if encoding == "cp1257" and not _NOT_BALTIC.isdisjoint(text.lower()):
        return _JudgedWord(text.strip("|:/()."), fits=False)
    return _JudgedWord(text.strip("|:/()."), _is_word(text))


def _is_common(token: bytes, text: str, encoding: str) -> bool:
    """Tell whether signs of East Asia are common ones of an encoding, and stand in no Latin word."""
    own, leads = _MULTI_BYTE[encoding]
    wide = [letter for letter in text if not letter.isascii()]
    if any(_script(letter) not in _EAST for letter in wide if letter.isalpha()) or re.search(
        r"[A-Za-z][^\x00-\x7f][A-Za-z]", text
    ):
        return False
    if _ONE_LETTER.fullmatch(token.strip(b"|:/().")):
        return False
    if encoding == "cp932" and all("\uff61" <= letter <= "\uff9f" for letter in wide):
        return len(wide) > 2  # half-width kana: any byte from A1 to DF is one
    common = sum(bool(leads.match(letter.encode(encoding))) for letter in wide)
    return common >= 0.7 * len(wide) and (encoding != "cp949" or bool(re.search(own, text)))


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "NONE").partition(" ")[0].partition("-")[0]


def _is_word(text: str) -> bool:
    """Tell whether a text looks like words of one language, or like a sign beside some."""
    if _NO_WORD.search(text):
        return False
    if any(_script(letter) == "THAI" for letter in text):
        return _THAI.fullmatch(text) is not None
    plain = _VOWEL_MARK.sub("", text)
    if not all(letter.isascii() or letter.isalpha() or letter in _SIGNS for letter in plain):
        return False
    return all(_of_one_language(word) for word in _LETTERS.findall(plain) if not word.isascii())


def _of_one_language(word: str) -> bool:
    letters = word.replace("'", "").replace("’", "")
    scripts = {_script(letter) for letter in letters}
    if scripts - {"LATIN", "FEMININE", "MASCULINE", "MICRO"}:
        if len(scripts) > 1:
            return False
        small = word[1:] == word[1:].lower() or word == word.upper()
        return small and (scripts & {"CYRILLIC", "GREEK", "HEBREW", "ARABIC"} != set()) and _has_shape(word)
    if len(letters) > 2 and not any(letter.isascii() for letter in letters):
        return False
    accents = {letter for letter in letters.lower() if not letter.isascii()}
    return any(accents <= alphabet for alphabet in _ALPHABETS)


def _has_shape(word: str) -> bool:
    """Tell whether a word in Cyrillic or Greek has a vowel, and letters that are in use."""
    if _script(word[0]) == "CYRILLIC":
        usual = set("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў")
        return set(word.lower()) <= usual and (len(word) < 3 or bool(set(word.lower()) & set("аеиоуыэюяёіїє")))
    if _script(word[0]) == "GREEK":
        return len(word) < 3 or bool(set(unicodedata.normalize("NFD", word.lower())) & set("αεηιουω"))
    return True

"""Evidence for an encoding: words of Western Europe are sure, and no others pass for them."""

import time

import pytest

from passage_kit.reading.likely_encodings import likely_encodings

WESTERN = {
    "French": "Hélène Lefèvre Benoît Jérôme Loïc Anaïs Zoé François Geneviève Sœur Noël",
    "two of French": "Loïc Anaïs",
    "German": "Müller Groß Jürgen Köln Straße Ärzte ÜBER",
    "Spanish": "María García Muñoz Peña Núñez Ibáñez Rodríguez José",
    "one of Spanish": "Muñoz",
    "Portuguese": "João Conceição Simões Guimarães São Falcão Gonçalves",
    "Italian": "Nicolò Cantù Forlì Libertà Perché",
    "Danish": "Søren Jørgensen Åse Håkon Æbelø Ærø Øystein",
    "Swedish": "Åsa Öberg Märta Göran Sjöström",
    "Icelandic": "Guðrún Sigurður Þórður Björk Páll Ólafur Þorsteinn Eyþór",
    "Dutch": "Zoë Daniël Coëlho Renée Desirée",
    "one": "Zoë",
    "signs": "5° ½ £12 Acme® ¿Qué? «Ann» m³ Nº3 Mª café – naïve it’s O’Brien",
    **{word: word for word in ("João", "Cláudia", "Raúl", "Güell", "Sœur", "Seán", "Pää", "Adrià", "Col·lell")},
    **{word: word for word in ("JOÃO", "LUÍS", "CONCEIÇÃO", "FRANÇOIS", "GONÇALVES")},
    "Estonian and Russian of Estonia": "Jõgi Kärner Tõnu Võsu Krõlov Žukov Jüri Põld Nõmm Männik",
    "Norwegian of many ø": "Bøe Søiland Ellenvåg Rønning Løkka Høie Øystein Næss",
    "Icelandic of many ð and þ": "Sýrusdóttir Þjóstólfsson Arnheiður Bjargþór Þröstsson Móheiður",
    "French of ù, è and û": "Bruyère Giguère Lefèvre Benoît Sœur Côte Août",
    "capitals": "ANDRÉ ÉAMON GROẞ".replace("ẞ", "ß") + " MÜLLER NÚÑEZ FRANÇOIS",
}
OTHERS = {
    "Turkish": ("cp1254", "Ayşe Yılmaz Şükrü Çelik Gökçe Öztürk İbrahim Doğan"),
    "one of Turkish": ("cp1254", "Yılmaz"),
    "ISO Turkish": ("iso8859_9", "Gülşen Öztürk"),
    "Czech": ("cp1250", "Dvořák Jiří Černý Tomáš Novotný Němec Kovář Šárka Růžička"),
    "Polish": ("cp1250", "Wałęsa Świątek Łukasz Kowalczyk Gołębiewski Małgorzata"),
    "Polish of the first letters": ("cp1250", "Święty Ćwik Śląski Ćwiertnia"),
    "Polish with a word of accents": ("cp1250", "Józef Gołąb Łukasz Żółć Święty Ćwik"),
    "ISO Polish": ("iso8859_2", "Wałęsa Świątek Łukasz Kowalczyk Gołębiewski Małgorzata"),
    "Hungarian": ("cp1250", "Erdős Szűcs Győri László Nagy Ernő Kovács"),
    "Hungarian with one word of its own": ("cp1250", "Szűcs Nagy Tóth"),
    "Hungarian with few words of its own": (
        "cp1250",
        "Biró Viktória Hegedüs Tóth Németh Enikő Szűcs Gergő Jenő Király",
    ),
    "Hungarian of DOS": ("cp852", "István Molnár Szűcs Gergő"),
    "Czech of DOS": ("cp852", "Dvořák Jiří Matoušková"),
    "one of Czech": ("cp1250", "Ondřej"),
    "one of Slovene": ("cp1250", "Tavčar"),
    "Croatian": ("cp1250", "Kovačić Đorđe Petrović Šimić Žarko"),
    "Romanian": ("cp1250", "Ştefan Ţurcanu Mihăilă Brăila"),
    "Lithuanian": ("cp1257", "Šimkutė Žukauskas Jonaitytė Čepaitis"),
    "Russian": ("cp1251", "Иван Петров Александр Ольга Щербаков"),
    "short Russian": ("cp1251", "Ян Ли Ия"),
    "Russian of Unix": ("koi8_r", "Иван Петров Александр Ольга"),
    "Russian of DOS": ("cp866", "Иван Петров Александр Ольга"),
    "Greek": ("cp1253", "Γιώργος Παπαδόπουλος Νίκος"),
    "Hebrew": ("cp1255", "דוד כהן"),
    "Arabic with vowels": ("cp1256", "الدّين عبّاس مُناضل عبّود"),
    "Arabic": ("cp1256", "محمد علي"),
    "Japanese": ("cp932", "山田 太郎 鈴木 花子"),
    "Japanese in one word": ("cp932", "山田太郎"),
    "Japanese kana": ("cp932", "ヤマダ タロウ"),
    "narrow Japanese": ("cp932", "ﾔﾏﾀﾞ ﾀﾛｳ"),
    "Japanese of Unix": ("euc_jp", "山田 太郎 鈴木 花子"),
    "Chinese": ("gbk", "张伟 王芳 李娜"),
    "one of Chinese": ("gbk", "张伟"),
    "traditional Chinese": ("big5", "張偉 陳怡君 林志明"),
    "Korean": ("cp949", "김철수 이영희 박지성"),
    "Macintosh French": ("mac_roman", "Hélène Lefèvre Benoît Jérôme Zoé"),
    "Macintosh Spanish": ("mac_roman", "María García Muñoz Peña Núñez"),
    "Macintosh German": ("mac_roman", "Müller Groß Jürgen Köln"),
    "DOS German": ("cp850", "Müller Groß Jürgen Köln"),
}


def rows(words, encoding):
    lines = [f"{number},{word},user{number}@example.org" for number, word in enumerate(words.split())]
    return "\n".join(["id,name,mail", *lines]).encode(encoding)


@pytest.mark.parametrize("words", WESTERN.values(), ids=WESTERN)
def test_words_of_western_europe_are_sure(words):
    assert [found.encoding for found in likely_encodings(rows(words, "cp1252"))] == ["cp1252"]


@pytest.mark.parametrize(("encoding", "words"), OTHERS.values(), ids=OTHERS)
def test_words_of_others_are_a_question_with_them_among_the_answers(encoding, words):
    found = likely_encodings(rows(words, encoding))
    assert [each.encoding for each in found] != ["cp1252"]
    assert {"iso8859_9": "cp1254"}.get(encoding, encoding) in {each.encoding for each in found}
    shown = {word for each in found for word in each.words}
    assert shown & set(words.split())
    assert not any("@" in word or any(map(str.isdecimal, word)) for word in shown)


def test_one_odd_name_among_many_of_western_europe_asks_nothing():
    words = " ".join(f"Müller{chr(97 + one)}{chr(97 + other)}" for one in range(20) for other in range(5))
    assert [found.encoding for found in likely_encodings(rows(f"{words} Þorsteinn", "cp1252"))] == ["cp1252"]


def test_text_without_words_to_judge_is_taken_as_before():
    for data in (b"x" * 400_000 + b"\xeb", "José".encode(), b"5\xb0"):
        assert [found.encoding for found in likely_encodings(data)] == ["cp1252"]


@pytest.mark.slow
def test_a_large_list_is_judged_by_a_sample():
    data = rows(" ".join(f"Müller{number}ö" for number in range(200_000)), "cp1252")
    before = time.process_time()
    likely_encodings(data)
    assert time.process_time() - before < 3  # of tenths of a second; all words would take many

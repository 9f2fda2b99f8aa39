"""Names and countries of the made-up customers of the sample data."""

# ruff: noqa: E501, SIM905 - tables of words read best as words

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """A country of the old shop's customers.

    ``patterns`` are numbers without country code and trunk prefix, ``#`` any digit. Where a country keeps numbers for
    fiction that count as valid (US, CA, DE, SE, AU), they are these; else they vary the last digits of the number that
    Google's phonenumbers library gives as its example.
    """

    weight: int
    names: str
    code: str
    trunk: str
    spellings: tuple[str, ...]
    patterns: tuple[str, ...]


_US_AREAS = "201 206 212 213 303 305 312 404 415 503 512 602 617 702 713 801 919".split()
_AU_DRAMA = "156 157 158 159 110 313 737".split()

COUNTRIES = {
    "US": Country(38, "english", "1", "", ("US", "US", "US", "United States", "USA", "usa"),
                  tuple(f"{area} 555 01##" for area in _US_AREAS)),
    "CA": Country(5, "english", "1", "", ("CA", "Canada"), ("416 555 01##", "604 555 01##", "514 555 01##")),
    "GB": Country(12, "english", "44", "0", ("GB", "United Kingdom", "UK", "Great Britain"), ("7400 123###",)),
    "AU": Country(2, "english", "61", "0", ("AU", "Australia"), (*(f"491 570 {end}" for end in _AU_DRAMA),
                  "491 571 266", "491 571 491", "491 571 804", "491 572 549", "491 572 665", "491 572 983", "491 573 770",
                  "491 573 087", "491 574 118", "491 574 632", "491 575 254", "491 575 789", "491 576 398", "491 576 801",
                  "491 577 426", "491 577 644", "491 578 957", "491 578 148", "491 578 888", "491 579 212", "491 579 760",
                  "491 579 455", "412 345 ###")),
    "DE": Country(14, "german", "49", "0", ("DE", "Deutschland", "Germany"), ("171 39200##", "176 040690##", "151 23456###")),
    "AT": Country(2, "german", "43", "0", ("AT", "Österreich"), ("664 123###",)),
    "CH": Country(2, "german", "41", "0", ("CH", "Schweiz", "Suisse"), ("78 123 4# ##",)),
    "FR": Country(7, "french", "33", "0", ("FR", "France"), ("6 12 34 5# ##",)),
    "ES": Country(5, "spanish", "34", "", ("ES", "España", "Spain"), ("612 34 5# ##",)),
    "BR": Country(3, "spanish", "55", "", ("BR", "Brasil"), ("11 96123 4###",)),
    "IT": Country(3, "italian", "39", "", ("IT", "Italia", "Italy"), ("312 345 6###",)),
    "NL": Country(3, "nordic", "31", "0", ("NL", "Nederland"), ("6 1234 5###",)),
    "SE": Country(3, "nordic", "46", "0", ("SE", "Sverige"), ("70 174 06 1#", "70 174 06 2#", "70 174 06 3#", "70 174 06 4#")),
    "PL": Country(2, "polish", "48", "", ("PL", "Polska"), ("512 345 ###",)),
    "IN": Country(3, "indian", "91", "0", ("IN", "India", "भारत"), ("81234 56###",)),
    "JP": Country(1, "japanese", "81", "0", ("JP", "日本", "Japan"), ("90 1234 5###",)),
}  # fmt: skip

GIVEN_NAMES = {
    "english": "Ada Alfie Amelia Ben Carla Chloe Dexter Ella Ethan Flora Grace Harvey Iris Jack June Kit Leo Maeve Mason Nina "
               "Oscar Penny Quinn Ruby Sam Tess Uma Victor Wren Zoe Siân Aoife".split(),
    "german": "Anke Björn Carsten Dörte Emil Franziska Götz Heike Ingo Jürgen Käthe Lars Mareike Niklas Ole Petra Ralf Sönke "
              "Tanja Uwe Wiebke".split(),
    "french": "Amélie Benoît Céline Didier Éloïse François Gaëlle Hugo Inès Jérôme Léa Maël Noémie Océane Raphaël Zoé".split(),
    "spanish": "Álvaro Begoña Carmen Diego Inés José Lucía Martín Nuria Óscar Pilar Raúl Sofía Tomás João Conceição".split(),
    "italian": "Alessia Bruno Chiara Dario Elisa Fabio Giulia Luca Marta Niccolò Paola Tommaso".split(),
    "nordic": "Åsa Björk Daan Eline Freja Gijs Håkan Ingrid Jørgen Karin Lotte Mats Sanne Søren Tuva Willem".split(),
    "polish": "Agnieszka Bartosz Jadwiga Łukasz Małgorzata Paweł Wojciech Zofia".split(),
    "indian": "Aarav Bhavna Chetan Deepa Ishaan Kavya Lakshmi Neha Rohan Sanjay Vikram राहुल".split(),
    "japanese": "Haruka Kenji Mei Ren Sakura Yūto 健太 さくら".split(),
}  # fmt: skip

FAMILY_NAMES = {
    "english": "Abbott Barnes Calloway Dunmore Eastwick Fairley Greenaway Hartnell Inglewood Jessop Kingsley Lockhart Marlowe "
               "Norwood Oakes Pemberton Quincey Redfern Sutcliffe Thackeray Underhill Vance Whitlock Yardley O'Dell "
               "Smythe-Brown MacTavish".split(),
    "german": "Ackermann Bäcker Dümmler Eichhorn Faßbender Größmann Hölzl Jäger Köhler Lüdtke Möller Nußbaum Pfeiffer Rößler "
              "Schäfer Teichmüller Überall Weiß Zöllner".split(),
    "french": "Archambault Bélanger Chênevert Deschamps Fournier Gagné Lefèvre Moreau Pâquet Rousselle Saint-Clair Thibault".split(),
    "spanish": "Alarcón Bermúdez Cordero Domínguez Fuentes Ibáñez Lozano Muñoz Peña Quiroga Sepúlveda Vázquez Araújo".split(),
    "italian": "Bellucci Carbone D'Angelo Esposito Ferrante Lombardi Moretti Pellegrino Santoro Vitale".split(),
    "nordic": "Ångström Bergqvist Dahl Eriksen Grønvold Hoekstra Jansen Lindqvist Nygård Sjöberg Vermeer Østergaard".split(),
    "polish": "Dąbrowski Jabłoński Kowalczyk Łukasik Szczęsny Wiśniewska Żuraw".split(),
    "indian": "Bhattacharya Chauhan Deshpande Iyer Kulkarni Mukherjee Nair Rastogi Venkatesan शर्मा".split(),
    "japanese": "Aoyama Fujimoto Kuroda Morishita Ōtani Shirakawa 山田 佐々木".split(),
}  # fmt: skip

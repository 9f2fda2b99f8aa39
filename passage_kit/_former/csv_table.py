"""The former name of ``passage_kit.reading.csv.csv_table``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(__name__, "passage_kit.reading.csv.csv_table", Note="ReadingNote")

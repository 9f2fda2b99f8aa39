"""The former name of ``passage_kit.reading.parsed_ahead``."""

from passage_kit._former import moved

__getattr__, __dir__ = moved(
    __name__, "passage_kit.reading.parsed_ahead", ReadAhead="ParsedAhead", read_ahead="parse_ahead"
)

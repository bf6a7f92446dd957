"""Text in a Vietnamese encoding from before Unicode: recognised so that it is refused, never converted.

TCVN3 and VNI put Vietnamese into the places of Western letters: `NguyÔn V¨n An`, `Nguyeãn Vaên An`. A guess must never
refuse Unicode, so a sign is a sequence that no Vietnamese syllable, no name of the minority languages and no symbol in
a sentence has, and it takes several different ones.
"""

import re
from collections.abc import Iterable
from itertools import islice

from ioc_etl.errors import LegacyEncodingError

_DIFFERENT_SIGNS_NEEDED = 3
_SIGNS_LOOKED_AT = 500

_SIGNS = {
    # Symbols of the Western code page inside a word: "V¨n", "Hoµng", "Ph¹m", "c«ng".
    "TCVN3": re.compile(r"[A-Za-z][¨©ª«¬®µ¶¸¹»¼½¾¡¢£¤¥¦§×÷][a-zA-ZÀ-ÿ]"),
    # A bare vowel, then the letter that stands for its marks: "Vaên", "Nguyeãn", "Hoaøng", "töôïng".
    "VNI": re.compile(
        r"[aA][øûïâàáåãäêèéüëØÛÏÂÀÁÅÃÄÊÈÉÜË]|[eE][øûïâàáåãäØÛÏÂÀÁÅÃÄ]|[oO][øûïåäâØÛÏÅÄÂ]"
        r"|[uUyY][øûïØÛÏ]|[öÖôÔ][øùûõïØÙÛÕÏ]"
    ),
    # Its tone marks, read as Western letters: "NguyêÞn", "ViêÌt".
    "Windows-1258": re.compile(r"[aeiouyâêôãõýAEIOUYÂÊÔ]Þ|[aeiouyâêôãõý]Ò|[âêôÂÊÔ][ìÌò]"),
    # Unicode's bytes, read as Western letters: "Nguyá»…n".
    "UTF-8 đọc nhầm thành Windows-1252": re.compile("á[º»].|Æ[°¡]|Ä[‘ƒ‚\u0091\u0083\u0082]|Ã[\u0080-\u00bf]"),
}
_WESTERN_SIGN = re.compile(rb"\xc2[\xa1-\xbf]|\xc3[\xaf\xb8\xb6\xb1\x9e]")
"""In UTF-8: a symbol of the Western code page, or one of ï ø ö ñ Þ. Vietnamese has none, a legacy roster always."""
_LOOKED_AT_BYTES = 16_000

_LEGACY_FONT = re.compile(r"\.vn|vni(?![a-z])", re.IGNORECASE)
_WESTERN_LETTER = re.compile("[\u0080-\u00ff]")
_VIETNAMESE_LETTER = re.compile("[ăĂđĐĩĨũŨơƠưƯ\u1ea0-\u1ef9\u0300-\u0323]")


def check_content(utf8: bytes) -> None:
    """Refuses text whose words are unmistakably of a legacy encoding.

    Raises:
        LegacyEncodingError: names the encoding.
    """
    if _WESTERN_SIGN.search(utf8, 0, _LOOKED_AT_BYTES) is None:
        return
    text = utf8.decode("utf-8", errors="replace")
    for encoding, signs in _SIGNS.items():
        found = {match.group() for match in islice(signs.finditer(text), _SIGNS_LOOKED_AT)}
        if len(found) >= _DIFFERENT_SIGNS_NEEDED:
            raise LegacyEncodingError(encoding)


def is_legacy_font(name: str) -> bool:
    """Whether a font draws TCVN3 (`.VnTime`) or VNI (`VNI-Times`)."""
    return _LEGACY_FONT.match(name) is not None


def check_fonts(texts: Iterable[tuple[str, str]]) -> None:
    """Refuses cells written in a legacy font: (font, text) of the cells whose font is one.

    Where such cells hold Vietnamese letters of Unicode, the font is only left over and its bytes are not used; numbers
    and words without accents are alike in every encoding.

    Raises:
        LegacyEncodingError: names encoding and font.
    """
    fonts_seen = set()
    for font, text in texts:
        if _VIETNAMESE_LETTER.search(text):
            return
        if _WESTERN_LETTER.search(text):
            fonts_seen.add(font)
    if fonts_seen:
        font = min(fonts_seen)
        encoding = "TCVN3" if font.startswith(".") else "VNI"
        raise LegacyEncodingError(f"{encoding} ({font})")

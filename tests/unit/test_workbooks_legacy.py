"""TCVN3, VNI and Windows-1258 are refused, by font or by content; Unicode Vietnamese never is."""

import re
import unicodedata
from itertools import product
from pathlib import Path

import pytest

from ioc_etl.adapters.legacy_text import check_content, check_fonts
from ioc_etl.adapters.workbooks import read_cells
from ioc_etl.errors import LegacyEncodingError
from schemas.columns import ROSTER_COLUMNS
from tests.unit.office_files import SheetOf, csv_file, ods, xls, xlsx

HEADER = ["STT", "Họ và tên", "Số CCCD"]
TCVN3 = [["STT", "Hä vµ tªn", "Sè CCCD"], [1, "NguyÔn V¨n An", 1], [2, "TrÇn ThÞ B×nh", 2], [3, "Ph¹m Hoµng §¹t", 3]]
VNI = [
    ["STT", "Hoï vaø teân", "Soá CCCD"],
    [1, "Nguyeãn Vaên An", 1],
    [2, "Traàn Thò Ñaøo", 2],
    [3, "Phaïm Hoaøng Ñaït", 3],
]
UNICODE = [HEADER, [1, "Nguyễn Văn An", 1], [2, "Trần Thị Đào", 2], [3, "Phạm Hoàng Đạt", 3]]
LATIN_NAMES = [HEADER, [1, "Lý Hà", 1], [2, "Cao Trí", 2]]


@pytest.mark.parametrize("write", [xlsx, ods, csv_file, xls])
@pytest.mark.parametrize(("grid", "encoding"), [(TCVN3, "TCVN3"), (VNI, "VNI")])
def test_content_that_is_unmistakably_legacy_is_refused(write: object, grid: object, encoding: str) -> None:
    with pytest.raises(LegacyEncodingError, match=encoding):
        read_cells(write(SheetOf(grid)))


@pytest.mark.parametrize("write", [xlsx, ods, csv_file, xls])
def test_the_same_people_in_unicode_are_read(write: object) -> None:
    assert read_cells(write(SheetOf(UNICODE))).sheets[0].rows[1][1] == "Nguyễn Văn An"


@pytest.mark.parametrize("write", [xlsx, xls, ods])
@pytest.mark.parametrize("font", [".VnTime", ".VnArial", "VNI-Times", "vni-helve"])
def test_text_in_a_legacy_font_is_refused(write: object, font: str) -> None:
    with pytest.raises(LegacyEncodingError, match=font):
        read_cells(write(SheetOf(LATIN_NAMES, fonts={"B2": font, "B3": font})))


@pytest.mark.parametrize("write", [xlsx, xls, ods])
@pytest.mark.parametrize(
    "fonts", [{}, {"B2": "Times New Roman"}, {"A2": ".VnTime", "C2": ".VnTime"}, {"B9": ".VnTime"}]
)
def test_a_legacy_font_on_numbers_or_on_nothing_is_no_fault(write: object, fonts: dict[str, str]) -> None:
    assert read_cells(write(SheetOf(LATIN_NAMES, fonts=fonts))).sheets[0].rows[1][1] == "Lý Hà"


@pytest.mark.parametrize("write", [xlsx, xls, ods])
def test_unicode_under_a_left_over_legacy_font_is_read(write: object) -> None:
    grid = [HEADER, [1, "Nguyễn Văn An", 1]]
    assert read_cells(write(SheetOf(grid, fonts={"B2": ".VnTime"}))).sheets[0].rows[1][1] == "Nguyễn Văn An"


@pytest.mark.parametrize(
    "data",
    [
        "STT;Họ và tên\n1;Nguyễn Văn Đạt\n".replace("ễ", "ê\u0303")
        .replace("ọ", "o\u0323")
        .replace("ạ", "a\u0323")
        .encode("cp1258"),
        "STT;H\xe4 v\xb5 t\xaan\n1;Nguy\xd4n V\xa8n An\n".encode("latin-1"),
        "STT;Hoï vaø teân\n1;Nguyeãn Vaên An\n".encode("latin-1"),
    ],
)
def test_vietnamese_of_one_byte_a_letter_is_refused(data: bytes) -> None:
    with pytest.raises(LegacyEncodingError):
        read_cells(data)


def test_windows_1258_and_utf_8_read_as_western_text_are_refused() -> None:
    names = ["Nguyễn Việt", "Trần Thị Hiền", "Đặng Ngọc Điệp", "Lê Hữu Phước"]
    wrongly = "\n".join(names).encode().decode("cp1252", errors="ignore")
    with pytest.raises(LegacyEncodingError, match="UTF-8"):
        check_content(wrongly.encode())
    with pytest.raises(LegacyEncodingError, match="1258"):
        check_content("NguyêÞn ViêÌt, TrâÌn Thò HiêÌn, Ngô Thúy Yêìn".encode())


ONSETS = ["", *re.split(r"\s+", "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")]
RHYMES = re.split(
    r"\s+",
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng "
    "eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac "
    "oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong "
    "op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung "
    "uơ up ut uy uya uych uyên uyêt uynh uyt uyu uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưng ưt ưu ươc ươi "
    "ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu",
)
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VOWELS = "aăâeêioôơuưy"


def every_syllable() -> str:
    """Every syllable that Vietnamese spelling allows, with the tone on each vowel that anyone may put it on."""
    syllables = (
        onset + unicodedata.normalize("NFC", rhyme[: place + 1] + tone) + rhyme[place + 1 :]
        for onset, rhyme, tone in product(ONSETS, RHYMES, TONES)
        for place, letter in enumerate(rhyme)
        if letter in VOWELS
    )
    return " ".join(syllables)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_no_vietnamese_syllable_is_a_sign_of_a_legacy_encoding(form: str, case: object) -> None:
    text = unicodedata.normalize(form, case(every_syllable()))
    for begin in range(0, len(text), 20_000):
        check_content(text[begin : begin + 20_000].encode())


@pytest.mark.parametrize(
    "text",
    [
        " ".join(header for column in ROSTER_COLUMNS for header in (column.official, *column.aliases)),
        "Điểu K'Rê, Y Bhiô Niê, H'Hen Niê, Thị Bưl, Nông Ñăng, Müller Søren, Zoë Brontë, François, Ð: Ðặng, ð",
        "80 m², 37 °C, §5, ©2022, Microsoft® Excel™, «Hà Nội», “Bình Phước”, ½, 3×4, 10±1, 5µm, 1ª, Nº, №, …, –, ·",
    ],
)
def test_names_and_symbols_of_correct_text_are_no_sign(text: str) -> None:
    check_content((text + " ").encode() * 3)


def test_this_projects_own_vietnamese_texts_are_no_sign() -> None:
    for path in sorted((Path(__file__).parents[2] / "ioc_etl" / "policy").rglob("*.yaml")):
        check_content(path.read_bytes())


def test_the_font_tells_only_where_no_unicode_letter_stands_beside() -> None:
    check_fonts([(".VnTime", "An"), (".VnTime", "12")])
    check_fonts([(".VnTime", "Trí"), (".VnTime", "Nguyễn")])
    with pytest.raises(LegacyEncodingError, match=r"TCVN3 \(\.VnTime\)"):
        check_fonts([(".VnTime", "An"), (".VnTime", "TrÝ")])

"""Bytes to text: what is repaired and told, what is refused."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caviar.core.errors import DataError
from caviar.data.decoding import to_utf8, unpack


@given(st.text(st.characters(exclude_characters="\0\r", exclude_categories=("Cs",)), max_size=30))
def test_utf8_text_passes_unchanged_and_untold_but_for_its_mark(text: str) -> None:
    found, notices = to_utf8(b"a" + text.encode(), "new.csv")
    assert found.decode() == "a" + text and not notices
    marked, notices = to_utf8(b"\xef\xbb\xbfa" + text.encode(), "new.csv")
    assert marked == found and [notice.level for notice in notices] == ["repaired"]


@given(st.text(st.sampled_from("abcäöüßéñ£½,\n"), min_size=1, max_size=30).filter(lambda text: not text.isascii()))
def test_latin_1_text_is_read_and_told_where_it_is_no_utf8(text: str) -> None:
    content = f"{text} ü?".encode("latin-1")  # ü before a question mark cannot be UTF-8
    found, notices = to_utf8(content, "new.csv")
    assert found.decode() == f"{text} ü?"
    assert [notice.level for notice in notices] == ["repaired"]


def test_latin_1_notice_names_the_line_and_the_word() -> None:
    _, (notice,) = to_utf8("name,city\nanna,köln\n".encode("latin-1"), "new.csv")
    assert "line 2" in notice.text and "köln" in notice.text and "Windows-1252" in notice.text


def test_the_euro_sign_of_windows_is_read_and_its_gaps_are_latin_1() -> None:
    assert to_utf8(b"a\n\x80 5\n", "new.csv")[0].decode() == "a\n€ 5\n"
    assert to_utf8(b"a\n\x81\xe9\n", "new.csv")[0].decode() == "a\n\x81é\n"


def test_utf_16_with_a_mark_is_read_and_told() -> None:
    found, (notice,) = to_utf8("a,b\n1,ä\n".encode("utf-16"), "new.csv")
    assert found.decode() == "a,b\n1,ä\n" and "UTF-16" in notice.text


def test_line_ends_of_old_macs_become_line_feeds() -> None:
    assert to_utf8(b"a,b\r1,2\r", "new.csv")[0] == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PAR1\x15\x04", "Parquet"),
        (b"PK\x03\x04\x14", "Excel"),
        (b"\xd0\xcf\x11\xe0\xa1", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"a,b\n1,\0\n", "zero bytes"),
        (b"\xff\xfe\x00\xd8x", "UTF-16"),
    ],
)
def test_what_is_no_text_is_refused_with_what_it_looks_like(content: bytes, what: str) -> None:
    with pytest.raises(DataError, match=rf"^new\.csv.*{what}"):
        to_utf8(content, "new.csv")


def test_gzip_is_unpacked_whatever_the_name_and_plain_content_is_left_alone() -> None:
    assert unpack(gzip.compress(b"a,b"), "new.csv") == b"a,b"
    assert unpack(b"a,b", "new.csv.gz") == b"a,b"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-9],
        lambda content: content[:12] + b"??" + content[14:],
        lambda content: content[:-6] + b"\0\0" + content[-4:],
    ],
)
def test_damaged_gzip_is_refused_with_what_to_do(damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError, match=r"must be a whole gzip file.*copy or download it again"):
        unpack(damage(gzip.compress(b"a,b\n1,2\n" * 50)), "new.csv.gz")

"""From the bytes of a file to clean UTF-8: gzip, byte-order marks, UTF-16, Latin-1, old line ends."""

import gzip
import zlib

from caviar.core.errors import DataError
from caviar.core.records import Notice
from caviar.data.wording import shown_cell

UTF8_MARK, UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
OTHER_FORMATS = {
    b"PAR1": "a Parquet file: name it .parquet",
    b"PK\x03\x04": "an Excel workbook or zip archive: save the sheet as .csv, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as .csv",
    b"%PDF": "a PDF document: it is no table",
    b"BZh": "compressed by bzip2: unpack it",
    b"\xfd7zXZ": "compressed by xz: unpack it",
}


def unpack(content: bytes, source: str) -> bytes:
    """The content without its gzip layer, where it has one. Raises DataError when that is damaged."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{source} must be a whole gzip file, but unpacking it fails ({str(error).rstrip('.')}). "
            "It is cut short or damaged: copy or download it again."
        ) from None


def to_utf8(content: bytes, source: str) -> tuple[bytes, list[Notice]]:
    """Text as UTF-8 without a mark, with line feeds at the line ends. Raises DataError when it is no text at all."""
    for magic, what in OTHER_FORMATS.items():
        if content.startswith(magic):
            raise DataError(f"{source} must hold text, but looks like {what}.")
    notices = []
    if content.startswith(UTF8_MARK):
        content = content.removeprefix(UTF8_MARK)
        notices.append(Notice("repaired", "the file starts with a UTF-8 byte-order mark, which is dropped."))
    elif content.startswith(UTF16_MARKS):
        content = _from_utf16(content, source)
        notices.append(Notice("repaired", "the file is UTF-16 text, read as such. A .csv is usually UTF-8."))
    if b"\0" in content:
        raise DataError(
            f"{source} must hold text, but has zero bytes in it: it is a binary file, or damaged. "
            "Save the table as UTF-8 .csv."
        )
    try:
        content.decode()
    except UnicodeDecodeError as error:
        content, notice = _from_latin_1(content, error.start)
        notices.append(notice)
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    return content, notices


def _from_utf16(content: bytes, source: str) -> bytes:
    try:
        return content.decode("utf-16").encode()
    except UnicodeError:
        raise DataError(f"{source} starts like UTF-16 text, but does not go on so. Save it as UTF-8.") from None


def _from_latin_1(content: bytes, first: int) -> tuple[bytes, Notice]:
    """Read as Windows-1252, which is Latin-1 with more printable characters, or as Latin-1 where that has a gap."""
    try:
        text, encoding = content.decode("cp1252"), "Windows-1252, the common kind of Latin-1"
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "Latin-1"
    start = max(text.rfind("\n", 0, first), text.rfind("\r", 0, first), first - 15) + 1
    around = text[start : first + 15].splitlines()[0]
    line = content.count(b"\n", 0, first) + 1
    told = (
        f"the file is not UTF-8 (first at line {line:,}, {shown_cell(around)}): read as {encoding}. "
        "Save it as UTF-8 if names look wrong."
    )
    return text.encode(), Notice("repaired", told)

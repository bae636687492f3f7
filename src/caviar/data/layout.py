"""Where the rows and cells of a delimited text lie, found in a few passes over its bytes.

A quote opens at the start of a cell and closes before a delimiter, a line end or the end of the text; inside, a
delimiter and a line end are text, and two quotes are one (RFC 4180). Polars reads the cells; it is silent about short
rows and lenient about stray quotes, so these are looked for here, and told with line numbers.
"""

from dataclasses import dataclass

import numpy as np

QUOTE, LINE_FEED, RETURN = ord('"'), ord("\n"), ord("\r")


@dataclass(frozen=True)
class Layout:
    """The rows of a text, header and blank lines included.

    Args:
        starts, ends: (row,) first byte and end of each row, its line feed aside.
        num_cells: (row,) 0 for a line that is empty or blank.
        lines: (row,) the line of the file on which the row starts, from 1.
        quoted: whether quotes quote; in a text where none opens a cell, they are ordinary characters.
        broken_line: the line with a quote that opens, and is not closed as it must be; or that closes nothing.
    """

    starts: np.ndarray
    ends: np.ndarray
    num_cells: np.ndarray
    lines: np.ndarray
    quoted: bool
    broken_line: int | None

    @property
    def filled(self) -> np.ndarray:
        """Numbers of the rows that are no blank line."""
        return np.flatnonzero(self.num_cells)


def lay_out(text: bytes, delimiter: str) -> Layout:
    """Find the rows and count their cells, for one delimiter (a single ASCII character)."""
    characters = np.frombuffer(text, np.uint8)
    separators = characters == ord(delimiter)
    line_feeds = characters == LINE_FEED
    breaks = np.flatnonzero(line_feeds)
    quotes = np.flatnonzero(characters == QUOTE)
    opening = _opens_a_cell(quotes, separators, line_feeds)
    broken = None
    if quoted := bool(opening.any()):
        broken = _first_broken(quotes, opening, characters, separators, line_feeds)
        inside = np.bitwise_and(np.cumsum(characters == QUOTE, dtype=np.uint8), 1).astype(bool)
        separators, line_feeds = separators & ~inside, line_feeds & ~inside
    ends = np.flatnonzero(line_feeds)
    if len(characters) and (not len(ends) or ends[-1] != len(characters) - 1):
        ends = np.append(ends, len(characters))
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)[: len(ends)]
    places = np.flatnonzero(separators)
    num_cells = np.searchsorted(places, ends) - np.searchsorted(places, starts) + 1
    for row in np.flatnonzero(num_cells == 1):
        if not text[starts[row] : ends[row]].strip():
            num_cells[row] = 0
    broken_line = None if broken is None else int(np.searchsorted(breaks, broken)) + 1
    return Layout(starts, ends, num_cells, np.searchsorted(breaks, starts) + 1, quoted, broken_line)


def _opens_a_cell(quotes: np.ndarray, separators: np.ndarray, line_feeds: np.ndarray) -> np.ndarray:
    """Which quotes stand at the start of the text, or right after a delimiter or a line feed."""
    before = quotes - 1
    return (quotes == 0) | separators[before] | line_feeds[before]


def _first_broken(
    quotes: np.ndarray, opening: np.ndarray, characters: np.ndarray, separators: np.ndarray, line_feeds: np.ndarray
) -> int | None:
    """The byte of the first quote that breaks the rules, were quotes to open and close in turn; None where none does.

    Quotes 0, 2, 4 … open: each stands at the start of a cell, or right after the quote before it (two quotes inside a
    quoted cell: close, open). Quotes 1, 3, 5 … close: each stands before a delimiter, a line end, the next quote or the
    end of the text. A pair that closes wrongly is told by the line where it opens.
    """
    opens, closes = quotes[0::2], quotes[1::2]
    doubled = np.zeros(len(opens), bool)
    doubled[1:] = opens[1:] == closes[: len(opens) - 1] + 1
    wrong_open = ~(opening[0::2] | doubled)
    after = np.minimum(closes + 1, len(characters) - 1)
    further = np.minimum(closes + 2, len(characters) - 1)
    ended = (closes + 1 >= len(characters)) | separators[after] | line_feeds[after] | (characters[after] == QUOTE)
    ended |= (characters[after] == RETURN) & (line_feeds[further] | (closes + 2 >= len(characters)))
    wrong = [opens[wrong_open][:1], opens[: len(closes)][~ended][:1]]
    if len(quotes) % 2:
        wrong.append(_last_opened(opens, doubled))
    candidates = np.concatenate(wrong)
    return int(candidates.min()) if len(candidates) else None


def _last_opened(opens: np.ndarray, doubled: np.ndarray) -> np.ndarray:
    """Where the cell begins that the last quote leaves open."""
    return opens[np.flatnonzero(~doubled)[-1:]]

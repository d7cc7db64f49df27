from __future__ import annotations

from reviewers.context.piece import Piece, Rank


def test_words_of_people_never_read_like_lines_of_code() -> None:
    piece = Piece(
        rank=Rank.ISSUE, label="issue 7", words="It is checked:\n\n   12 + if not rows:\n12 rows are 3 too many"
    )

    assert piece.text == "## issue 7\nIt is checked:\n\n>    12 + if not rows:\n12 rows are 3 too many"

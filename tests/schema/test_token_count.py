"""The quick count of tokens and the parser agree where it matters."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import Lexer, Source, TokenKind
from hypothesis import given
from hypothesis import strategies as st

from schema.token_count import has_more_tokens

DOCUMENTS = Path(__file__).parents[2] / "web" / "ui" / "src" / "documents"
PIECES = [
    "{", "}", "(", ")", "[", "]", ":", "!", "$a", "@b", "...", "=", "|", "&", "name", "_x9", "12",
    "-0.5e+3", '"a \\" b"', '""', '"""a " b \\""" c"""', '""""""', "# a { comment\n", ",", "\n",
]  # fmt: skip


def _tokens(document: str) -> int:
    lexer = Lexer(Source(document))
    count = 0
    while lexer.advance().kind is not TokenKind.EOF:
        count += lexer.token.kind is not TokenKind.COMMENT
    return count


def _pad(document: str) -> str:
    """Longer than it has tokens, or it would not be looked at."""
    return document + "," * 200


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))
def test_it_counts_what_the_lexer_counts(document: str) -> None:
    tokens = _tokens(document)
    assert not has_more_tokens(_pad(document), tokens)
    assert not tokens or has_more_tokens(_pad(document), tokens - 1)


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.graphql")), ids=lambda path: path.stem)
def test_it_counts_real_documents_as_the_lexer_does(path: Path) -> None:
    document = path.read_text()
    tokens = _tokens(document)
    assert not has_more_tokens(document, tokens)
    assert has_more_tokens(document, tokens - 1)


@pytest.mark.parametrize("text", ['"' * 50_001, '"""' * 30_000, '"\\' * 30_000, "#" * 90_000])
def test_what_does_not_end_takes_no_time_to_count(text: str) -> None:
    """Were it quadratic, this would take hours."""
    has_more_tokens(text, 10)

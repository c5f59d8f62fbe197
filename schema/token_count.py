"""Counts a document's tokens, many times as fast as the parser comes by them.

For long documents alone: one has no more tokens than characters.
"""

from __future__ import annotations

import re

# Where strings begin, comments (which count as none), names, numbers, dots, punctuation.
_TOKEN = re.compile(
    r'(?P<block>""")'
    r'|(?P<string>")'
    r"|(?P<comment>#[^\n]*)"
    r"|[_A-Za-z][_0-9A-Za-z]*"
    r"|-?[0-9][0-9.eE+-]*"
    r"|\.\.\."
    r"|[!$&():=@\[\]{|}]"
)
# Looked for apart: a pattern of the whole string would remember each of its characters, or need
# possessive quantifiers, which some versions of Python get wrong.
_BLOCK_END = re.compile(r'(?<!\\)"""')
_STRING_END = re.compile(r'\\.|["\n]')


def has_more_tokens(document: str, most: int) -> bool:
    """Never says so of a document that the parser would find to have `most` tokens or fewer."""
    if len(document) <= most:
        return False
    count = 0
    place: int | None = 0
    while place is not None:
        start, place = place, None
        for match in _TOKEN.finditer(document, start):
            kind = match.lastgroup
            count += kind != "comment"
            if count > most:
                return True
            if kind == "string" or kind == "block":
                place = _end_of_string(document, match)
                break
    return False


def _end_of_string(document: str, start: re.Match[str]) -> int:
    """One may lack its end: then it is that of the line, or of the document."""
    if start.lastgroup == "block":
        end = _BLOCK_END.search(document, start.end())
        return len(document) if end is None else end.end()
    for found in _STRING_END.finditer(document, start.end()):
        if len(found[0]) == 1:
            return found.end()
    return len(document)

"""Which paragraphs of a body are ordinary text.

Layout is judged on ordinary text only: what officials set apart on purpose (headings, salutations,
lists, attachments, signatures, tables) follows rules of its own.
"""

from __future__ import annotations

import re

from checks.facts import Body, Paragraph

LEAST_LENGTH = 20
"""Shortest ordinary paragraph, in characters: shorter ones are headings, signatures, captions."""

_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十百零〇\d]{1,4}[)）、.．:：,，]"
    r"|[一二三四五六七八九十]{1,3}是"
    r"|第[一二三四五六七八九十百零〇\d]{1,5}[条章节款项,，、]"
    r"|[\u2460-\u249b\u3220-\u3229•·●○■□◆◇★☆▪►*-]"
)
"""A typed number or bullet, or a run-in heading, at the start."""

_APART = re.compile(
    r"附\s*件|附[：:]|来源|信息来源|责任编辑|编辑|作者|供稿|撰稿|摄影|联系人|联系电话|电话|地址|邮编|"
    r"抄送|主办|承办|注[：:]|图为|图[：:]|[（(【\[]|[Hh]ttps?:"
)
"""Openings of lines that stand apart from the text."""

_SENTENCE_END = tuple("。！？；.!?;”’）)…")


def is_ordinary(paragraph: Paragraph) -> bool:
    text = paragraph.text
    if len(text) < LEAST_LENGTH or paragraph.centred or paragraph.in_table:
        return False
    return not (
        # A salutation (各乡镇人民政府：) and the line before a list end with a colon.
        not text.rstrip().endswith(_SENTENCE_END) or _NUMBERED.match(text) or _APART.match(text)
    )


def ordinary(body: Body) -> tuple[Paragraph, ...]:
    """The paragraphs of ordinary text, in document order."""
    return tuple(p for p in body.paragraphs if is_ordinary(p))

"""One letter of the public with its answer, from the labels of its page.

Belongs here: which label stands over what. Tables, definition lists and blocks are all read as lines:
what follows a label up to the next one is its value, within the block that holds the labels. A page
without a label that only letters have is no letter; nor is a form to be filled in, nor a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from checks.parts import Letter
from config import interaction_words
from crawler.extract import dates, fields
from crawler.extract.tree import El, Line, Tree, squeeze

MOST_TEXT = 4000
"""Characters kept of a question or an answer."""
MOST_FIELD = 200
WIDER = 2
"""Blocks around the labels in which a letter's text may stand without one."""
LONGEST = 400
"""Of a longer line only its beginning can hold a label."""
_EDGE = " \t\r\n\x1f\u3000\xa0:：;；|｜-—【】[]"
_NUMBER = r"(?:[（(]?[一二三四五六七八九十\d]{1,3}(?:[、.．）)])\s*)"
_NUMBERED = re.compile(f"^{_NUMBER}")
_HINT = re.compile("来信|来件|留言|信件|咨询|诉求|提问|投诉|反映|写信")
_ANSWER_HINT = re.compile(r"[回答]\s*复|处理|受理|办理|办结|反馈|状态")


@dataclass(slots=True)
class Labelled:
    """One label of a page with its value."""

    key: str
    label: str
    value: str
    block: El
    line: str = ""
    """What of the value stands in the label's own line."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Labels by what they are called, and the pattern that finds them."""

    keys: Mapping[str, str]
    """Label without blanks → field."""
    pattern: re.Pattern[str]
    """A label with its colon, or in brackets."""

    @classmethod
    def of(cls, labels: Mapping[str, Iterable[str]]) -> Vocabulary:
        keys = {word: key for key, words in labels.items() for word in words}
        blank = r"[ \t\u3000\xa0\r\n]{0,6}"
        number = rf"{_NUMBER}?"
        spaced = (blank.join(word) for word in sorted(keys, key=len, reverse=True))
        pattern = re.compile(
            rf"(?:(?<=[\s\x1f\u3000\xa0|｜;；])|^){number}[【\[]?(?P<label>{'|'.join(spaced)})"
            r"(?:[\s\x1f\u3000\xa0]{0,6}[:：﹕∶]|[】\]][:：]?)"
        )
        return cls(keys, pattern)

    def find(self, lines: Sequence[Line], within: El) -> list[Labelled]:
        """The labels of these lines with their values, in document order. A value ends where
        ``within`` ends."""
        found: list[Labelled] = []
        values: list[str] = []

        def end() -> None:
            if found:
                found[-1].value = squeeze(" ".join(values)).strip(_EDGE)[: MOST_TEXT + 1]
            values.clear()

        for line in lines:
            if not within.holds(line.block):
                continue
            for label, value in self._split(line):
                if label is not None:
                    end()
                    said = squeeze(value).strip(_EDGE)
                    found.append(Labelled(self.keys[label], label, "", line.block, said))
                if found and value:
                    values.append(value)
        end()
        return found

    def _split(self, line: Line) -> list[tuple[str | None, str]]:
        """A line as labels with what follows each; first what stands before any label."""
        word = _NUMBERED.sub("", line.bare.strip(_EDGE)) if len(line.parts) < 8 else ""
        if word in self.keys:
            return [(word, "")]
        text = line.marked
        out: list[tuple[str | None, str]] = []
        label: str | None = None
        start = 0
        head = text if len(text) <= LONGEST else text[:60]
        for match in self.pattern.finditer(head):
            out.append((label, text[start : match.start()]))
            label, start = "".join(match["label"].split()), match.end()
        if label is None:
            for at, part in enumerate(line.parts[:-1]):
                word = _NUMBERED.sub("", "".join(part.split()).strip(_EDGE))
                if word in self.keys and len(word) > 2:
                    return [
                        (None, " ".join(line.parts[:at])),
                        (word, " ".join(line.parts[at + 1 :])),
                    ]
        out.append((label, text[start:]))
        return [(at, squeeze(value.replace("\x1f", " "))) for at, value in out]


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary.of(interaction_words.letters().labels)


def region_of(found: Sequence[Labelled]) -> El | None:
    """The innermost element that holds all these labels."""
    if not found:
        return None
    first = found[0].block
    return next((el for el in first.up() if all(el.holds(item.block) for item in found)), None)


def read(tree: Tree, title: str | None = None) -> Letter | None:
    """The letter that the page shows; ``None``: it surely shows none. ``title``: the page's, which
    stands for the letter's where no label does."""
    text = "".join(part for line in tree.lines for part in line.parts)
    if not _HINT.search(text) or not _ANSWER_HINT.search(text):
        return None
    vocabulary, words = _vocabulary(), interaction_words.letters()
    lines = [line for line in tree.lines if not fields.in_footer(line.block)]
    strong = [item for item in vocabulary.find(lines, tree.root) if item.key != "particulars"]
    own = [item for item in strong if item.label in words.own]
    keys = [item.key for item in strong]
    whole = {"asked", "question", "state"} <= set(keys)
    if not (own or whole) or not _is_one(keys):
        return None
    region = region_of(strong)
    if region is None:
        return None
    found = vocabulary.find(lines, region)
    values: dict[str, str] = {}
    for item in found:
        if item.key != "particulars" and not values.get(item.key):
            values[item.key] = item.value
    wider = [] if values.get("question") else list(islice(region.up(), WIDER + 1))
    for around in wider:
        if around.tag in ("body", "html", "form"):
            break
        _unlabelled(vocabulary.find(lines, around), values)
        if values.get("question"):
            break
    if not (values.get("question") or values.get("subject")):
        return None
    values["subject"] = values.get("subject") or title or _heading(tree, strong[0].block) or ""
    if not (values.get("asked") or values.get("state") or values.get("answer")):
        return None  # a form that is to be filled in
    particulars = [
        f"{item.label}：{item.value[:MOST_FIELD]}"
        for item in found
        if item.key == "particulars" and item.value
    ]
    return _letter(values, particulars[:10])


_SHORT = frozenset(["kind", "asked", "asker", "number", "state", "sent_to"])
_REPLIED = frozenset(["answered", "answered_by"])


def _unlabelled(found: Sequence[Labelled], values: dict[str, str]) -> None:
    """The texts of a letter and its answer where no label stands over them: what follows the line of
    a short particular is not its value."""
    for keys, text in ((_SHORT, "question"), (_REPLIED, "answer")):
        last = next((item for item in reversed(found) if item.key in keys), None)
        if last is None or not last.line or not last.value.startswith(last.line):
            continue
        rest = last.value[len(last.line) :].strip(_EDGE)
        if rest and not values.get(text):
            values[text] = rest
            values[last.key] = last.line


def _heading(tree: Tree, before: El) -> str:
    """The heading that stands nearest above the first label."""
    heads = [el for el in tree.elements[: before.index] if el.tag in ("h1", "h2", "h3", "h4")]
    return heads[-1].text()[:MOST_FIELD] if heads else ""


_ASKING = frozenset(["asked", "question", "asker"])
_ANSWERING = frozenset(["answer", "answered", "answered_by", "state"])


def _is_one(keys: Sequence[str]) -> bool:
    """Whether these are the labels of one letter: something asked and something of an answer, and none
    of them again and again as in a list."""
    kinds = set(keys)
    if not kinds & _ASKING or not kinds & _ANSWERING or len(kinds) < 3:
        return False
    return all(keys.count(key) <= 2 for key in ("asked", "question", "answer", "answered"))


def _letter(values: Mapping[str, str], particulars: Sequence[str]) -> Letter:
    def field(key: str) -> str | None:
        return values.get(key, "")[:MOST_FIELD] or None

    asked, answered = values.get("asked", ""), values.get("answered", "")
    answer = values.get("answer")
    return Letter(
        subject=values.get("subject", "")[:MOST_FIELD],
        kind=field("kind"),
        asked=dates.first(asked),
        asked_text=asked[:MOST_FIELD],
        question=values.get("question", "")[:MOST_TEXT],
        asker=field("asker"),
        state=field("state"),
        answered=dates.first(answered),
        answered_text=answered[:MOST_FIELD],
        answer=answer[:MOST_TEXT] if answer is not None else None,
        answered_by=field("answered_by"),
        sent_to=field("sent_to"),
        number=field("number"),
        particulars=tuple(particulars),
    )

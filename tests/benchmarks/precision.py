"""What the page rules, and those on tags, find on real pages, as judged by eye: precision by family, with its interval.

    python -m tests.benchmarks.precision

Findings whose evidence lies in the filler body of an altered page are left out. What a person said of
each stands in ``precision.yaml`` (file, rule and ``what`` → right or wrong); what nobody has judged yet
is printed, and the command ends with 1.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from checks.facts import PageKind
from checks.identity_facts import Tagged
from checks.model import Hit, Scope
from checks.registry import RULES, by_machine
from checks.runner import page_answers
from crawler.extract import read_page
from tests.real_pages import altered, real_pages

VERDICTS = Path(__file__).with_suffix(".yaml")
BODY_FACTS = {"body", "ordinary"}


@dataclass(frozen=True)
class Found:
    file: str
    rule: str
    hit: Hit

    @property
    def key(self) -> str:
        mark = hashlib.sha256(self.hit.what.encode()).hexdigest()[:8]
        return f"{self.file} {self.rule} {mark}"

    @property
    def family(self) -> str:
        return RULES[self.rule].judge.__module__.removeprefix("checks.")


def findings() -> Iterator[Found]:
    rules = [rule for rule in by_machine() if rule.scope is Scope.PAGE]
    filler = altered()
    for item in real_pages():
        page = read_page(item.body, url=item.url).page
        for rule_id, answer in page_answers(page, rules).items():
            if item.file in filler and BODY_FACTS & set(RULES[rule_id].needs):
                continue
            for hit in answer.hits:
                yield Found(item.file, rule_id, hit)


TAGS = {
    PageKind.ARTICLE: "missing-article-tags",
    PageKind.ENTRY: "missing-article-tags",
    PageKind.LIST: "missing-column-tags",
}


def tag_findings() -> Iterator[Found]:
    """What the rules on tags find in the heads, which are real on every page: each page a site."""
    for item in real_pages():
        page = read_page(item.body, url=item.url).page
        rule_id = TAGS.get(page.kind)
        if rule_id is not None:
            here = (Tagged(title="", url=item.url, tags=page.tags),)
            for hit in RULES[rule_id].judge(here):
                yield Found(item.file, rule_id, hit)


def interval(right: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95% interval of a share."""
    if not of:
        return 0.0, 1.0
    share = right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def main() -> int:
    judged: dict[str, str] = yaml.safe_load(VERDICTS.read_text("utf-8")) or {}
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    open_ = []
    for found in (*findings(), *tag_findings()):
        said = judged.get(found.key)
        if said is None:
            open_.append(found)
            continue
        counts[found.family][said] += 1
        counts["all"][said] += 1
    for family, count in sorted(counts.items(), key=lambda item: (item[0] == "all", item[0])):
        of = count["right"] + count["wrong"]
        low, high = interval(count["right"], of)
        print(f"{family:16} {count['right']:3} of {of:3} right  ({low:.0%} to {high:.0%})")
    for found in open_:
        print(f"not judged: {found.key}: {found.hit.message[:120]} | {found.hit.snippet[:80]}")
    return 1 if open_ else 0


if __name__ == "__main__":
    sys.exit(main())

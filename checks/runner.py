"""The runner: rules and a case in, outcomes out.

It hands each rule the facts that the rule declared to need and nothing else, records 未能核实 where
one of them is missing, and turns hits into findings. One broken rule never stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, TypeVar

from checks.case import Case, ColumnCase, PageCase, SiteCase, UnitCase
from checks.declaration import Rule, Verdict
from checks.facts import Missing, Page, Unverified
from checks.model import (
    Context,
    Finding,
    Hit,
    NotApplicable,
    Outcome,
    OutcomeKind,
    Remark,
    Scope,
    Subject,
    Unsettled,
    fingerprint,
)
from checks.registry import Settings, resolve, select
from checks.supply import CASES, NO_DATE, PAGE_FACTS, Had, judged_period
from config.schema import MIN_CONFIDENCE

BROKEN = "规则内部错误"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a rule said of its facts, before it becomes an outcome of a subject.

    Serialisable: what page rules say in the crawl is kept with the page version.
    """

    hits: tuple[Hit, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    remark: str = ""
    not_applicable: str | None = None
    unverified: Unverified | None = None

    @property
    def fine(self) -> bool:
        """Nothing to report at all."""
        return self == FINE


FINE = Answer()

Answers = Mapping[str, Answer]
"""Answers by rule id; a rule that is not there was content."""


@dataclass(frozen=True, slots=True)
class _Supply:
    """The facts of one subject, each worked out once and only when a rule needs it."""

    makers: Mapping[str, Callable[[], Had]]
    had: dict[str, Had] = field(default_factory=dict)

    def __call__(self, name: str) -> Had:
        if name not in self.had:
            self.had[name] = self.makers[name]()
        return self.had[name]


def page_answers(
    page: Page,
    rules: Iterable[Rule],
    settings: Settings | None = None,
    min_confidence: float = MIN_CONFIDENCE,
) -> dict[str, Answer]:
    """The crawl's path: what the ``when="crawl"`` rules among ``rules`` say of a page alone.

    Rules that are content are left out. The answers hold for the page version and the rules'
    digest, whatever ``as_of`` and ``judge_from`` are; ``judge_page`` applies those later.
    """
    supply = _page_supply(page, min_confidence)
    answers = {}
    for rule in rules:
        if rule.when != "crawl" or rule.by_hand:
            continue
        answer = _ask(rule, supply, None, _params(rule, settings))
        if answer is not FINE:
            answers[rule.id] = answer
    return answers


@dataclass(frozen=True, slots=True)
class PageRules:
    """The page rules of a standard, by name: another process can be told them."""

    ids: tuple[str, ...]
    settings: Settings
    min_confidence: float = MIN_CONFIDENCE

    def __call__(self, page: Page) -> dict[str, Answer]:
        """``page_answers`` under these rules."""
        return page_answers(page, _chosen(self.ids), self.settings, self.min_confidence)


@lru_cache(maxsize=16)
def _chosen(ids: tuple[str, ...]) -> tuple[Rule, ...]:
    return tuple(rule for rule in select(ids) if rule.when == "crawl")


def page_hits(
    page: Page, rules: Iterable[Rule], settings: Settings | None = None
) -> list[tuple[str, Hit]]:
    """The hits among ``page_answers``: (rule id, hit)."""
    return [
        (rule_id, hit)
        for rule_id, answer in page_answers(page, rules, settings).items()
        for hit in answer.hits
    ]


def of_articles(rule: Rule) -> bool:
    """Whether a rule judges articles and entries: other pages have case types of their own."""
    offered = CASES[PageCase].facts.keys() | PAGE_FACTS.keys()
    return rule.scope is Scope.PAGE and not rule.by_hand and offered >= set(rule.needs)


def judge_page(
    case: PageCase,
    rules: Iterable[Rule],
    base: Context,
    settings: Settings | None = None,
    crawled: Answers | None = None,
) -> tuple[Outcome, ...]:
    """The outcomes of the page rules among ``rules`` for one page.

    ``crawled``: what ``page_answers`` said of this page version under the same rules and
    settings; with it the rules of the crawl are not run again (``case.page`` may then come
    without its body). ``None``: all are run now.
    """
    period = judged_period(case, base)
    if isinstance(case.page, Unverified):
        supply = _Supply(dict.fromkeys(PAGE_FACTS, partial(_same, case.page)))
    else:
        supply = _page_supply(case.page, base.min_confidence)
    supply = _Supply({**supply.makers, **_makers(case, base)})
    outcomes = []
    for rule in rules:
        if not of_articles(rule):
            continue
        if not supply.makers.keys() >= set(rule.needs):
            continue  # it judges another type of case
        unknown = period is NO_DATE or isinstance(period, Unverified)
        gate = None if rule.judges_undated and unknown else period
        if gate is not None:
            answer = _from_verdict(gate)
        elif rule.when == "crawl" and crawled is not None:
            answer = crawled.get(rule.id, FINE)
        else:
            params = _params(rule, settings)
            answer = _ask(rule, supply, base, params)
        outcomes.append(_outcome(rule, case, answer))
    return tuple(outcomes)


def judge(
    case: Case,
    rules: Iterable[Rule],
    base: Context,
    settings: Settings | None = None,
) -> tuple[Outcome, ...]:
    """The outcomes of those of ``rules`` that have the case's scope and need only what it offers."""
    offer = CASES[type(case)]
    outcomes = []
    for rule in rules:
        if rule.scope is offer.scope and not rule.by_hand and offer.facts.keys() >= set(rule.needs):
            params = _params(rule, settings)
            context = replace(base, params=params)
            # Derived facts may rest on the rule's parameters: each rule has a supply of its own.
            supply = _Supply(_makers(case, context))
            outcomes.append(_outcome(rule, case, _ask(rule, supply, context, params)))
    return tuple(outcomes)


def judge_column(
    case: ColumnCase, rules: Iterable[Rule], base: Context, settings: Settings | None = None
) -> tuple[Outcome, ...]:
    """The outcomes of the column rules among ``rules``."""
    return judge(case, rules, base, settings)


def judge_unit(
    case: UnitCase, rules: Iterable[Rule], base: Context, settings: Settings | None = None
) -> tuple[Outcome, ...]:
    """The outcomes of the unit rules among ``rules``; its columns' own rules are not run."""
    return judge(case, rules, base, settings)


def judge_site(
    case: SiteCase, rules: Iterable[Rule], base: Context, settings: Settings | None = None
) -> tuple[Outcome, ...]:
    """The outcomes of the site rules among ``rules``."""
    return judge(case, rules, base, settings)


_T = TypeVar("_T")


def _same(value: _T) -> _T:
    return value


def _page_supply(page: Page, sure: float) -> _Supply:
    return _Supply({name: partial(make, page, sure) for name, make in PAGE_FACTS.items()})


def _makers(case: Case, context: Context) -> dict[str, Callable[[], Had]]:
    return {name: partial(make, case, context) for name, make in CASES[type(case)].facts.items()}


def _params(rule: Rule, settings: Settings | None) -> dict[str, Any]:
    overrides = settings.get(rule.id) if settings else None
    return resolve(rule, overrides) if overrides else rule.defaults


def _ask(rule: Rule, supply: _Supply, context: Context | None, params: dict[str, Any]) -> Answer:
    """Hand a rule its facts and hear it; never raises."""
    try:
        facts = {}
        for name in rule.needs:
            had = supply(name)
            if isinstance(had, Unverified | NotApplicable):
                return _from_verdict(had)
            facts[name] = had
        if "context" in rule.wants and context is not None:
            facts["context"] = replace(context, params=params)
        if "params" in rule.wants:
            facts["params"] = params
        return _from_verdict(rule.judge(**facts))
    except Exception as error:
        reason = f"{BROKEN}（{type(error).__name__}）"
        return Answer(unverified=Unverified(code=Missing.READER, reason=reason))


def _from_verdict(verdict: Verdict) -> Answer:
    if verdict is None:
        return FINE
    if isinstance(verdict, NotApplicable):
        return Answer(not_applicable=verdict.reason)
    if isinstance(verdict, Unverified):
        return Answer(unverified=verdict)
    if isinstance(verdict, Remark):
        return Answer(remark=verdict.text)
    said = tuple(verdict)
    if not said:
        return FINE
    return Answer(
        hits=tuple(s for s in said if isinstance(s, Hit)),
        unsettled=tuple(s for s in said if isinstance(s, Unsettled)),
        remark="；".join(s.text for s in said if isinstance(s, Remark)),
    )


def _outcome(rule: Rule, case: Case, answer: Answer) -> Outcome:
    subject = case.subject
    if answer is FINE:
        return Outcome(rule_id=rule.id, subject=subject, kind=OutcomeKind.FINE)
    make = partial(Outcome, rule_id=rule.id, subject=subject)
    if answer.not_applicable is not None:
        return make(kind=OutcomeKind.NOT_APPLICABLE, reason=answer.not_applicable)
    if answer.unverified is not None:
        missing = answer.unverified
        return make(kind=OutcomeKind.UNVERIFIED, reason=missing.reason, unverified=missing)
    evidence = case.fetched.evidence if case.fetched else None
    findings = _findings(rule.id, subject, answer.hits, evidence)
    unsettled = tuple(
        dict.fromkeys(
            fingerprint(rule.id, (u.subject or subject).key, u.what) for u in answer.unsettled
        )
    )
    doubts = [u.unverified for u in answer.unsettled if u.unverified is not None]
    if findings:
        sure = any(not f.suspected for f in findings)
        kind = OutcomeKind.FINDING if sure else OutcomeKind.SUSPECTED
        return make(kind=kind, reason=answer.remark, findings=findings, unsettled=unsettled)
    if doubts:
        more = f"（共 {len(doubts)} 处）" if len(doubts) > 1 else ""
        return make(
            kind=OutcomeKind.UNVERIFIED,
            reason=doubts[0].reason + more,
            unverified=doubts[0],
            unsettled=unsettled,
        )
    return make(kind=OutcomeKind.FINE, reason=answer.remark, unsettled=unsettled)


def _findings(
    rule_id: str, judged: Subject, hits: Sequence[Hit], evidence: str | None
) -> tuple[Finding, ...]:
    """Hits as findings; those of one fingerprint are one, and a certain one outweighs a suspected."""
    findings: dict[str, Finding] = {}
    for hit in hits:
        subject = hit.subject or judged
        mark = fingerprint(rule_id, subject.key, hit.what)
        earlier = findings.get(mark)
        if earlier is not None and (hit.suspected or not earlier.suspected):
            continue
        findings[mark] = Finding(
            fingerprint=mark,
            rule_id=rule_id,
            subject=subject,
            what=hit.what,
            message=hit.message,
            path=hit.path,
            snippet=hit.snippet,
            url=hit.url or subject.url,
            suspected=hit.suspected,
            evidence=evidence,
            in_body=hit.in_body,
        )
    return tuple(findings.values())

"""How a rule is declared: its identity, basis, parameters and documentation.

Belongs here: the decorator ``rule`` and what it records. The catalogue of all rules is
``checks.registry``; judging is ``checks.runner``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from checks.facts import Unverified
from checks.model import Hit, NotApplicable, Remark, Scope, Severity, Unsettled

Verdict = None | NotApplicable | Unverified | Remark | Iterable[Hit | Remark | Unsettled]
"""What a rule says. ``None`` or nothing at all: fine."""

When = Literal["crawl", "after"]

HEADINGS = ("检查什么", "为什么", "依据", "正例/反例", "如何整改", "可能误判的情形")

_ID = re.compile(r"[a-z]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a rule's authority comes from."""

    document: str
    """Title and number of the document."""
    clause: str
    """The clause or indicator, with the words that matter."""
    link: str = ""
    unconfirmed: bool = False
    """The wording or the number was not seen in the document itself (未确认)."""

    @property
    def words(self) -> str:
        mark = "（未确认）" if self.unconfirmed else ""
        return f"{self.document}：{self.clause}{mark}"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a rule, which a standard may set."""

    default: bool | int | float | str
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    form: str = ""
    """Regular expression that a text value must match as a whole."""
    unconfirmed: bool = False
    """The default has no official source: 本市设置."""

    def fault(self, value: object) -> str | None:
        """What is wrong with a value, in Chinese; ``None``: nothing."""
        if isinstance(self.default, bool) or isinstance(value, bool):
            ok = isinstance(value, bool) and isinstance(self.default, bool)
            return None if ok else "应为 true 或 false"
        if isinstance(self.default, str):
            return self._text_fault(value)
        if not isinstance(value, int | float) or (
            isinstance(self.default, int) and not isinstance(value, int)
        ):
            return "应为整数" if isinstance(self.default, int) else "应为数字"
        # Written so that NaN fails too.
        if self.low is not None and not value >= self.low:
            return f"不能小于 {self.low:g}"
        if self.high is not None and not value <= self.high:
            return f"不能大于 {self.high:g}"
        return None

    def _text_fault(self, value: object) -> str | None:
        if not isinstance(value, str):
            return "应为文字"
        if self.choices and value not in self.choices:
            return f"只能是 {'、'.join(self.choices)}"
        if self.form and not re.fullmatch(self.form, value):
            return f"格式应如 {self.default}"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """A rule's documentation, in Chinese, for clerks."""

    checks: str
    """检查什么."""
    why: str
    """为什么."""
    good: str
    bad: str
    mend: str
    """如何整改."""
    doubts: str
    """可能误判的情形."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A registered rule."""

    id: str
    title: str
    scope: Scope
    severity: Severity
    basis: tuple[Basis, ...]
    remedy: str
    """One sentence that tells the unit what to do; used in summaries and reminders."""
    doc: Doc
    needs: tuple[str, ...]
    """Facts by name (``checks.supply``); the runner hands over these and no others."""
    params: Mapping[str, Param] = field(default_factory=dict)
    version: int = 1
    """Raised whenever the same facts may get another verdict."""
    when: When = "after"
    """``crawl``: judged on the page alone while it is parsed; ``after``: over stored facts."""
    judges_undated: bool = False
    """Page rules: judges pages without a publish date too (others must know the date)."""
    wants: tuple[str, ...] = ()
    """Which of ``context`` and ``params`` the function takes beside its facts."""
    by_hand: bool = False
    """人工记录: a kind of problem that people record; no machine judges it (``checks.byhand``)."""
    judge: Callable[..., Verdict]

    @property
    def defaults(self) -> dict[str, Any]:
        return {name: p.default for name, p in self.params.items()}

    def sections(self) -> dict[str, str]:
        """The documentation by its fixed headings, in their order."""
        basis = "\n".join(f"- {b.words}" + (f" {b.link}" if b.link else "") for b in self.basis)
        example = f"正例：{self.doc.good}\n反例：{self.doc.bad}" if self.doc.good else ""
        doc = self.doc
        return dict(
            zip(
                HEADINGS,
                (doc.checks, doc.why, basis, example, doc.mend, doc.doubts),
                strict=True,
            )
        )


def rule(
    *,
    id: str,
    title: str,
    scope: Scope,
    severity: Severity,
    basis: tuple[Basis, ...],
    remedy: str,
    doc: Doc,
    needs: tuple[str, ...],
    params: Mapping[str, Param] | None = None,
    version: int = 1,
    when: When = "after",
    judges_undated: bool = False,
) -> Callable[[Callable[..., Verdict]], Rule]:
    """Declare a rule. The function's keyword arguments are its needs, and ``context`` or ``params``.

    Raises ``ValueError`` where the declaration and the function do not agree.
    """

    def declare(function: Callable[..., Verdict]) -> Rule:
        takes = tuple(inspect.signature(function).parameters)
        wants = tuple(name for name in takes if name in ("context", "params"))
        if set(takes) - set(wants) != set(needs):
            raise ValueError(f"rule {id}: takes {takes}, needs {needs}")
        if when == "crawl" and (scope is not Scope.PAGE or "context" in wants):
            # What is said in the crawl is kept with the page version: it must not rest on as_of.
            raise ValueError(f"rule {id}: only page rules without context run in the crawl")
        if not _ID.fullmatch(id):
            raise ValueError(f"rule {id}: not a rule id")
        return Rule(
            id=id,
            title=title,
            scope=scope,
            severity=severity,
            basis=basis,
            remedy=remedy,
            doc=doc,
            needs=needs,
            params=dict(params or {}),
            version=version,
            when=when,
            judges_undated=judges_undated,
            wants=wants,
            judge=function,
        )

    return declare

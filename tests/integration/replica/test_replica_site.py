"""The replica is deterministic, varied and true to its own truth."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import pytest

from tests.replica import Replica, Spec, evolve, generate, mend, mend_and_break
from tests.replica.forms import CLEAN, FORMS, TRAPS
from tests.replica.names import DEPARTMENTS, PARTY, TOWNS
from tests.replica.plants import TREATMENTS
from tests.replica.responses import Site
from tests.replica.site import Column, months_before, oldest_in_time

RULES = {
    "overdue-column", "blank-column", "missing-column", "missing-budget", "undated-entry", "garbled-text",
    "dead-link", "dead-attachment", "broken-image", "mixed-indent", "mixed-fonts", "word-leftovers",
    "br-paragraphs", "empty-paragraphs", "oversized-object", "untidy-title", "missing-source",
    "halfwidth-punctuation",
}  # fmt: skip


@pytest.fixture(scope="module")
def replica() -> Replica:
    return generate(Spec())


@pytest.fixture(scope="module")
def site(replica: Replica) -> Site:
    return Site(replica)


def text_of(replica: Replica, site: Site, name: str, path: str) -> str:
    reply = site.reply(name, path)
    assert reply.status == 200, path
    declared = b'charset="gbk"' in reply.body
    return reply.body.decode("gbk" if declared else "utf-8", errors="replace")


def test_the_city_has_its_46_departments_26_party_bodies_and_21_townships() -> None:
    assert (len(DEPARTMENTS), len(PARTY), len(TOWNS)) == (46, 26, 21)
    called = [n for b in (*DEPARTMENTS, *PARTY, *TOWNS) for n in {b.name, b.short, *b.aliases}]
    assert len(called) == len(set(called))
    assert len({b.id for b in (*DEPARTMENTS, *PARTY, *TOWNS)}) == 93


def test_the_same_spec_gives_the_same_bytes_and_truth(replica: Replica, site: Site) -> None:
    again = generate(Spec())
    other = Site(again)
    assert again.truth == replica.truth
    for name in ("portal", "platform"):
        assert other.paths(name) == site.paths(name)
        for path in site.paths(name)[::23]:
            assert other.reply(name, path) == site.reply(name, path)


def test_three_seeds_plant_in_different_places() -> None:
    places = [
        {
            (f.rule, f.subject)
            for f in generate(Spec(seed=s)).truth.findings
            if f.rule != "dead-link"
        }
        for s in (1, 2, 3)
    ]
    assert len(places[0] & places[1]) < len(places[0]) / 3
    assert len(places[1] & places[2]) < len(places[1]) / 3


@pytest.mark.parametrize("seed", [1, 2, 3, 11, 104])
def test_every_rule_is_planted_in_three_forms_at_least(seed: int) -> None:
    truth = generate(Spec(seed=seed)).truth
    found, forms = defaultdict(list), defaultdict(set)
    for finding in truth.findings:
        found[finding.rule].append(finding)
        forms[finding.rule].add(finding.note)
    assert set(found) == RULES
    for rule in RULES - {"missing-budget"}:
        assert len(forms[rule]) >= 3, rule
    assert len(forms["missing-budget"]) == 2
    assert len({f.unit for f in truth.findings}) > 40
    assert len({(f.rule, f.site, f.subject, f.what_contains) for f in truth.findings}) == len(
        truth.findings
    )
    assert {f.site for f in found["dead-link"] if f.subject.startswith("site:")} == {
        "portal",
        "platform",
    }


@pytest.mark.parametrize("seed", [1, 5, 9])
def test_every_trap_and_every_hindrance_is_there(seed: int) -> None:
    replica = generate(Spec(seed=seed))
    planted = set(replica.plan.articles.values())
    assert {f.name for f in TRAPS} <= planted
    assert {t for t, v in TREATMENTS.items() if v.count} == set(replica.plan.columns.values())
    codes = {u.code for u in replica.truth.unverified}
    assert codes == {"reader|unproven", "server", "server|unproven", "wall", "robots", "network"}
    assert len(replica.plan.shared) == 3
    assert len(replica.plan.moved) == 4
    assert len(replica.plan.traps) >= 15


def test_a_city_without_plants_has_no_findings_but_keeps_its_traps() -> None:
    truth = generate(Spec(plants=False)).truth
    assert truth.findings == ()
    assert truth.unverified == ()
    assert len(truth.silent) > 40


def test_a_stale_home_page_is_a_finding_only_where_asked_for() -> None:
    replica = generate(Spec(stale_homes=("portal", "platform")))
    stale = [f for f in replica.truth.findings if f.rule == "stale-home-page"]
    assert [f.site for f in stale] == ["platform", "portal"]
    pages = Site(replica)
    for name in ("portal", "platform"):
        dates = re.findall(r"<span>(\d{4}-\d\d-\d\d)</span>", pages.reply(name, "/").body.decode())
        assert len(dates) >= 10
        assert max(dates) < "2018-05-05"


def test_every_subject_of_the_truth_stands_on_the_site(replica: Replica, site: Site) -> None:
    for finding in replica.truth.findings:
        kind, _, key = finding.subject.partition(":")
        if kind == "page":
            page = text_of(replica, site, finding.site, key)
            if finding.what_contains.startswith(("/", "http")):
                assert finding.what_contains.rsplit("/", 1)[1] in page
            elif finding.what_contains:
                assert finding.what_contains in page
        elif kind == "column":
            column = replica.by_key[key]
            if finding.rule == "missing-column" and column.treatment != "renamed":
                assert site.reply(column.site, column.page_path(0)).status == 404
            else:
                assert site.reply(column.site, column.page_path(0)).status == 200
        elif kind == "site":
            assert finding.what_contains in text_of(replica, site, finding.site, "/")
            assert site.reply(finding.site, finding.what_contains).status == 404


def test_every_planted_link_fails_in_the_way_it_was_planned(replica: Replica, site: Site) -> None:
    seen = set()
    for finding in replica.truth.findings:
        if finding.rule in (
            "dead-link",
            "dead-attachment",
            "broken-image",
        ) and finding.subject.startswith("page:"):
            reply = site.reply(finding.site, finding.what_contains)
            state = FORMS[finding.note].resources[-1].state
            seen.add(state)
            assert reply.status == (int(state) if state.isdigit() else 200)
            assert reply.content_type == "text/html"
    assert {"404", "410", "soft404", "html"} <= seen


def test_good_files_have_the_bytes_of_their_kind(replica: Replica, site: Site) -> None:
    magic = {
        "doc": b"\xd0\xcf\x11\xe0",
        "xls": b"\xd0\xcf\x11\xe0",
        "pdf": b"%PDF",
        "jpg": b"\xff\xd8\xff",
        "png": b"\x89PNG",
        "gif": b"GIF8",
    }
    from tests.replica.templates import resource_path

    kinds = set()
    for article in replica.articles.values():
        for index, resource in enumerate(FORMS[article.form].resources):
            if resource.state == "ok" and resource.ext in magic:
                body = site.reply(article.site, resource_path(article, index)).body
                assert body.startswith(magic[resource.ext])
                kinds.add(resource.ext)
    assert {"doc", "xls", "pdf", "jpg"} <= kinds


def walk(site: Site, column: Column) -> list[str]:
    """The row addresses of a column, page after page, as the site itself shows them."""
    rows: list[str] = []
    for index in range(column.pages):
        page = site.reply(column.site, column.page_path(index)).body.decode(
            "gbk" if column.template in ("gbk", "old") else "utf-8"
        )
        main = page[page.index('class="right"') :]
        rows += re.findall(r'<a href="([^"]+)"[^>]* target=', main)
    return rows


def test_lists_show_exactly_the_entries_that_the_truth_counts(replica: Replica, site: Site) -> None:
    for column in replica.columns:
        told = replica.truth.columns[column.key]
        if told.readable and column.slot.slug != "mstd":
            assert len(walk(site, column)) == told.entries, column.key


def test_pagers_come_in_all_kinds_over_several_pages(replica: Replica) -> None:
    kinds = {c.pager for c in replica.columns if c.pages > 1 and not c.treatment}
    assert kinds == {"link", "numbered", "script", "query", "countdown"}


def test_dates_of_untreated_columns_are_in_time_and_of_overdue_ones_past_it(
    replica: Replica,
) -> None:
    overdue = {f.subject[7:] for f in replica.truth.findings if f.rule == "overdue-column"}
    planned = {k for k, t in replica.plan.columns.items() if TREATMENTS[t].rule == "overdue-column"}
    assert overdue == planned
    for column in replica.columns:
        assert all(a.published <= replica.today for a in column.entries)
        if column.treatment == "exactly":
            assert max(a.published for a in column.entries) == oldest_in_time(
                column.slot.category, replica.today
            )


def test_months_are_clamped_to_the_month_s_end() -> None:
    assert months_before(date(2018, 8, 31), 6) == date(2018, 2, 28)
    assert months_before(date(2018, 1, 15), 1) == date(2017, 12, 15)
    assert oldest_in_time("budget", date(2018, 4, 30)) == date(2017, 1, 1)
    assert oldest_in_time("budget", date(2018, 5, 1)) == date(2018, 1, 1)


@pytest.mark.parametrize(
    "form", [f for f in (*CLEAN, *TRAPS) if f.name not in ("figures", "latin-title")]
)
def test_bodies_that_must_stay_silent_have_no_half_width_marks(
    form, replica: Replica, site: Site
) -> None:
    for article in [a for a in replica.articles.values() if a.form == form.name][:3]:
        body = re.sub(r"<[^>]+>|&\w+;", "", site.pen.body(article))
        assert not re.search(r"[\u4e00-\u9fff][,;:.?!()]|[,;:?!()][\u4e00-\u9fff]", body)
        assert "  " not in article.title


def test_the_size_changes_without_reshuffling_what_is_there() -> None:
    small, large = generate(Spec(plants=False)), generate(Spec(plants=False, pages=6000))
    shared = set(small.articles) & set(large.articles)
    assert len(shared) > 0.95 * len(small.articles)
    assert all(small.articles[n].published == large.articles[n].published for n in shared)
    assert 5400 < len(large.articles) + sum(c.pages for c in large.columns) < 6600


def test_pages_can_be_padded_to_a_weight() -> None:
    site = Site(generate(Spec(padding=30_000)))
    for name in ("portal", "platform"):
        sizes = [len(site.reply(name, p).body) for p in site.paths(name)[5::97]]
        sizes = [s for s in sizes if s > 3_000]
        assert min(sizes) >= 30_000
        assert max(sizes) < 36_000


@pytest.mark.parametrize("seed", [1, 2])
def test_mending_and_breaking_tells_what_is_rectified_and_what_is_new(
    replica: Replica, seed: int
) -> None:
    later, diff = mend_and_break(replica, seed)
    before, after = set(map(key, replica.truth.findings)), set(map(key, later.truth.findings))
    assert {key(f) for f in diff.rectified} == before - after
    assert {key(f) for f in diff.new} == after - before
    assert len(diff.rectified) > 20
    assert {f.rule for f in diff.rectified} == RULES
    assert len({f.rule for f in diff.new}) >= 6
    assert "dead-attachment" in {f.rule for f in diff.new}
    assert mend_and_break(replica, seed)[1] == diff


def key(finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.site, finding.subject, finding.what_contains


def test_pages_that_nobody_touched_stay_the_same_after_changes(
    replica: Replica, site: Site
) -> None:
    later, _ = mend_and_break(replica, 1)
    changed = Site(later)
    same = sum(
        site.reply(a.site, a.path).body == changed.reply(a.site, a.path).body
        for a in list(replica.articles.values())[::11]
    )
    assert same > 0.6 * len(list(replica.articles.values())[::11])


def test_a_unit_can_mend_all_that_is_its_own(replica: Replica) -> None:
    units = sorted({f.unit for f in replica.truth.findings if f.unit})
    for unit in ("xxb", *units[::6]):
        _, diff = mend(replica, unit)
        assert {key(f) for f in diff.rectified} == {
            key(f) for f in replica.truth.findings if f.unit == unit
        }
        assert diff.new == ()


def test_a_file_can_vanish_from_a_page_that_stays_as_it_was(replica: Replica, site: Site) -> None:
    later, _ = mend_and_break(replica, 1)
    gone = next(a for a in later.articles.values() if a.form == "attached-gone")
    assert replica.articles[gone.number].form == "attached"
    assert later.truth.pages[f"{gone.site}:{gone.path}"].unit == gone.unit
    body = site.pen.body(replica.articles[gone.number])
    assert Site(later).pen.body(gone) == body


def test_time_makes_punctual_columns_publish_and_others_age(replica: Replica) -> None:
    half_a_year = evolve(replica, date(2018, 12, 3))
    news = [c for c in half_a_year.columns if c.slot.category == "news" and not c.treatment]
    assert all(max(a.published for a in c.entries) > date(2018, 11, 15) for c in news)
    assert all(a.published <= date(2018, 12, 3) for c in half_a_year.columns for a in c.entries)
    assert set(replica.articles) <= set(half_a_year.articles)
    assert all(half_a_year.articles[n].path == a.path for n, a in replica.articles.items())
    further = evolve(half_a_year, date(2019, 5, 15))
    assert set(half_a_year.articles) <= set(further.articles)
    budget = {f.unit for f in further.truth.findings if f.rule == "missing-budget"}
    assert budget == {u for u, fate in replica.plan.budgets.items() if fate == "none"}
    with pytest.raises(ValueError, match="younger"):
        evolve(half_a_year, date(2018, 6, 4))


@pytest.mark.parametrize(
    "day",
    [date(2018, 1, 10), date(2018, 3, 31), date(2018, 5, 1), date(2019, 2, 28), date(2020, 2, 29)],
)
def test_the_day_of_the_replica_can_be_moved(day: date) -> None:
    replica = generate(Spec(as_of=day))
    overdue = {f.subject[7:] for f in replica.truth.findings if f.rule == "overdue-column"}
    assert overdue == {
        k for k, t in replica.plan.columns.items() if TREATMENTS[t].rule == "overdue-column"
    }
    assert all(a.published <= day for c in replica.columns for a in c.entries)


def test_many_pages_are_laid_out_without_being_written() -> None:
    replica = generate(Spec(pages=20_000))
    total = len(replica.articles) + sum(c.pages for c in replica.columns)
    assert 18_000 < total < 22_000

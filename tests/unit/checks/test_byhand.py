"""What makes a finding that a person recorded the same one again."""

from __future__ import annotations

import pytest

from checks.byhand import LONGEST_WHAT, identity
from checks.model import Scope

URL = "http://x/1.html"


def test_a_column_that_is_missing_or_late_is_one_finding_however_it_is_worded() -> None:
    for rule in ("hand-missing", "hand-late"):
        assert identity(rule, Scope.COLUMN, "三个月没有更新", URL) == ""


@pytest.mark.parametrize("scope", [Scope.PAGE, Scope.UNIT, Scope.SITE])
def test_what_is_said_of_anything_else_is_known_by_its_words(scope: Scope) -> None:
    assert identity("hand-late", scope, "三个月没有更新").startswith("三个月没有更新")
    assert identity("hand-content", Scope.COLUMN, "错别字").startswith("错别字")


def test_the_address_tells_places_apart_but_for_a_page_which_is_its_own() -> None:
    assert identity("hand-content", Scope.PAGE, "错别字", URL) == "错别字"
    for scope in (Scope.SITE, Scope.UNIT, Scope.COLUMN):
        assert identity("hand-content", scope, "错别字", URL) == f"错别字 @ {URL}"
    assert identity("hand-content", Scope.SITE, "错别字") == "错别字"


def test_spaces_punctuation_and_full_width_letters_make_no_difference() -> None:
    same = {identity("hand-content", Scope.PAGE, words) for words in ("标题ＡＢ，有误", "标题ab有误", "标题 AB 有误。")}  # fmt: skip
    assert same == {"标题ab有误"}
    assert len(identity("hand-content", Scope.PAGE, "长" * 500)) == LONGEST_WHAT

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from storage.types import Instant, clean, key64, url_key

SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.dialect()
BEIJING = timezone(timedelta(hours=8))
NAIVE = datetime(2018, 12, 3)  # noqa: DTZ001
INSTANTS = st.datetimes(
    min_value=NAIVE.replace(year=1990),
    max_value=NAIVE.replace(year=2100),
    timezones=st.sampled_from([UTC, BEIJING]),
)
ANY_TEXT = st.text(st.characters(exclude_categories=[]))
"""Lone surrogates and NUL included."""


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL])
def test_an_instant_without_a_zone_is_refused(dialect: sqlite.dialect) -> None:
    with pytest.raises(ValueError, match="naive"):
        Instant().process_bind_param(NAIVE, dialect)


@given(INSTANTS)
def test_an_instant_comes_back_as_itself_in_utc(at: datetime) -> None:
    for dialect in (SQLITE, POSTGRESQL):
        kept = Instant().process_bind_param(at, dialect)
        back = Instant().process_result_value(kept, dialect)
        assert back == at
        assert back is not None
        assert back.utcoffset() == timedelta(0)


@given(INSTANTS, INSTANTS)
def test_the_text_of_instants_sorts_as_they_do(one: datetime, other: datetime) -> None:
    texts = [Instant().process_bind_param(at, SQLITE) for at in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)


@given(ANY_TEXT)
def test_cleaned_text_can_be_written_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned.encode().decode()
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_sound_text_is_not_touched(text: str) -> None:
    assert clean(text) == text


@given(ANY_TEXT)
def test_keys_exist_for_any_address(text: str) -> None:
    assert 0 <= key64("page", text) < 2**63
    assert len(url_key(text)) == 16


def test_keys_are_part_of_stored_data_and_never_change() -> None:
    assert key64("page", "http://www.example.gov.cn/") == 5877443447464703048
    assert key64("a", "bc") != key64("ab", "c")

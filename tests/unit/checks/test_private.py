"""What of a person may not be shown: told apart from what only looks like it, and masked to its length."""

from __future__ import annotations

import pytest

from checks import private

ID = "11010519491231002X"  # the sample of GB 11643-1999
PHONE = "13800000000"


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        (ID, True),
        (ID.lower(), True),
        (ID[:-1] + "1", False),  # its check digit is wrong
        ("11010519490229002X", False),  # no such day
        ("110105179912310020", False),  # before 1900, whatever its check digit
        ("110105210012310020", False),
    ],
)
def test_an_identity_number_is_one_by_its_day_and_its_check_digit(number: str, valid: bool) -> None:
    assert private.is_identity(number) is valid


@pytest.mark.parametrize("year", [1900, 2099])
def test_the_first_and_the_last_year_of_an_identity_number_are_taken(year: int) -> None:
    assert any(private.is_identity(f"110105{year}0101001{check}") for check in "0123456789X")
    other = 1899 if year == 1900 else 2100
    assert not any(private.is_identity(f"110105{other}0101001{check}") for check in "0123456789X")


def test_numbers_are_masked_behind_their_first_three_digits_and_keep_their_length() -> None:
    said = f"电话{PHONE}，证号{ID}。"
    hidden = private.hide(said)
    assert hidden == f"电话138{'*' * 8}，证号110{'*' * 15}。"
    assert len(hidden) == len(said)
    assert private.identities(said) == ["110" + "*" * 15]
    assert private.mobiles(said) == [(2, "138" + "*" * 8)]


@pytest.mark.parametrize("said", [f"单号9{PHONE}", f"{PHONE}1", "12800000000", "1380000000"])
def test_what_is_no_mobile_number_stays(said: str) -> None:
    assert private.mobiles(said) == []
    assert private.hide(said) == said


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("张三", True),
        ("张小三", True),
        ("张三丰年", False),  # four characters want a double surname
        ("欧阳明", True),
        ("欧阳小明", True),
        ("欧阳", False),
        ("欧阳小小明", False),
        ("张", False),
        ("张先生", False),
        ("张**", False),
        ("某某", False),
        ("", False),
    ],
)
def test_a_whole_name_is_told_by_its_surname_and_its_length(text: str, whole: bool) -> None:
    assert private.is_whole_name(text) is whole


def test_a_whole_name_is_hidden_by_its_first_character_and_another_is_left() -> None:
    assert private.hide("我叫张小三，张小三住这里", "张小三") == "我叫张**，张**住这里"
    assert private.hide("张先生好", "张先生") == "张先生好"
    assert private.hide("张小三好", None) == "张小三好"
    assert private.hide("张小三好", "") == "张小三好"
    assert private.masked_name("张小三") == "张**"
    assert private.masked_name("张") == "张"


def test_a_name_counts_as_beside_a_number_only_when_it_is_near() -> None:
    near = f"我叫张小三，电话{PHONE}"
    assert private.name_beside(near, near.index(PHONE))
    after = f"{PHONE}，我叫张小三"
    assert private.name_beside(after, 0)
    far = f"我叫张小三，{'情况说明' * 12}电话{PHONE}"
    assert not private.name_beside(far, far.index(PHONE))
    behind = f"{PHONE}，{'情况说明' * 12}我叫张小三"
    assert not private.name_beside(behind, 0)
    nobody = f"请打电话{PHONE}"
    assert not private.name_beside(nobody, nobody.index(PHONE))


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("人民路12号3栋2单元501室", True),
        ("某小区8幢", True),
        ("赤乌大道旁", False),
        ("第3小学", False),
    ],
)
def test_an_address_down_to_the_door_is_somebody_s_home(text: str, home: bool) -> None:
    assert private.is_home(text) is home

"""发文字号: taken only as it must be written, and what is wrong is told with the right form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.docnumber import DocumentNumber

RIGHT = "瑞府办字〔2018〕226号"
AGENCIES = st.text(alphabet="瑞府办字发民赣厅九国函", min_size=2, max_size=8)


@pytest.mark.parametrize(
    "text", [RIGHT, "瑞府办发〔2018〕41号", "瑞民字〔2018〕65号", "国办发〔2017〕47号"]
)
def test_real_numbers_are_taken_as_they_are(text: str) -> None:
    assert str(DocumentNumber.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("瑞府办字(2018)226号", "六角括号"),
        ("瑞府办字（2018）226号", "六角括号"),
        ("瑞府办字[2018]226号", "六角括号"),
        ("瑞府办字【2018】226号", "六角括号"),
        ("瑞府办字〔2018〕第226号", "不加“第”"),
        ("瑞府办字〔2018〕0226号", "虚位"),
        ("瑞府办字〔2018〕226", "后加“号”"),
        ("瑞府办字〔２０１８〕２２６号", "半角"),
        ("瑞府办字 〔2018〕 226号", "空格"),
    ],
)
def test_a_wrong_form_is_told_with_its_correction(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as told:
        DocumentNumber.parse(text)
    assert f"应写成 {RIGHT}" in str(told.value)


@pytest.mark.parametrize(
    "text", ["", "226", "瑞府办字226号", "〔2018〕226号", "瑞府办字〔18〕226号", "a" * 500]
)
def test_what_cannot_be_mended_is_told_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=RIGHT) as told:
        DocumentNumber.parse(text)
    assert len(str(told.value)) < 200


@given(AGENCIES, st.integers(1000, 9999), st.integers(1, 99_999))
def test_every_number_survives_being_written_and_read(agency: str, year: int, serial: int) -> None:
    number = DocumentNumber(agency, year, serial)
    assert DocumentNumber.parse(str(number)) == number


@given(
    AGENCIES,
    st.integers(1000, 9999),
    st.integers(1, 99_999),
    st.sampled_from(["()", "（）", "[]", "【】", "［］", "{}", "<>", "《》", "﹝﹞", "『』"]),
    st.sampled_from(["", "第", "0", "00"]),
    st.sampled_from(["", "号"]),
)
def test_any_other_bracket_is_refused_with_the_right_number(
    agency: str, year: int, serial: int, brackets: str, before: str, after: str
) -> None:
    wrong = f"{agency}{brackets[0]}{year}{brackets[1]}{before}{serial}{after}"
    with pytest.raises(ValueError, match="应写成") as told:
        DocumentNumber.parse(wrong)
    assert str(told.value).endswith(f"应写成 {DocumentNumber(agency, year, serial)}")


@given(st.text(max_size=40))
def test_any_text_is_a_number_written_rightly_or_a_value_error(text: str) -> None:
    try:
        number = DocumentNumber.parse(text)
    except ValueError:
        return
    assert str(number) == text

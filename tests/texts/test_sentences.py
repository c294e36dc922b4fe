import pytest

from outlet_app.texts.sentences import sentences


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (("It is locked.", "Time left: 1:58"), "It is locked. Time left: 1:58"),
        (("已被锁定。", "剩余时间：1:58"), "已被锁定。剩余时间：1:58"),
        (("被退回", "店员可处理。"), "被退回 店员可处理。"),
        (("", "只有一句。", ""), "只有一句。"),
        ((), ""),
    ],
)
def test_no_space_stands_behind_a_full_width_mark(parts: tuple[str, ...], line: str) -> None:
    assert sentences(*parts) == line

"""Personal data in free text is hidden, everything else stays (脱敏)."""

import pytest

from xiucheng.rules.masking import dialled as dialled_as
from xiucheng.rules.masking import mask, mask_name, mask_phone


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打我电话13812345678", "打我电话138****5678"),
        ("手机+86 138 1234 5678。", "手机138****5678。"),
        ("座机023-62801234", "座机023-****1234"),
        ("身份证500108199001011234", "身份证500108********1234"),
        ("卡号6222021234567890123", "卡号****"),
        ("车牌渝A12345乱停", "车牌渝A·***5乱停"),
        ("手机138-1234-5678", "手机138****5678"),
        ("手机13812 345678", "手机138****5678"),
        ("手机１３８１２３４５６７８", "手机138****5678"),
        ("身份证500108 19900101 123X", "身份证500108********123X"),
        ("身份证５００１０８１９９００１０１１２３４", "身份证500108********1234"),
        ("车牌渝a·12345", "车牌渝A·***5"),
        ("车牌渝A-12345", "车牌渝A·***5"),
        ("新能源渝AD12345停在人行道", "新能源渝A·***5停在人行道"),
        ("渝A1234警", "渝A·***警"),
        ("写信给a.b@example.com谢谢", "写信给***@***谢谢"),
        ("打１３８１２３４５６７８找我，６９号楼", "打138****5678找我，６９号楼"),
        ("写信给ａｂ＠example．com谢谢", "写信给***@***谢谢"),
        ("案件5001082026112400048进展如何", "案件5001082026112400048进展如何"),
        ("部件编号5001080101000123", "部件编号5001080101000123"),
        ("学府大道69号6栋1单元", "学府大道69号6栋1单元"),
        ("门口2米高的𠮷字招牌", "门口2米高的𠮷字招牌"),
    ],
)
def test_mask_hides_only_personal_data(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(("name", "masked"), [("王小明", "王**"), ("李", "李"), ("", "")])
def test_mask_name_keeps_the_family_name(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), [("13812345678", "138****5678"), ("12319", "***19")])
def test_mask_phone_keeps_the_ends(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("（023）5550 1037", "02355501037"),
        ("8613812345", "8613812345"),
        ("", ""),
    ],
)
def test_number_as_it_is_dialled(written: str, dialled: str) -> None:
    assert dialled_as(written) == dialled

"""Residents in words: sex, kinds of identifier."""

from yilianti.kernel.terms import Term


class Sex(Term):
    """GB/T 2261.1 性别代码."""

    UNKNOWN = "0", "未知", "unknown"
    MALE = "1", "男", "male"
    FEMALE = "2", "女", "female"
    UNSTATED = "9", "未说明", "not stated"


class IdentifierSystem(Term):
    ID_CARD = "id_card", "居民身份证号", "resident identity card"
    INSURANCE = "insurance", "医保号", "insurance number"
    HEALTH_CARD = "health_card", "电子健康卡号", "health-card number"
    LOCAL = "local", "院内病历号", "local patient number"


#: Systems in which one number means one person wherever it was issued.
STRONG = (IdentifierSystem.ID_CARD, IdentifierSystem.INSURANCE, IdentifierSystem.HEALTH_CARD)

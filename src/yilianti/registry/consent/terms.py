"""Consent in words (个人信息保护法 第29条: separate consent for sensitive information)."""

from yilianti.kernel.terms import Term


class Purpose(Term):
    REFERRAL = "referral", "转诊及病历共享", "referral and sharing of the record for it"
    RECORD_SHARING = "record_sharing", "医联体内调阅健康档案", "reading the record within the consortium"
    SENSITIVE_SHARING = "sensitive_sharing", "医联体内调阅敏感病种内容", "reading sensitive items within the consortium"


class Basis(Term):
    SIGNED = "signed", "本人签字", "signed"
    GUARDIAN = "guardian", "监护人签字", "signed by guardian"
    VERBAL = "verbal", "口头同意并记录", "verbal, recorded"
    EMERGENCY = "emergency", "急救情形", "emergency"

#: What each journal word of this room is called on pages.
JOURNAL = {
    "consent.recorded": "记录知情同意", "consent.withdrawn": "撤回知情同意",
}  # fmt: skip

"""Encounters in words."""

from yilianti.kernel.terms import Term


class Kind(Term):
    """PV1-2 patient class, in the words of the FHIR Encounter class."""

    OUTPATIENT = "outpatient", "门诊", "out-patient"
    INPATIENT = "inpatient", "住院", "in-patient"
    EMERGENCY = "emergency", "急诊", "emergency"
    OTHER = "other", "其他", "other"


class State(Term):
    OPEN = "open", "就诊中", "in progress"
    CLOSED = "closed", "已结束", "finished"
    CANCELLED = "cancelled", "已撤销", "cancelled"


class Change(Term):
    OPENED = "opened", "建立", "opened"
    TRANSFERRED = "transferred", "转科转床", "transferred"
    AMENDED = "amended", "更新", "amended"
    CLOSED = "closed", "结束", "closed"
    CANCELLED = "cancelled", "撤销", "cancelled"
    REOPENED = "reopened", "撤销出院", "discharge cancelled"

"""Inbound messages in words: their state, and the tables whose local codes an institution may map."""

from yilianti.kernel.terms import Term


class State(Term):
    RECEIVED = "received", "已收到", "received"
    APPLIED = "applied", "已入档", "applied"
    REFUSED = "refused", "已拒绝", "refused"
    IGNORED = "ignored", "不再处理", "set aside"


class Table(Term):
    """Fields whose local codes may be mapped, each with the place it is read from."""

    SEX = "sex", "性别（PID-8）", "sex"
    PATIENT_CLASS = "patient_class", "就诊类别（PV1-2）", "patient class"
    DEPARTMENT = "department", "科室（PV1-3、PV1-10）", "department"
    DIAGNOSIS = "diagnosis", "诊断（DG1-3）", "diagnosis"
    DISPOSITION = "disposition", "离院方式（PV1-36）", "discharge disposition"
    CATEGORY = "category", "检查类别（OBR-24）", "report category"
    OBSERVATION = "observation", "检验检查项目（OBX-3、OBR-4）", "observation"
    ORDER = "order", "检查申请项目（申请的 OBR-4）", "ordered examination"
    PRIORITY = "priority", "紧急程度（TQ1-9、OBR-27、OBR-31）", "priority of an order"
    DOCUMENT = "document", "文书类别（TXA-2）", "document type"
    AUTHORITY = "authority", "患者编号的签发者（PID-3.4）", "assigning authority"


#: Standard values that a mapping must hit, where the table is a closed one.
CLOSED = {
    Table.SEX: {"0": "未知", "1": "男", "2": "女", "9": "未说明"},
    Table.PATIENT_CLASS: {"inpatient": "住院", "outpatient": "门诊", "emergency": "急诊", "other": "其他"},
    Table.CATEGORY: {"laboratory": "检验", "imaging": "影像", "ecg": "心电", "pathology": "病理", "other": "其他检查"},
    Table.ORDER: {"ecg": "心电图", "ecg_chest_pain": "心电图（胸痛）"},
    Table.PRIORITY: {"routine": "常规", "emergency": "急诊", "chest_pain": "胸痛"},
    Table.DOCUMENT: {"discharge_summary": "出院小结", "outpatient_note": "门急诊病历", "other": "其他文书"},
    Table.AUTHORITY: {"own": "本机构自己的编号"},
}

#: What each journal word of this room is called on pages.
JOURNAL = {
    "hl7v2.code_mapped": "新增编码对照", "hl7v2.code_unmapped": "停用编码对照", "hl7v2.replayed": "重放接口消息",
    "hl7v2.set_aside": "搁置接口消息",
}  # fmt: skip

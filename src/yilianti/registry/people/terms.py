"""Staff in words."""

from yilianti.kernel.terms import Term


class Title(Term):
    VILLAGE_DOCTOR = "village_doctor", "乡村医生", "village doctor"
    ASSISTANT_PHYSICIAN = "assistant_physician", "执业助理医师", "licensed assistant physician"
    RESIDENT_PHYSICIAN = "resident_physician", "住院医师", "resident physician"
    ATTENDING_PHYSICIAN = "attending_physician", "主治医师", "attending physician"
    ASSOCIATE_CHIEF = "associate_chief", "副主任医师", "associate chief physician"
    CHIEF = "chief", "主任医师", "chief physician"
    NURSE = "nurse", "护士", "nurse"
    ADMINISTRATIVE = "administrative", "行政人员", "administrative staff"
    TECHNICIAN = "technician", "技师", "technician"


class LicenceKind(Term):
    PHYSICIAN = "physician", "执业医师", "physician licence"
    ASSISTANT_PHYSICIAN = "assistant_physician", "执业助理医师", "assistant physician licence"
    VILLAGE_DOCTOR = "village_doctor", "乡村医生执业证", "village doctor licence"
    NURSE = "nurse", "护士执业证", "nursing licence"

#: What each journal word of this room is called on pages.
JOURNAL = {
    "people.amended": "更正人员资料", "people.joined": "入职", "people.leave_noted": "办理离职", "people.left": "离职生效", "people.moved": "调动",
    "people.returned": "返聘复职", "people.stayed": "撤销离职", "people.licensed": "登记执业资格", "people.post_ended": "结束任职", "people.post_given": "任职",
    "people.registered": "登记人员",
}  # fmt: skip

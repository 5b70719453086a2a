"""Words of pricing: kinds of care, levels, ways of getting there, groups of people, steps, and where a source stops."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class Kind(Term):
    INPATIENT = "inpatient", "住院", "inpatient stay"
    OUTPATIENT = "outpatient", "普通门诊", "ordinary outpatient"
    CHRONIC = "chronic", "门诊慢特病", "chronic outpatient"


class Level(Term):
    """Level of service as ladders name it, lowest first."""

    VILLAGE = "village", "村卫生室（社区卫生服务站）", "village clinic"
    TOWNSHIP = "township", "乡镇卫生院（社区卫生服务中心）", "township or community centre"
    ONE = "level1", "一级", "level 1"
    TWO = "level2", "二级和县级", "level 2 or county"
    THREE = "level3", "三级", "level 3"
    THREE_CITY = "level3_city", "市属三级", "level 3, city"
    THREE_PROVINCE = "level3_province", "省属三级", "level 3, province"


class Area(Term):
    HERE = "here", "统筹区内", "inside the pooling area"
    OTHER_CITY = "other_city", "省内其他市", "another city of the province"
    OTHER_PROVINCE = "other_province", "省外", "outside the province"


class Way(Term):
    REFERRED = "referred", "经转诊", "referred"
    FILED = "filed", "自行备案", "filed by oneself"
    EMERGENCY = "emergency", "急诊", "emergency"
    DIRECT = "direct", "未转诊未备案", "neither referred nor filed"


class Group(Term):
    """Who the person is, or what the stay is, where a rule asks for it."""

    STUDENT = "student", "学生儿童", "student or child"
    AGED_90 = "aged_90", "90 岁以上", "aged 90 or more"
    PSYCHIATRIC = "psychiatric", "精神病", "psychiatric"
    AIDS = "aids", "艾滋病", "AIDS"
    COURSE = "course", "恶性肿瘤放化疗等疗程治疗", "course of treatment, such as chemotherapy"
    REFERRED = "referred", "经转诊", "referred"
    DESTITUTE = "destitute", "特困人员", "destitute"
    ORPHAN = "orphan", "孤儿", "orphan"
    MINIMUM_LIVING = "minimum_living", "低保对象", "on minimum living allowance"
    BORDERLINE = "borderline", "低保边缘家庭成员", "just above the minimum living allowance"
    POOR = "poor", "困难人员（返贫致贫等）", "poor"
    LOW_INCOME = "low_income", "低收入", "low income"
    ILLNESS_POOR = "illness_poor", "因病致贫重病患者", "poor by illness"


class OnReferral(Term):
    """How the deductible goes on when one stay follows another by referral."""

    UNSTATED = "unstated", "来源没有写", "not stated by the source"
    SEPARATE = "separate", "各院分别计算", "each hospital by itself"
    DIFFERENCE = "difference", "上转只付差额，下转不再付", "up: the difference only; down: nothing"
    CONTINUOUS = "continuous", "连续计算，视为一次住院", "reckoned through as one stay"


class Step(Term):
    SCOPE = "scope", "政策范围内费用", "in-scope amount"
    GIVEN = "given", "已结算的部分", "settled before"
    DEDUCTIBLE = "deductible", "起付线", "deductible"
    RATIO = "ratio", "报销比例", "ratio"
    BAND = "band", "分段报销", "band"
    ADDITION = "addition", "增加比例", "addition"
    POOL = "pool", "门诊额度", "pool"
    CAP = "cap", "基本医保年度封顶线", "yearly cap of the basic fund"
    CATASTROPHIC = "catastrophic", "大病保险", "catastrophic insurance"
    AID = "aid", "医疗救助", "medical aid"
    LEFT_OUT = "left_out", "没有计入", "left out"
    TOTAL = "total", "合计", "total"


class Gap(Term):
    """Why a claim has no price: what its place's policy does not say."""

    NONE = "none", "已计算", "priced"
    NO_INPATIENT = "no_inpatient", "本地没有住院待遇政策", "this place has no policy for inpatient stays"
    NO_LEVEL = "no_level", "待遇政策没有写这一级机构的起付线", "the policy has no deductible for this level"
    NO_RATIO = "no_ratio", "待遇政策没有写这一级机构的报销比例", "the policy has no ratio for this level"
    NO_AREA = "no_area", "待遇政策没有写这种异地就医怎样报销", "the policy does not say how this care outside the area is paid"
    NO_ADDITION = "no_addition", "超过一定金额后增加的比例，来源没有写", "the source does not say what is added above a certain amount"
    NO_REFERRAL_RULE = "no_referral_rule", "待遇政策没有写转诊前后的起付线怎样算", "the policy does not say how the deductible goes on after a referral"
    NO_OUTPATIENT = "no_outpatient", "本地没有普通门诊待遇政策，或没有写这一档、这一级", "no outpatient policy here, or none for this grade and level"
    NO_CHRONIC = "no_chronic", "本地没有门诊慢特病待遇政策", "this place has no policy for chronic outpatient care"
    NO_CATASTROPHIC = "no_catastrophic", "大病保险的分段比例，来源没有写", "the source has no bands of catastrophic insurance"
    NO_OUTCOME = "no_outcome", "救助限额要看大病保险是否支付，本地没有大病保险政策", "the cap of the aid depends on catastrophic insurance, which this place has no policy for"
    EARLIER = "earlier", "同一人本年度较早的一笔没有算出", "an earlier claim of the same person in the year has no price"


KINDS, LEVELS, AREAS, WAYS, GAPS = tuple(Kind), tuple(Level), tuple(Area), tuple(Way), tuple(Gap)
#: One bit a group, in the order of the class.
BIT = {group: 1 << place for place, group in enumerate(Group)}
GAP = {gap: place for place, gap in enumerate(Gap)}
#: Written in arrays where a source gives no number.
UNKNOWN = -(1 << 40)
NOT_GIVEN = -1
#: More than any amount: the end of the last band, and a cap that nobody set.
ENDLESS = 1 << 52
WHOLE = 10_000

"""The columns of both tables; `also` has the names of the national settlement interface and of usual exports.

Source of the interface's names: fields as used in public hospital code (mark C in the reference), codes 310/390 and 11/21 likewise.
"""

from __future__ import annotations

from yilianti.kernel.tables.layout import CellKind, Column
from yilianti.settlement.claims.pricing.terms import Group, Kind, Level, Way
from yilianti.settlement.claims.terms import Category, Insurance

_KINDS = {"住院": Kind.INPATIENT.value, "普通门诊": Kind.OUTPATIENT.value, "门诊慢特病": Kind.CHRONIC.value, "普通住院": Kind.INPATIENT.value, "门诊": Kind.OUTPATIENT.value,
          "门诊慢病": Kind.CHRONIC.value, "门诊特病": Kind.CHRONIC.value, "21": Kind.INPATIENT.value, "11": Kind.OUTPATIENT.value}  # fmt: skip
_INSURANCES = {"城乡居民": Insurance.RESIDENT.value, "职工": Insurance.EMPLOYEE.value, Insurance.RESIDENT.zh: Insurance.RESIDENT.value, Insurance.EMPLOYEE.zh: Insurance.EMPLOYEE.value,
               "390": Insurance.RESIDENT.value, "310": Insurance.EMPLOYEE.value}  # fmt: skip
_WAYS, _LEVELS, _CATEGORIES = ({str(one.zh): str(one.value) for one in term} for term in (Way, Level, Category))
_CODE, _DAY, _YUAN = CellKind.CODE, CellKind.DAY, CellKind.AMOUNT
GROUP_WORDS = {one.zh: one.value for one in Group}
INSTITUTION = Column("institution", "机构代码", "只登记本机构的可以不填。", _CODE, longest=32, also=("定点医药机构编号", "医疗机构代码", "fixmedins_code"))
NUMBER = Column("settlement_number", "结算编号", "医保结算编号；没有的用本院发票或结算流水号。", _CODE, required=True, example="JS202611260001", longest=64, also=("结算ID", "结算流水号", "setl_id"))

SETTLEMENT = (
    INSTITUTION, NUMBER,
    Column("visit_number", "就诊号", "住院号或门诊号；与平台的就诊对上。", _CODE, longest=64, also=("就诊ID", "住院号", "门诊号", "mdtrt_id")),
    Column("id_card", "身份证号", "已登记的居民。", _CODE, required=True, example="110105194912310021", longest=24, also=("证件号码", "证件号", "certno")),
    Column("name", "姓名", "用来核对；与在册不符的不导入。", example="苏映荷", longest=96, also=("患者姓名", "psn_name")),
    Column("kind", "医疗类别", required=True, example="住院", choices=_KINDS, also=("类别", "med_type", "clr_type")),
    Column("insurance", "险种", "不填按参保名单。", choices=_INSURANCES, also=("险种类型", "insutype")),
    Column("region", "参保地区划代码", "不填按参保名单。", _CODE, longest=12, also=("参保地", "insuplc_admdvs")),
    Column("way", "就医方式", "不填按平台的转诊记录。", choices=_WAYS),
    Column("follows", "前次结算编号", "转诊前那次住院的结算编号；不填按平台的转诊记录。", _CODE, longest=64),
    Column("level", "服务级别", "不填按机构登记的层级。", choices=_LEVELS),
    Column("groups", "人员类别", f"有几种的用顿号分开：{'、'.join(GROUP_WORDS)}。", longest=120, also=("救助对象类别",)),
    Column("grade", "缴费档次", "没有分档的不填。", _CODE, longest=1),
    Column("signed", "签约", "已签约家庭医生填“是”。", choices={"是": "1", "否": "0"}),
    Column("diseases", "慢特病病种数", "门诊慢特病才填，默认 1。", _CODE, longest=2),
    Column("admitted_on", "入院日期", "门诊填就诊日期。", _DAY, required=True, example="2026-11-16", also=("就诊日期", "入院时间", "begntime", "adm_time")),
    Column("discharged_on", "出院日期", "门诊填结算日期。", _DAY, required=True, example="2026-11-26", also=("结算日期", "出院时间", "endtime", "dscg_time", "setl_time")),
    Column("total", "总费用", "元。", _YUAN, required=True, example="10000.00", also=("医疗费总额", "总金额", "medfee_sumamt")),
    Column("fully_own", "全自费", "元。", _YUAN, also=("全自费金额", "fulamt_ownpay_amt")),
    Column("over_limit", "超限价自付", "元。", _YUAN, also=("超限价自费费用", "overlmt_selfpay")),
    Column("first_self", "先行自付", "元。", _YUAN, example="500.00", also=("先行自付金额", "preselfpay_amt")),
    Column("hospital", "医院负担", "元。", _YUAN, also=("医院负担金额", "hosp_part_amt")),
    Column("fund", "医保已结基金合计", "医保系统已经结算的，用来与平台计算的核对。", _YUAN, also=("基金支付总额", "fund_pay_sumamt")),
    Column("basic", "医保已结统筹", "", _YUAN, also=("统筹基金支出", "基本医疗保险统筹基金支出", "hifp_pay")),
    Column("catastrophic", "医保已结大病", "", _YUAN, also=("居民大病保险资金支出", "hifmi_pay")),
    Column("aid", "医保已结救助", "", _YUAN, also=("医疗救助基金支出", "maf_pay")),
    Column("other_public", "公务员补助", "", _YUAN, also=("公务员医疗补助资金支出", "cvlserv_pay")),
    Column("other_firm", "企业补充", "", _YUAN, also=("企业补充医疗保险基金支出", "hifes_pay")),
    Column("other_large", "职工大额", "", _YUAN, also=("职工大额医疗费用补助基金支出", "hifob_pay")),
    Column("other", "其他基金", "", _YUAN, also=("其他支出", "oth_pay")),
    Column("person", "医保已结个人", "", _YUAN, also=("个人负担总金额", "psn_part_amt")),
    Column("department", "科室", longest=64, also=("出院科别", "出院科室", "dscg_dept_name")),
    Column("doctor", "医生", longest=64, also=("主治医师", "主诊医师", "atddr_name")),
    Column("main_dx", "主要诊断编码", "医保版编码。", _CODE, example="I20.000", longest=32, also=("主诊断编码", "出院主要诊断编码", "maindiag_code")),
    Column("other_dx", "其他诊断编码", "几个的用 | 分开。", longest=800, also=("次要诊断编码",)),
    Column("main_op", "主要手术操作编码", "", _CODE, longest=32, also=("主要手术及操作编码", "main_oprn_code")),
    Column("other_op", "其他手术操作编码", "几个的用 | 分开。", longest=800, also=("其他手术及操作编码",)),
    Column("discharge_type", "离院方式", longest=16, also=("dscg_way",)),
    Column("weight_g", "新生儿入院体重（克）", "", _CODE, longest=5, also=("新生儿入院体重", "nwb_adm_wt")),
)  # fmt: skip

CHARGE = (
    INSTITUTION, NUMBER,
    Column("line", "明细序号", "一次结算里不重复。", _CODE, required=True, example="1", longest=32, also=("费用明细流水号", "feedetl_sn")),
    Column("code", "项目编码", "本院的编码。", _CODE, required=True, example="YP0001", longest=48, also=("院内编码", "医药机构目录编码", "medins_list_codg")),
    Column("list_code", "医保目录编码", "", _CODE, longest=48, also=("国家医保编码", "med_list_codg")),
    Column("name", "项目名称", required=True, example="阿司匹林肠溶片", longest=120, also=("医药机构目录名称", "medins_list_name")),
    Column("category", "类别", required=True, example="药品", choices=_CATEGORIES, also=("费用类别", "list_type")),
    Column("quantity", "数量", "", CellKind.QUANTITY, required=True, example="1", also=("cnt",)),
    Column("unit_price", "单价", "元，至多四位小数。", CellKind.QUANTITY, required=True, example="12.5", also=("pric",)),
    Column("amount", "金额", "元。", _YUAN, required=True, example="12.50", also=("明细项目费用总额", "det_item_fee_sumamt")),
    Column("fully_own", "全自费", "元。", _YUAN, also=("全自费金额", "fulamt_ownpay_amt")),
    Column("over_limit", "超限价自付", "元。", _YUAN, also=("超限价金额", "overlmt_selfpay")),
    Column("first_self", "先行自付", "元。", _YUAN, also=("先行自付金额", "preselfpay_amt")),
    Column("charged_at", "费用发生时间", "", CellKind.MOMENT, required=True, example="2026-11-20 08:30", also=("发生时间", "fee_ocur_time")),
    Column("department", "开单科室", longest=64, also=("开单科室名称", "bilg_dept_name")),
    Column("doctor", "开单医生", longest=64, also=("开单医生姓名", "bilg_dr_name")),
    Column("supply_days", "用药天数", "药品才填。", _CODE, longest=3),
)  # fmt: skip

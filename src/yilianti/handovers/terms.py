"""The river in words."""

#: What each journal word of this room is called on pages.
JOURNAL = {
    "handovers.parked": "移交停下", "handovers.retried": "重试移交", "handovers.dismissed": "放弃移交",
    "handovers.backup_requested": "要求备份", "handovers.drill_requested": "要求恢复演练", "handovers.job_retried": "重做后台任务",
}  # fmt: skip

#: What each handover and each timed handover is called on the operations page, by module.
NAMES = {
    "diagnosis_limits": "提醒将到的诊断时限",
    "diagnosis_to_hl7v2": "诊断报告 → 医院系统",
    "diagnosis_to_inbox": "检查与危急值 → 待办与通知",
    "unclaimed_to_inbox": "无人认领的设备来件 → 待办",
    "critical_to_messaging": "危急值 → 短信网关",
    "encounter_to_claims": "就诊结束 → 待费用",
    "referral_to_claims": "转诊到院 → 重新计算待遇", "residents_to_claims": "居民合并与撤销 → 重新计算待遇",
    "record_to_referral": "医院就诊变动 → 转诊", "referral_to_inbox": "转诊进展 → 待办与通知",
    "referral_to_messaging": "转诊进展 → 患者短信", "messaging_to_referral": "患者短信结果 → 转诊", "unreached_patients": "提醒迟迟没告知到的患者",
    "referral_to_hl7v2": "转诊进展 → 医院系统", "schedule_to_referral": "医院预约 → 转诊", "outbound_to_inbox": "外发中断与停下 → 待办", "silent_destinations": "报告中断的外发目的地", "referral_to_prescriptions": "转诊时问到的过敏 → 健康档案",
    "privacy_to_inbox": "紧急调阅 → 复核待办", "ended_emergencies": "结束到时的紧急调阅", "late_requests": "催办超期的个人信息请求",
    "new_address_to_inbox": "从新地址登录 → 本人的通知",
    "inbox_to_messaging": "站外提醒 → 短信网关", "messaging_to_inbox": "短信结果 → 待办与通知",
    "people_to_inbox": "人员进出 → 待办与通知", "people_to_access": "离职 → 停用账号", "people_to_diagnosis": "离职 → 停用签名密钥", "leaving_staff": "到日离职",
    "unanswered_items": "逐级催办待办", "inbox_calls": "发出站外提醒", "morning_digest": "早间汇总",
    "contract_to_referral": "家庭医生签约 → 转诊", "contract_to_messaging": "签约确认码 → 短信网关", "lapsed_contracts": "作废逾期未确认的签约、结束期满的签约",
    "resolution_to_policies": "决议 → 现行政策", "governance_to_inbox": "治理 → 待办与通知", "expiring_documents": "提醒将到期的文件",
    "claim_to_supervision": "费用变动 → 基金监管", "supervision_to_inbox": "监管线索 → 待办与通知", "scanned_claims": "按规则看费用", "owed_suspicions": "提醒线索的期限",
    "budget_to_inbox": "包干总额 → 待办与通知", "reckoned_months": "按月核算包干总额", "owed_instalments": "提醒将到期的预付款",
    "diagnosis_to_distribution": "诊断报告 → 清算工作量", "distribution_to_inbox": "年度清算 → 待办与通知", "unconfirmed_statements": "报告过期未确认的清算单", "unconfirmed_to_inbox": "未确认的清算单 → 通知",
    "operations_alarms": "运行报警 → 待办",
    "published_waiting": "每晚公布各机构的答复用时",
    "lapsed_places": "收回到期的预留",
    "patients_ready_home": "早上列出可回乡的住院患者 → 待办",
    "lapsed_referrals": "关闭逾期未到的转诊", "promised_referrals": "催办转诊各环节的时限",
    "offered_places": "把空出的名额给候补", "line_to_inbox": "候补名额 → 待办与通知",
    "reservation_to_hl7v2": "号源预留 → 医院系统", "place_to_inbox": "医院改号、取消 → 待办",
}  # fmt: skip

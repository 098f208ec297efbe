"""What the pages call states, kinds, fields and other codes, in Chinese; English stands beside it in the locales."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.state_words import STATE_WORDS

ROLES: Mapping[str, str] = {"make": "生产", "process": "加工", "resell": "销售", "service": "服务"}
DEMAND_STATES = STATE_WORDS["demand_state"]
DEMANDS_IN_PART: Mapping[str, str] = {
    "awarded": "部分已定标",
    "fulfilled": "部分完成",
    "expired": "部分已定标，其余已过期",
}
"""What states are called where only some of the lines were given to anybody."""
DEMAND_FIELDS: Mapping[str, str] = {
    "title": "需求标题",
    "description": "具体要求",
    "buyer": "采购单位",
    "adcode": "收货地点",
    "kind": "种类",
    "address": "收货地址",
    "deliver_from": "最早交付",
    "deliver_until": "最迟交付",
    "budget_low": "预算下限（元）",
    "budget_high": "预算上限（元）",
    "budget_sealed": "预算不对供应商公开",
    "quotes_until": "报价截止",
    "valid_until": "有效期至",
    "sealed": "截止前报价密封",
    "visibility": "谁能看到",
    "form": "需求表单",
    "need": "更正的理解",
    "lines": "明细",
    "guests": "受邀企业",
    "files": "附件",
}
LISTING_STATUSES = STATE_WORDS["listing_state"]
COMPANY_STATUSES: Mapping[str, str] = {
    "active": "存续",
    "suspended": "停业",
    "revoked": "吊销",
    "deregistered": "注销",
}
VERIFICATIONS: Mapping[str, str] = {"unverified": "未认领", "claimed": "已认领", "verified": "已核验"}
SIZES: Mapping[str, str] = {
    "large": "大型",
    "medium": "中型",
    "small": "小型",
    "micro": "微型",
    "unknown": "未知",
}
CODE_KINDS: Mapping[str, str] = {
    "company": "企业码",
    "product": "产品",
    "machine": "设备",
    "branch": "分支机构",
}
LINK_TYPES: Mapping[str, str] = {"certificates": "资质证书", "traceability": "追溯", "quality": "质量文件"}
WITHIN: Mapping[str, str] = {"district": "区县", "city": "本市", "province": "本省", "anywhere": "不限"}
PER: Mapping[str, str] = {"hour": "小时", "day": "天", "month": "月", "year": "年"}
FIELDS: Mapping[str, str] = {
    "address": "地址",
    "adcode": "所在区划",
    "capital_raw": "注册资本原文",
    "name": "企业名称",
    "business_scope": "经营范围",
    "uscc": "统一社会信用代码",
    "industry_code": "行业代码",
    "employees": "从业人数",
    "registered_adcode": "登记机关",
}
METHODS: Mapping[str, str] = {
    "name_parts": "由企业名称拆出",
    "division_centre": "以区划中心代替",
    "exchange": "按币种折算",
}

SCOPES: Mapping[str, str] = {
    "companies:write": "维护企业资料",
    "listings:write": "维护供给",
    "demands:write": "发布需求",
    "codes:write": "管理企业码",
    "imports:write": "批量导入",
    "webhooks:write": "管理推送地址",
    "deals:write": "推进成交与评价",
    "leads:write": "管理销售线索",
    "quotes:write": "邀请、报价与授标",
    "words:write": "管理行业词",
}
CLAIM_STATES = STATE_WORDS["claim_state"]
CLAIM_METHODS: Mapping[str, str] = {"domain": "企业邮箱", "documents": "证明材料", "review": "人工核实"}
SIGN_IN_METHODS: Mapping[str, str] = {
    "password": "密码登录",
    "code": "验证码登录",
    "scan": "扫码登录",
    "demo": "演示账号",
}
DEVICES: tuple[tuple[str, str], ...] = (
    ("MicroMessenger", "微信"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "安卓设备"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "Mac 电脑"),
    ("Linux", "Linux 电脑"),
)
"""What stands in a User-Agent, and the device it tells of; the first that fits."""

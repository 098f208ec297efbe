"""Names under which the columns of a company sheet are met: registries' exports, chambers' lists, Excel by hand."""

from __future__ import annotations

_NAMES: dict[str, str] = {
    "uscc": "统一社会信用代码 社会信用代码 统一信用代码 信用代码 统一代码 企业信用代码 统一社会信用代码证号 机构代码 社会统一信用代码 "
    "统一社会信用代码/注册号 uscc|usci|credit code|unified social credit code|unified social credit identifier|"
    "social credit code",
    "name": "企业名称 公司名称 单位名称 企业全称 公司全称 单位全称 企业 公司 名称 机构名称 商户名称 厂名 企业名 公司名 供应商名称 供应商 "
    "市场主体名称 name|company|company name|enterprise|enterprise name|supplier|supplier name|full name|"
    "registered name",
    "registered_on": "成立日期 注册日期 成立时间 注册时间 设立日期 登记日期 开业日期 创立日期 注册登记日期 "
    "registered on|registration date|date registered|established|established on|date established|founded",
    "type": "企业类型 公司类型 单位类型 企业性质 企业(机构)类型 主体类型 市场主体类型 类型 组织形式 "
    "type|company type|enterprise type|legal form",
    "capital_raw": "注册资本 注册资金 注册资本金 认缴资本 认缴注册资本 注册资本总额 出资总额 "
    "capital|capital raw|registered capital",
    "province": "省份 省 所属省份 所在省份 所在省 province",
    "city": "城市 所属城市 所在城市 地市 市 所在市 所属地市 所在地市 city",
    "district": "区县 区 县区 所属区县 所在区县 县(市、区) 区/县 县/区 district|county",
    "address": "地址 住所 注册地址 企业地址 公司地址 单位地址 详细地址 经营地址 经营场所 营业地址 登记地址 联系地址 通讯地址 "
    "住所/经营场所 住所(经营场所) address|registered address|street address",
    "business_scope": "经营范围 营业范围 业务范围 经营业务 经营业务范围 主营业务 主营产品 经营项目 "
    "business scope|scope|scope of business",
    "industry": "行业 所属行业 行业代码 国民经济行业 国民经济行业代码 行业分类 行业名称 行业门类 industry|industry code",
    "status": "登记状态 经营状态 企业状态 状态 存续状态 注册状态 营业状态 status|registration status|operating status",
    "tags": "标签 资质 企业标签 企业资质 资质荣誉 资质认证 荣誉资质 认证 tags|labels|qualifications|certifications",
    "aliases": "别名 曾用名 简称 企业简称 公司简称 又名 曾用名称 aliases|alias|short name|former name|former names",
    "website": "网址 网站 官网 企业网址 公司网站 公司网址 官方网站 website|url|web site|homepage",
    "employees": "员工人数 人数 从业人数 职工人数 员工数 从业人员 从业人员数 人员规模 参保人数 "
    "employees|headcount|number of employees|staff",
    "contact_name": "联系人 联系人姓名 业务联系人 对接人 contact|contact person|contact name",
    "phone": "电话 联系电话 联系方式 企业电话 固定电话 座机 phone|telephone|tel|phone number",
    "email": "邮箱 电子邮箱 电子邮件 企业邮箱 邮箱地址 email|e-mail|mail",
}


def _split(names: str) -> list[str]:
    """Chinese names part at blanks; English ones hold blanks and part at bars, after the last Chinese one."""
    words = names.split(" ")
    first_english = next(i for i, word in enumerate(words) if word.isascii())
    return words[:first_english] + " ".join(words[first_english:]).split("|")


COMPANY_HEADERS: dict[str, str] = {
    name: field for field, names in _NAMES.items() for name in [field, *_split(names)]
}
"""Header name -> field of a company import."""

COMPANY_FIELDS: tuple[str, ...] = tuple(_NAMES)

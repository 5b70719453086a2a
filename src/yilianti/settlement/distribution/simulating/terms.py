"""Words of the simulator."""

from __future__ import annotations

from yilianti.kernel.terms import Term


class Place(Term):
    """Where care was paid for, by the names of the inputs' spending."""

    MEMBERS = "members", "成员机构", "members"
    PURCHASED = "purchased", "县内购买服务", "purchased in the county"
    OUTSIDE = "outside", "县外就医", "outside the county"


class Cause(Term):
    """The three parts of a change, in the order in which they are put in."""

    STRUCTURE = "structure", "结构", "structure"
    PRICE = "price", "价格", "price"
    MANAGEMENT = "management", "管理", "management"


class Special(Term):
    """Changes that are no single value of the scheme or of the inputs."""

    FUNDING_PER_HEAD = "funding_per_head", "人均筹资（元）", "funding per head"
    OUTSIDE_SHARE = "outside_share", "县外就医占比增减（百分点）", "points on the out-of-county share"
    OUTSIDE_TO = "outside_to", "回到县内的病人归哪家机构", "which member takes the patients that come back"


class Assumption(Term):
    """How people would behave: off unless somebody gives the number."""

    RETURNED_COST = "returned_cost", "回到县内的每例费用是县外的百分之几", "cost in the county of each case that comes back, in per cent of its cost outside"
    MOVED = "moved", "待遇改变后，县外就医有百分之几回到县内", "per cent of care outside that the changed benefit brings back"
    SAVING = "saving", "分配办法改变后，成员机构费用下降百分之几", "per cent by which the changed split lowers the members' spending"


#: What is said with every explanation in three parts.
DEFINITION = (
    "平台定义：按顺序逐项代入——先换结构（各地各类的例数、人头、工作量，按原来的例均费用），再换价格（新的例均费用；改变待遇使基金多付或少付的，也归价格），最后换管理（规则、筹资、得分、比例）；每代入一项就重算全部步骤，前后之差归这一项。换一种顺序，各部分会不同，合计不变。"
)

"""The carts and the archive of the invented county: AE titles that this machine may use to try the DICOM door."""

from __future__ import annotations

from datetime import datetime

from demo import places
from demo.places import County
from yilianti.gateways.dicom import actions
from yilianti.gateways.dicom.actions import Particulars
from yilianti.kernel.actor import Actor

#: name, AE title, place, whether sending opens an exam
DEVICES = (
    ("稻香卫生院心电图机", "YX_DX_ECG", "daoxiang", False),
    ("青禾卫生室心电图机", "YX_QH_ECG", "qinghe", True),
    ("县医院影像系统", "YX_XY_PACS", places.COUNTY, False),
)  # fmt: skip


def register(county: County, at: datetime) -> None:
    """Each from this machine only."""
    actor = Actor.system("演示装入", consortium=places.CONSORTIUM, region=places.REGION)
    for name, title, place, orders in DEVICES:
        told = Particulars(name=name, ae_title=title, address="127.0.0.1", institution=county.id(place), orders=orders)
        actions.keep_sender(actor=actor, particulars=told, at=at)

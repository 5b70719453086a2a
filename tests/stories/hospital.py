"""The hospitals' systems in a story: real messages over a real MLLP socket, sent by the `hl7` package's client."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hl7.client import MLLPClient

from demo import illnesses, names
from demo.messages import Item, Patient, Visit, Writer

BORN = date(1957, 4, 12)
WHO = names.Particulars("云小溪", "2", BORN, names.id_card(BORN, 377, "2"))
PATIENT = Patient(WHO, "daoxiang", 0, "", "YB34992199990001", "13800009999", "云溪县稻香镇青禾村3组12号", 90001)
HEART = replace(illnesses.COURSES["heart"], severe=illnesses.COURSES["heart"].diagnosis, complaint="活动后胸闷两周")
CLINIC_REPORT = (Item("TC", "总胆固醇", "6.31", "mmol/L", "2.8-5.2", "H"), Item("LDL", "低密度脂蛋白胆固醇", "4.12", "mmol/L", "1.5-3.4", "H"))
ECG = (Item("ECG12", "检查所见", "窦性心律，V4-V6 导联 ST 段压低 0.1 mV，请结合临床", flag="A"),)
TROPONIN = (Item("TNI", "肌钙蛋白I", "0.02", "ng/mL", "0-0.04", "N"),)


class Hospital:
    """One institution's system with its own line to the platform."""

    def __init__(self, port: int, facility: str) -> None:
        self.port, self.writer = port, Writer(facility)

    def send(self, text: str) -> str:
        """Send one message and return the acknowledgement; the answer must be AA."""
        with MLLPClient("127.0.0.1", self.port) as client:
            answer: str = client.send_message(text.encode()).decode()
        assert "MSA|AA|" in answer, answer
        return answer


def clinic_visit(now: datetime) -> Visit:
    return Visit(f"MZ{now:%y%m%d}7001", "O", "全科门诊", "麦晓禾", ("I20.900", "心绞痛"), now - timedelta(hours=2), "活动后胸闷两周")


def stay(now: datetime) -> Visit:
    return Visit(f"ZY{now:%y%m%d}7001", "I", "心内科", "石明川", HEART.diagnosis, now, "活动后胸闷两周", "12")

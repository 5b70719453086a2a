"""Why a file cannot be read, in sentences a doctor understands; one function for each thing that readers of several formats meet."""

from __future__ import annotations

from yilianti.record.recordings import api as recordings


def truncated(what: str, en: str) -> recordings.Unreadable:
    """The file ends before what it declares."""
    return recordings.Unreadable("truncated", f"文件不完整：{what}。请从设备重新导出或重新传送。", f"The file is incomplete: {en}. Export or send it again.")


def damaged(what: str, en: str) -> recordings.Unreadable:
    """The bytes contradict themselves."""
    return recordings.Unreadable("damaged", f"文件已损坏：{what}。请从设备重新导出或重新传送。", f"The file is damaged: {en}. Export or send it again.")


def no_rate(where: str = "", en: str = "") -> recordings.Unreadable:
    return recordings.Unreadable("no_rate", f"文件里没有可用的采样率{where}。请用设备重新导出。", f"The file gives no usable sampling rate{en}. Export it again.")


def no_leads() -> recordings.Unreadable:
    return recordings.Unreadable("no_leads", "文件里没有一个心电导联。请确认导出时选了波形数据，再导出一次。", "The file holds no ECG lead; export it again with waveforms.")


def unsupported(code: str, what: str, en: str) -> recordings.Unreadable:
    """Well formed perhaps, but of a kind that is not read: `what` says which, the way out is another export."""
    return recordings.Unreadable(code, f"{what}。请在设备上改用其他导出格式（DICOM、aECG、SCP-ECG 或 XML）。", f"{en}. Choose another export format on the device.")


def absurd(what: str, en: str) -> recordings.Unreadable:
    """A declared size that no recording has."""
    return recordings.Unreadable("absurd_size", f"文件声明的大小不合理：{what}。文件可能已损坏，请重新导出。", f"The file declares an absurd size: {en}. Export it again.")

from django.apps import AppConfig


class DicomConfig(AppConfig):
    name = "yilianti.gateways.dicom"
    label = "dicom"
    verbose_name = "DICOM 接口"

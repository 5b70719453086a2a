from django.apps import AppConfig


class EcgDevicesConfig(AppConfig):
    name = "yilianti.gateways.ecg_devices"
    label = "ecg_devices"
    verbose_name = "心电设备文件"

from django.apps import AppConfig


class ContractConfig(AppConfig):
    name = "yilianti.care.contract"
    label = "contract"
    verbose_name = "家庭医生签约"

from django.apps import AppConfig


class BudgetConfig(AppConfig):
    name = "yilianti.settlement.budget"
    label = "budget"
    verbose_name = "总额预算"

from django.apps import AppConfig
from django.conf import settings

from yilianti import policybook


class PoliciesConfig(AppConfig):
    name = "yilianti.desks.policies"
    label = "policies"

    def ready(self) -> None:
        """The policy book is plain Python and knows no settings: tell it where this installation lives."""
        policybook.open_at(settings.HOME)

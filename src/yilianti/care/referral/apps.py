from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "yilianti.care.referral"
    label = "referral"

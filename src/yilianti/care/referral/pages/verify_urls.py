"""Addresses that stand on paper: open to everybody."""

from django.urls import path

from yilianti.care.referral.pages import certificates

app_name = "verify"
urlpatterns = [
    path("", certificates.ask, name="ask"),
    path("<str:code>", certificates.verify, name="certificate"),
]

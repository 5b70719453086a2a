"""Addresses of privacy."""

from django.urls import path

from yilianti.registry.privacy.pages import asking, emergency, sealing

app_name = "privacy"
urlpatterns = [
    path("emergency/", emergency.review_list, name="review_list"),
    path("emergency/open/<str:number>/", emergency.open_record, name="open_record"),
    path("emergency/<str:number>/", emergency.emergency, name="emergency"),
    path("emergency/<str:number>/end_emergency", emergency.end_emergency, name="end_emergency"),
    path("emergency/<str:number>/justify", emergency.justify, name="justify"),
    path("emergency/<str:number>/question", emergency.question, name="question"),
    path("requests/", asking.request_list, name="request_list"),
    path("requests/of/<str:number>/", asking.receive, name="receive"),
    path("requests/<str:number>/", asking.request_detail, name="request"),
    path("requests/<str:number>/grant_request", asking.grant_request, name="grant_request"),
    path("requests/<str:number>/refuse_request", asking.refuse_request, name="refuse_request"),
    path("requests/<str:number>/answer_request", asking.answer_request, name="answer_request"),
    path("requests/<str:number>/withdraw_request", asking.withdraw_request, name="withdraw_request"),
    path("purposes/", asking.purposes, name="purposes"),
    path("seals/<str:source>/<str:number>/", sealing.seals_of, name="seals_of"),
    path("seals/<int:seal>/unseal", sealing.unseal, name="unseal"),
]

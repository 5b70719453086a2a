"""Addresses of contracts; a step's address ends with its verb."""

from django.urls import path

from yilianti.care.contract.pages import covering, files, signing, steps, teams, views

app_name = "contract"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("export.xlsx", views.export, name="export"),
    path("pile", views.pile, name="pile"),
    path("new", signing.new, name="new"),
    path("coverage/", covering.coverage, name="coverage"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new", teams.found, name="found_team"),
    path("teams/<str:team>/", teams.team, name="team"),
    path("teams/<str:team>/change", teams.change, name="change_team"),
    path("tags/<str:resident>/tag", steps.tag, name="tag"),
    path("tags/<str:resident>/untag", steps.untag, name="untag"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/confirm", signing.confirm, name="confirm"),
    path("<str:number>/send_code", signing.send_code, name="send_code"),
    path("<str:number>/refuse", steps.refuse, name="refuse"),
    path("<str:number>/renew", signing.renew, name="renew"),
    path("<str:number>/change", signing.change, name="change"),
    path("<str:number>/end", steps.end, name="end"),
    path("<str:number>/fulfil", steps.fulfil, name="fulfil"),
    path("<str:number>/correct", steps.correct, name="correct"),
    path("<str:number>/rate", steps.rate, name="rate"),
    path("<str:number>/refund", steps.refund, name="refund"),
    path("<str:number>/print", files.printed, name="print"),
    path("<str:number>/picture", files.picture, name="picture"),
    path("<str:number>/paper", files.paper, name="paper"),
]

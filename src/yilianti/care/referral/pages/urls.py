"""Addresses of referral; a step's address ends with its verb."""

from django.urls import path

from yilianti.care.referral.pages import applying, steps, views

app_name = "referral"
urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("export.csv", views.export, name="export"),
    path("pile", views.pile, name="pile"),
    path("new", applying.new, name="new"),
    path("diagnoses", applying.diagnoses, name="diagnoses"),
    path("receiver", applying.receiver, name="receiver"),
    path("arrivals/", views.arrivals, name="arrivals"),
    path("arrivals/<str:encounter>/answer", steps.answer_arrival, name="answer_arrival"),
    path("<str:number>/", views.detail, name="detail"),
    path("<str:number>/edit", applying.edit, name="edit"),
    path("<str:number>/certify", views.certify, name="certify"),
    path("<str:number>/print", views.printed, name="print"),
    path("<str:number>/offer_home", applying.offer_home, name="offer_home"),
    path("<str:number>/accept", steps.accept, name="accept"),
    path("<str:number>/send_back", steps.send_back, name="send_back"),
    path("<str:number>/decline", steps.decline, name="decline"),
    path("<str:number>/redirect", steps.redirect_elsewhere, name="redirect"),
    path("<str:number>/withdraw", steps.withdraw, name="withdraw"),
    path("<str:number>/arrive", steps.arrive, name="arrive"),
    path("<str:number>/undo_arrival", steps.undo_arrival, name="undo_arrival"),
    path("<str:number>/discharge", steps.discharge, name="discharge"),
    path("<str:number>/undo_discharge", steps.undo_discharge, name="undo_discharge"),
    path("<str:number>/follow_up", steps.follow_up, name="follow_up"),
    path("<str:number>/conclude", steps.conclude, name="conclude"),
]

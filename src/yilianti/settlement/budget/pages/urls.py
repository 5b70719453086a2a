"""Addresses of the package; a step's address ends with its verb."""

from django.urls import path

from yilianti.settlement.budget.pages import drafting, leaking, listing, monthly, steps, taking, views

app_name = "budget"
urlpatterns = [
    path("", listing.worklist, name="worklist"),
    path("pile", listing.pile, name="pile"),
    path("new", drafting.new, name="new"),
    path("<str:number>/", views.package, name="package"),
    path("<str:number>/print", views.printed, name="print"),
    path("<str:number>/leakage", leaking.leakage, name="leakage"),
    path("<str:number>/months.xlsx", taking.months, name="months"),
    path("<str:number>/ledger.xlsx", taking.ledger, name="ledger"),
    path("<str:number>/months/<str:month>/", monthly.month, name="month"),
    path("<str:number>/amend", drafting.amend, name="amend"),
    path("<str:number>/revise", drafting.revise, name="revise"),
    *(path(f"<str:number>/{verb}", view, name=verb) for verb, view in steps.VIEWS.items()),
]

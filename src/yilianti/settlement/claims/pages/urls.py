"""Addresses of claims; a step's address ends with its verb."""

from django.urls import path

from yilianti.settlement.claims.pages import beside, bill, listing, steps

app_name = "claims"
urlpatterns = [
    path("", listing.worklist, name="worklist"),
    path("export.xlsx", listing.export, name="export"),
    path("pile", listing.pile, name="pile"),
    path("side-by-side/", beside.side_by_side, name="side_by_side"),
    path("<str:number>/", bill.detail, name="bill"),
    path("<str:number>/print", bill.printed, name="print"),
    path("<str:number>/charges", bill.charges, name="charges"),
    path("<str:number>/group", bill.group, name="group"),
    path("<str:number>/beside", beside.picker, name="beside"),
    path("<str:number>/unreferred", beside.unreferred, name="unreferred"),
    path("<str:number>/correct", steps.correct, name="correct"),
    path("<str:number>/withdraw", steps.withdraw, name="withdraw"),
]

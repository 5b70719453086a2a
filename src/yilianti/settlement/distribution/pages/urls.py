"""Addresses of the year's settlement; a step's address ends with its verb."""

from django.urls import path

from yilianti.settlement.distribution.pages import pile, runs, scenarios, statements, steps, telling, views

app_name = "distribution"
urlpatterns = [
    path("", views.listing, name="list"),
    path("pile", pile.pile, name="pile"),
    path("begin", steps.begin, name="begin"),
    path("scenarios/", scenarios.listing, name="scenarios"),
    path("scenarios/new", scenarios.new, name="scenario_new"),
    path("scenarios/compare", scenarios.compare, name="scenarios_compared"),
    path("scenarios/years", scenarios.years, name="years_compared"),
    path("scenarios/of/<str:number>/keep", scenarios.keep, name="scenario_keep"),
    path("scenarios/<str:number>/", scenarios.detail, name="scenario"),
    path("scenarios/<str:number>/export.xlsx", scenarios.export, name="scenario_export"),
    path("scenarios/<str:number>/archive", scenarios.archive, name="scenario_archive"),
    path("told/<str:code>/<int:year>/", telling.told, name="told"),
    path("told/<str:code>/<int:year>/fact", telling.tell, name="tell"),
    path("told/<str:code>/<int:year>/work", telling.note, name="note"),
    path("told/<str:code>/<int:year>/of/<int:institution>/", telling.member, name="member"),
    path("facts/<int:fact>/take_back", telling.take_back, name="take_back"),
    path("work/<int:work>/correct", telling.correct, name="correct"),
    path("facts/<int:fact>/file", telling.evidence, name="evidence"),
    path("statements/<str:number>/", statements.detail, name="statement"),
    path("statements/<str:number>/v/<int:version>/", statements.detail, name="statement_version"),
    path("statements/<str:number>/v/<int:version>/pdf", statements.pdf, name="statement_pdf"),
    path("statements/<str:number>/v/<int:version>/export.xlsx", statements.export, name="statement_export"),
    path("statements/<str:number>/v/<int:version>/signed.zip", statements.bundle, name="statement_signed"),
    path("statements/<str:number>/v/<int:version>/lines/<str:key>/", statements.line, name="statement_line"),
    path("statements/<str:number>/v/<int:version>/lines/<str:key>/bills", statements.bills, name="statement_bills"),
    path("statements/<str:number>/files/<int:remark>", statements.attachment, name="statement_file"),
    *(path(f"statements/<str:number>/{verb}", view, name=f"statement_{verb}") for verb, view in steps.STATEMENT.items()),
    path("<str:number>/", views.detail, name="settlement"),
    path("<str:number>/export.xlsx", views.export, name="export"),
    path("<str:number>/cash.xlsx", views.cash, name="cash"),
    path("<str:number>/runs/<int:turn>/", runs.run, name="run"),
    path("<str:number>/remind", steps.remind, name="remind"),
    path("<str:number>/reckon", steps.reckon, name="reckon"),
    path("<str:number>/resume", steps.resume, name="resume"),
    *(path(f"<str:number>/{verb}", view, name=verb) for verb, view in steps.SETTLEMENT.items()),
]

from django.urls import path

from yilianti.registry.residents.pages import appearing, carding, correcting, duplicates, finding, registering, showing

app_name = "residents"
urlpatterns = [
    path("", finding.search, name="search"),
    path("new", registering.register, name="register"),
    path("new/card", registering.card, name="card"),
    path("export", finding.export, name="export"),
    path("read", carding.read, name="read"),
    path("unknown", appearing.unknown, name="unknown"),
    path("duplicates/", duplicates.questions, name="duplicates"),
    path("duplicates/<int:suspicion>/", duplicates.compare, name="compare"),
    path("duplicates/<int:suspicion>/merge", duplicates.merge, name="merge"),
    path("duplicates/<int:suspicion>/different", duplicates.different, name="different"),
    path("duplicates/<int:suspicion>/same", duplicates.same, name="same"),
    path("<str:number>/", showing.detail, name="detail"),
    path("<str:number>/reveal", showing.reveal, name="reveal"),
    path("<str:number>/amend", correcting.amend, name="amend"),
    path("<str:number>/choose_texts", correcting.choose_texts, name="choose_texts"),
    path("<str:number>/add_identifier", correcting.add_identifier, name="add_identifier"),
    path("<str:number>/newborn", appearing.newborn, name="newborn"),
    path("<str:number>/identify", appearing.identify, name="identify"),
    path("<str:number>/unmerge", correcting.unmerge, name="unmerge"),
]

"""Every address of the platform, a room a line."""

from django.urls import include, path

from yilianti.config import health
from yilianti.config.english import pages as english

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("language/", english.choose, name="language"),
    path("", include("yilianti.desks.urls")),
    path("", include("yilianti.registry.access.pages.urls")),
    path("institutions/", include("yilianti.registry.institutions.pages.urls")),
    path("people/", include("yilianti.registry.people.pages.urls")),
    path("residents/", include("yilianti.registry.residents.pages.urls")),
    path("consent/", include("yilianti.registry.consent.pages.urls")),
    path("privacy/", include("yilianti.registry.privacy.pages.urls")),
    path("imports/", include("yilianti.registry.imports.pages.urls")),
    path("governance/", include("yilianti.registry.governance.pages.urls")),
    path("inbox/", include("yilianti.registry.inbox.pages.urls")),
    path("record/", include("yilianti.desks.record360.urls")),
    path("services/", include("yilianti.capacity.services.pages.urls")),
    path("rosters/", include("yilianti.capacity.rosters.pages.urls")),
    path("schedules/", include("yilianti.capacity.schedules.pages.urls")),
    path("encounters/", include("yilianti.record.encounters.pages.urls")),
    path("results/", include("yilianti.record.results.pages.urls")),
    path("documents/", include("yilianti.record.documents.pages.urls")),
    path("prescriptions/", include("yilianti.record.prescriptions.pages.urls")),
    path("contracts/", include("yilianti.care.contract.pages.urls")),
    path("referrals/", include("yilianti.care.referral.pages.urls")),
    path("ecg/", include("yilianti.gateways.ecg_devices.pages.urls")),
    path("diagnosis/", include("yilianti.care.diagnosis.pages.urls")),
    path("settlements/", include("yilianti.settlement.distribution.pages.urls")),
    path("budget/", include("yilianti.settlement.budget.pages.urls")),
    path("supervision/", include("yilianti.settlement.supervision.pages.urls")),
    path("claims/", include("yilianti.settlement.claims.pages.group_urls")),  # before the numbers of bills
    path("claims/", include("yilianti.settlement.claims.pages.urls")),
    path("verify/", include("yilianti.care.referral.pages.verify_urls")),
    path("outbound/", include("yilianti.gateways.outbound.pages.urls")),
    path("insight/", include("yilianti.insight.indicators.pages.urls")),
    path("dicom/", include("yilianti.gateways.dicom.pages.urls")),
    path("hl7v2/", include("yilianti.gateways.hl7v2.pages.urls")),
    path("operations/", include("yilianti.handovers.pages.urls")),
    path("help/", include("yilianti.desks.help.urls")),
    path("policies/", include("yilianti.desks.policies.urls")),
]

handler403 = "yilianti.config.errors.forbidden"
handler404 = "yilianti.config.errors.not_found"
handler500 = "yilianti.config.errors.failed"

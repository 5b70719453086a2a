"""Django's settings, from a handful of environment variables (see ./yilianti doctor)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from yilianti.config.proxies import networks

ROOT = Path(__file__).resolve().parents[3]
_default_home = Path("/var/lib/yilianti") if os.geteuid() == 0 else Path.home() / ".local/share/yilianti"
HOME = Path(os.environ.get("YILIANTI_HOME") or _default_home)
MODE = os.environ.get("YILIANTI_MODE", "demo")
DEMO_MODE = MODE == "demo"  # a slip of the pen is no reason to show demo accounts
ON_THIS_MACHINE = MODE in ("demo", "empty")
DEBUG = False


def _secret_key() -> str:
    """The key of this installation, made once; tests and tools without a home get a passing one."""
    kept = HOME / "secret_key"
    if given := os.environ.get("YILIANTI_SECRET_KEY"):
        return given
    try:
        return kept.read_text().strip()
    except OSError:
        return secrets.token_urlsafe(48)


def _database(url: str) -> dict[str, object]:
    """DATABASE_URL → Django's dictionary; ValueError names what is wrong."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL 应形如 postgresql://用户:密码@主机:端口/库名")
    query = dict(parse_qsl(parts.query))
    pool = {"min_size": 1, "max_size": int(os.environ.get("YILIANTI_DB_POOL", "12")), "timeout": 8}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "yilianti",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # after a restart of the database the pool would hand out dead connections, an error each
        "OPTIONS": {"pool": pool, **query},
        "TEST": {"NAME": os.environ.get("YILIANTI_TEST_DATABASE_NAME")},
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql://yilianti@127.0.0.1:5432/yilianti"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ALLOWED_HOSTS = os.environ.get("YILIANTI_ALLOWED_HOSTS", "*" if ON_THIS_MACHINE else "").split(",")
PUBLIC_URL = os.environ.get("YILIANTI_PUBLIC_URL", "").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
TRUSTED_PROXIES = networks(os.environ.get("YILIANTI_TRUSTED_PROXIES", ""))
ROOT_URLCONF = "yilianti.config.urls"
WSGI_APPLICATION = "yilianti.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "axes",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "yilianti.config",
    "yilianti.kernel",
    "yilianti.registry.institutions",
    "yilianti.registry.people",
    "yilianti.registry.residents",
    "yilianti.registry.consent",
    "yilianti.registry.governance",
    "yilianti.registry.privacy",
    "yilianti.registry.access",
    "yilianti.registry.inbox",
    "yilianti.registry.imports",
    "yilianti.capacity.services",
    "yilianti.capacity.schedules",
    "yilianti.capacity.rosters",
    "yilianti.record.encounters",
    "yilianti.record.results",
    "yilianti.record.documents",
    "yilianti.record.prescriptions",
    "yilianti.record.recordings",
    "yilianti.care.referral",
    "yilianti.care.diagnosis",
    "yilianti.care.contract",
    "yilianti.settlement.claims",
    "yilianti.settlement.supervision",
    "yilianti.settlement.budget",
    "yilianti.settlement.distribution",
    "yilianti.insight.facts",
    "yilianti.insight.indicators",
    "yilianti.gateways.outbound",
    "yilianti.gateways.messaging",
    "yilianti.gateways.dicom",
    "yilianti.gateways.ecg_devices",
    "yilianti.gateways.hl7v2",
    "yilianti.handovers",
    "yilianti.desks",
    "yilianti.desks.policies",
    "yilianti.desks.help",
]

#: The tables people bring (`kernel.tables.layout.Importer`), in the order of a first day; any room's, by its door.
IMPORTERS = [
    "yilianti.registry.institutions.api.Institutions",
    "yilianti.registry.institutions.api.Departments",
    "yilianti.registry.people.api.Staff",
    "yilianti.registry.people.api.Posts",
    "yilianti.registry.access.api.Grants",
    "yilianti.registry.residents.api.Residents",
    "yilianti.registry.residents.api.InsuredList",
    "yilianti.capacity.services.api.Services",
    "yilianti.capacity.services.api.Capabilities",
    "yilianti.capacity.services.api.Ways",
    "yilianti.settlement.supervision.api.KnowledgePoints",
    "yilianti.settlement.claims.api.Settlements",
    "yilianti.settlement.claims.api.Charges",
    "yilianti.settlement.distribution.api.Scores",
    "yilianti.settlement.distribution.api.Works",
]

MIDDLEWARE = [
    "yilianti.config.requests.NumberedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "yilianti.config.english.pages.EnglishMiddleware",  # within Common, which measures the answer
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yilianti.config.middleware.ActorMiddleware",
    "yilianti.config.requests.NulMiddleware",
    "yilianti.config.middleware.ReadingMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "assets/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "yilianti.config.context.page_context",
            ],
            "builtins": ["yilianti.kernel.templatetags.pieces"],
        },
    }
]

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

# Limits are policy (policies/**/access/session.toml); the page that tells them is ours.
AXES_FAILURE_LIMIT = "yilianti.registry.access.lockout.failure_limit"
AXES_COOLOFF_TIME = "yilianti.registry.access.lockout.cool_off"
AXES_LOCKOUT_CALLABLE = "yilianti.registry.access.pages.login.locked"
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page promises a time
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are kept in access.SecurityEvent
AXES_ENABLE_ADMIN = False

FORM_RENDERER = "yilianti.config.controls.Controls"
SESSION_ENGINE = "yilianti.registry.access.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ON_THIS_MACHINE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "yilianti.config.errors.form_expired"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not ON_THIS_MACHINE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # the supervisor asks over the loopback address
SECURE_HSTS_SECONDS = 0 if ON_THIS_MACHINE else 365 * 86_400  # for this name only: others may share the domain
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "assets"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

JOURNAL_HASH = os.environ.get("YILIANTI_JOURNAL_HASH", "sha256")
CIPHER = os.environ.get("YILIANTI_CIPHER", "sm4-gcm")  # or aes-256-gcm; holds for keys made from now on
KEYED_HASH = os.environ.get("YILIANTI_KEYED_HASH", "hmac-sm3")  # or hmac-sha256; likewise
SIGNATURE = os.environ.get("YILIANTI_SIGNATURE", "sm2")  # or rsa; likewise
SIGNING_AUTHORITY = os.environ.get("YILIANTI_SIGNING_AUTHORITY", "yilianti.kernel.crypto.signers.LocalKeys")  # who holds physicians' keys
KEYS_DIR = HOME / "keys"
ANCHORS_DIR = HOME / "anchors"
KEYS_EXPECTED = (HOME / "secret_key").exists()  # an installation never works with passing keys
ROOT_KEY = os.environ.get("YILIANTI_ROOT_KEY", "")
ROOT_KEY_FILE = os.environ.get("YILIANTI_ROOT_KEY_FILE", "")
POLICIES_DIR = ROOT / "policies"
ECG_LAYOUTS_DIR = HOME / "ecg_layouts"
ECG_FOLDERS_DIR = Path(os.environ.get("YILIANTI_ECG_FOLDERS") or HOME / "ecg_folders")
LOCAL_POLICIES_DIR = HOME / "policies/local"
MLLP_PORT = int(os.environ.get("YILIANTI_MLLP_PORT", "2575"))
DICOM_PORT = int(os.environ.get("YILIANTI_DICOM_PORT", "11112"))
DICOM_AE_TITLE = os.environ.get("YILIANTI_DICOM_AE", "YILIANTI")[:16]
WEB_PORT = int(os.environ.get("YILIANTI_WEB_PORT", "8000"))
HL7_UNKNOWN_FACILITY = os.environ.get("YILIANTI_HL7_UNKNOWN_FACILITY", "refuse")

SLOW_MILLISECONDS = int(os.environ.get("YILIANTI_SLOW_MS", "500"))

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "yilianti.config.logs.Line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}

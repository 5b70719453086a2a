"""The WSGI application served by granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilianti.config.settings")


def _application():  # type: ignore[no-untyped-def]
    from django.conf import settings

    from yilianti.config.proxies import BehindProxies

    return BehindProxies(get_wsgi_application(), settings.TRUSTED_PROXIES)


application = _application()

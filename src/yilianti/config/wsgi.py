"""The WSGI application served by granian."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from yilianti.config.proxies import BehindProxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yilianti.config.settings")

application = BehindProxies(get_wsgi_application(), settings.TRUSTED_PROXIES)

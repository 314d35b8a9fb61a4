"""Settings of the installation: everything that differs between machines comes from the environment."""

import hashlib
import hmac
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from accounts import sign_in
from accounts.salts import CLINIC_SALT
from clinic import browser, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(DATA_DIR / "backups"))).resolve()
BACKUP_NIGHTS = env.int("BACKUP_NIGHTS", default=0)  # kept of each clinic; 0: none are made by themselves
PORT = env.int("PORT", default=8000)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set: give the installation a long random one.")

# Former ones, still good for reading: links and secrets outlive a change of the key.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# --- Where the site is reached -------------------------------------------------------------------
PLATFORM_DOMAIN = env.str("PLATFORM_DOMAIN", default="localhost").lower()
PUBLIC_SCHEME = env.str("PUBLIC_SCHEME", default="http" if PLATFORM_DOMAIN == "localhost" else "https")
# The port people type. Behind a proxy nobody types one; without a proxy it is the one we listen on.
PUBLIC_PORT = env.str("PUBLIC_PORT", default=str(PORT) if PLATFORM_DOMAIN == "localhost" else "")
# Which hosts exist is a question for the directory of clinics (TenantMiddleware), not for a list here.
ALLOWED_HOSTS = ["*"]
IS_SECURE = PUBLIC_SCHEME == "https"
WSGI_APPLICATION = "clinic.wsgi.application"
ROOT_URLCONF = "clinic.urls"
PUBLIC_SCHEMA_URLCONF = "clinic.urls_platform"

# Asked whose a clinic's own address is; empty: the machine's. "10.0.0.1#5353" names a port.
DNS_SERVERS = env.list("DNS_SERVERS", default=[])

# --- Who is installed ----------------------------------------------------------------------------
SHARED_APPS = [
    # Before django_tenants: commands of the same name replace its own.
    "tenants",
    "django_tenants",
    "accounts",
    "clinic",
    "clinic.idempotency",
    "clinic.jobs",
    "clinic.notifications",
    "records.terminology",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "clinic.apps.AdminConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_tables2",
    "django_filters",
    "django_countries",
    "phonenumber_field",
    "import_export",
    "django_structlog",
    "csp",
]
TENANT_APPS = [
    "django.contrib.sessions",
    "clinic.idempotency",
    "clinic.jobs",
    "clinic.notifications",
    "clinic.audit",
    "clinic.texts",
    "clinic.fhir",
    "clinic.erasure",
    "tenants.settings",
    "accounts.members",
    "clinic.inbox",
    "clinic.moving",
    "clinic.exports",
    "scheduling",
    "scheduling.queue",
    "records.medicines",
    "records",
    "records.observations",
    "records.documents",
    "records.history",
    "records.chart",
    "billing.wallets",
    "billing.insurance",
    "billing",
    "billing.online",
    "billing.books",
    "billing.cash",
]
INSTALLED_APPS = SHARED_APPS + [app for app in TENANT_APPS if app not in SHARED_APPS]
TENANT_MODEL = "tenants.Organization"
TENANT_DOMAIN_MODEL = "tenants.Domain"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.members.middleware.MemberMiddleware",
    "records.chart.gate.CareMiddleware",
    "accounts.middleware.LogMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.LimitsMiddleware",
    "clinic.idempotency.middleware.IdempotencyMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "clinic.context.installation",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.static",
                "clinic.templatetags.clinic",
                "clinic.templatetags.remembered",
            ],
            # Also where a template, ours or a library's, loads Django's by its name.
            "libraries": {"i18n": "clinic.templatetags.remembered"},
        },
    }
]
SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # i18n is meant to be ours instead of Django's
FORM_RENDERER = "clinic.widgets.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "tables/clinic.html"

# --- The database --------------------------------------------------------------------------------
# `owner` migrates and creates schemas; `default` is the site: a login without DDL that takes on the
# clinic's own role in every message (clinic.db). With only DATABASE_URL given, it is the owner's and
# the site's login is derived from it.
DATABASE_ROUTERS = ["clinic.db.router.SchemaRouter"]
TENANT_SYNC_ROUTER = "clinic.db.router.SchemaRouter"


def _site_login(owner: dict[str, Any]) -> dict[str, Any]:
    password = hmac.new(SECRET_KEY.encode(), b"clinic.site-login", hashlib.sha256).hexdigest()
    return {**owner, "USER": f"{owner['NAME']}_site", "PASSWORD": password}


def _database(url: dict[str, Any], engine: str) -> dict[str, Any]:
    connection = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}
    options = {**url.get("OPTIONS", {}), "connect_timeout": 5}
    return {**url, **connection, "ENGINE": engine, "OPTIONS": options}


if not env.str("DATABASE_URL", default=""):
    raise ImproperlyConfigured("DATABASE_URL is not set: start through manage.py, or name a server.")
_given = env.db("DATABASE_URL")
_owner = env.db("DATABASE_OWNER_URL") if env.str("DATABASE_OWNER_URL", default="") else _given
_site = _given if _owner is not _given else _site_login(_owner)
DATABASES = {
    "default": _database(_site, "clinic.db"),
    "owner": _database(_owner, "django_tenants.postgresql_backend"),
}
# Every clinic's role belongs to this group, which holds what a clinic needs of the public schema.
TENANT_GROUP_ROLE = f"{_owner['NAME']}_tenant"

# Only counters of rate limits live here; tenant data is not cached (DESIGN section 5, law 7).
CACHES = {
    "default": {
        "BACKEND": "clinic.db.cache.PlainCache",
        "LOCATION": "clinic_cache",
        "KEY_FUNCTION": "clinic.db.cache.schema_key",
    }
}

# --- People --------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "accounts.members.backends.RoleBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.members.adapter.MemberAdapter"
# Links signed in one clinic open nothing in another (law 11).
ACCOUNT_SALT = CLINIC_SALT
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.links.ClinicPasswordResetTokenGenerator"
# From one address; enough for anybody who means it. What is guessed at is counted by accounts.limits
# instead: allauth counts within the form's transaction, which takes the count of a refused form back.
ACCOUNT_RATE_LIMITS = {
    **dict.fromkeys(("login", "login_failed", "reauthenticate", "change_password", "manage_email")),
    **dict.fromkeys(("signup", "reset_password", "reset_password_from_key")),
    "sign_up_clinic": "10/h/ip",
    "start_online_payment": "30/h/ip",
}
ACCOUNT_FORMS = sign_in.ACCOUNT_FORMS
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
# One address: a new one takes the old one's place once it is confirmed, asked for again, and told to both.
ACCOUNT_CHANGE_EMAIL = ACCOUNT_REAUTHENTICATION_REQUIRED = ACCOUNT_EMAIL_NOTIFICATIONS = True
# Nobody stays signed in: a session ends with the browser, or when it is left alone (accounts.members.idle).
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = PUBLIC_SCHEME
# Second factors.
vars().update(sign_in.MFA)
TRIAL_DAYS = env.int("TRIAL_DAYS", default=30)

SESSION_ENGINE = "clinic.db.sessions"
SESSION_COOKIE_NAME = "__Host-session" if IS_SECURE else "session"
SESSION_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# The mark of a browser in which somebody has signed in (accounts.limits).
DEVICE_COOKIE_NAME = "__Host-device" if IS_SECURE else "device"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_SECURE else "csrf"
CSRF_COOKIE_SECURE = IS_SECURE
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Jobs and messages ---------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
EMAIL_FILE_PATH = DATA_DIR / "mail"
vars().update(env.email("EMAIL_URL", default=f"filemail://{EMAIL_FILE_PATH}" if DEMO else "consolemail://"))
if DEMO and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    # The address has lost the path's first stroke by now: it would be a folder beside the project.
    EMAIL_FILE_PATH = DATA_DIR / "mail"
# A server that says nothing for so long is given up, and what was handed over is left to a person.
EMAIL_TIMEOUT = 30
SMS_URL = env.str("SMS_URL", default="file:")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"no-reply@{PLATFORM_DOMAIN}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Money ---------------------------------------------------------------------------------------
# A provider of our own, with whom nobody pays anything: for demos and for building only.
PAYMENTS_SANDBOX = DEMO or DEBUG

# --- Language, time, numbers ---------------------------------------------------------------------
LANGUAGE_CODE = "en"
# What is sent to patients, each in their own words; the pages are in those of PAGE_LANGUAGES.
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch")]
PAGE_LANGUAGES = ["en"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "clinic.formats"

# --- Static files --------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clinic.static.RememberingStorage"},
}
# A clinic's documents: served only by views that check, never from here by address.
MEDIA_ROOT = DATA_DIR / "files"
# Copies of everything, each for a week: no part of what a backup needs.
EXPORT_ROOT = DATA_DIR / "exports"
# What may be sent at all is decided by the first of them; what is larger than 2.5 MB waits on disk.
FILE_UPLOAD_HANDLERS = [
    "clinic.uploads.CuttingHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- What a browser may do -----------------------------------------------------------------------
CONTENT_SECURITY_POLICY = browser.CONTENT_SECURITY_POLICY
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SECURE
SECURE_HSTS_PRELOAD = IS_SECURE
# The proxy in front must set this header itself and drop the one a client sends (README, production).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None
# How many proxies stand in front of us: the client's address is read that many places from the right.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if IS_SECURE else 0)

# --- Logs ----------------------------------------------------------------------------------------
# In the demo the terminal shows the addresses and the log-ins, and then only what is wrong.
LOG_LEVEL = env.str("LOG_LEVEL", default="WARNING" if DEMO else "INFO")
LOGGING = logs.configuration(LOG_LEVEL)

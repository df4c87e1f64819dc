import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import PROJECT, read_environment
from config.logs import logging_config

# Forms, querysets and admin classes are generic for the type checker; this makes them so when the code runs.
django_stubs_ext.monkeypatch()

ENV = read_environment()

BASE_DIR = PROJECT
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = [ENV.base_url]

DATA_DIR = ENV.data_dir
BASE_URL = ENV.base_url
DEMO = ENV.demo
HOSPITAL_NAME = ENV.hospital_name
HOSPITAL_PHONE = ENV.hospital_phone
STUN_URLS = ENV.stun_urls

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "channels",
    "allauth",
    "allauth.account",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "events",
    "people",
    "scheduling",
    "waitingroom",
    "notifications",
    "pages",
    "api",
    "demo",
]

MIDDLEWARE = [
    "config.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "config.static_files.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "pages.context.shell",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- What is kept -----------------------------------------------------------------------------------------
DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if ENV.database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a write transaction holds the write lock from its first statement, so what it reads stays true.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    # Race tests need connections that really share a file.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

elif ENV.database_pool:
    # A thread per request cannot keep a connection of its own: without a pool each request makes one anew.
    # Beside what the URL says, such as sslmode.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": ENV.database_pool}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis.cache}}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": ENV.redis.channels}], "prefix": ENV.redis.namespace},
    }
}
LIVE_REDIS_URL = ENV.redis.live
LIVE_CHANNEL = f"{ENV.redis.namespace}.changed"
VALKEY_SOCKET = ENV.valkey_socket

# --- Background jobs --------------------------------------------------------------------------------------
# No promise rests on the broker: it may lose everything. Jobs are ticks, the rows are the truth.
CELERY_BROKER_URL = ENV.redis.broker
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TIMEZONE = "Europe/Amsterdam"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "send-due-messages": {
        "task": "notifications.tasks.send_due",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "replan-policies": {
        "task": "notifications.tasks.replan_policies",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "expire-presences": {
        "task": "waitingroom.tasks.expire_presences",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "build-call-lists": {
        "task": "notifications.tasks.build_call_lists",
        "schedule": 900.0,
        "options": {"expires": 800},
    },
    "check-links": {"task": "notifications.tasks.check_links", "schedule": 3600.0, "options": {"expires": 3000}},
    "forget-answers": {"task": "api.tasks.forget_answers", "schedule": 3600.0, "options": {"expires": 1800}},
    "extend-horizon": {"task": "scheduling.tasks.extend_horizon", "schedule": 6 * 3600.0},
    "take-up-runs": {"task": "scheduling.tasks.take_up_runs", "schedule": 60.0, "options": {"expires": 50}},
    "take-up-simulations": {
        "task": "scheduling.tasks.take_up_simulations",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "offer-freed-places": {
        "task": "scheduling.tasks.offer_freed_places",
        "schedule": 30.0,
        "options": {"expires": 60},
    },
    "predict-published": {
        "task": "scheduling.tasks.predict_published",
        "schedule": 300.0,
        "options": {"expires": 280},
    },
    "measure-durations": {"task": "waitingroom.tasks.measure_durations", "schedule": 24 * 3600.0},
}

# --- Mail -------------------------------------------------------------------------------------------------
EMAIL_BACKEND = ENV.email["EMAIL_BACKEND"]
EMAIL_HOST = ENV.email["EMAIL_HOST"]
EMAIL_PORT = ENV.email["EMAIL_PORT"]
EMAIL_HOST_USER = ENV.email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = ENV.email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = ENV.email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = ENV.email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.email_from
BOUNCE_ADDRESS = ENV.bounce_address
MAIL_RECEIPT_SECRET = ENV.mail_receipt_secret

# --- Text messages ------------------------------------------------------------------------------------------
SMS_PROVIDER = ENV.sms.provider
SMS_URL = ENV.sms.url
SMS_KEY = ENV.sms.key
SMS_SENDER = ENV.sms.sender
SMS_RECEIPT_SECRET = ENV.sms.receipt_secret
SMS_PRICE = ENV.sms.price
SMS_TIMEOUT = 20

# --- Addresses that staff typed in --------------------------------------------------------------------------
OUTGOING_HOSTS_ALLOWED = ENV.outgoing_hosts_allowed

# --- Who ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "people.accounts.StaffAccounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# --- Security -----------------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENV.behind_https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENV.behind_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.behind_https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.behind_https else None
# Not "no-referrer": with it browsers send "Origin: null" along with every form, which the CSRF check refuses.
# Either way nothing is told to other sites; the address that holds a link's secret sets "no-referrer" itself.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Language, time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

# --- Static files -----------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# --- API ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.problem_response",
    "DEFAULT_VERSIONING_CLASS": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Videopoli",
    "DESCRIPTION": "Plan, hold and close video consults in a Dutch outpatient clinic.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "MoveReasonEnum": "scheduling.vocabulary.MOVE_REASONS",
        "ModalityEnum": "scheduling.vocabulary.MODALITIES",
        "AppointmentStatusEnum": "scheduling.models.AppointmentStatus",
        "DayStatusEnum": "api.serializers.sessions.STATUSES",
        "OutcomeEnum": "waitingroom.models.Outcome",
        "CallOutcomeEnum": "api.serializers.call_tasks.OUTCOMES",
        "ConsentEnum": "api.serializers.consents.STATED",
        "PhonedOutcomeEnum": "api.serializers.consults.PHONED",
        "FindingEnum": "api.serializers.publications.FINDINGS",
        "RasterPhaseEnum": "scheduling.models.RasterPhase",
        "PublishPhaseEnum": "api.serializers.publications.PHASES",
        "ExceptionKindEnum": "scheduling.models.RasterException.Kind",
        "PublicationKindEnum": "scheduling.models.PublicationRun.Kind",
        "PublicationStateEnum": "scheduling.models.PublicationRun.State",
        "WorkplaceKindEnum": "scheduling.models.WorkplaceKind",
        "MessageKindEnum": "notifications.models.MessageKind",
        "AbsenceKindEnum": "scheduling.models.Absence.Kind",
        "InstructionKindEnum": "notifications.models.InstructionKind",
        "TextChannelEnum": "notifications.models.TextChannel",
        "TextLanguageEnum": "notifications.models.TextLanguage",
        "MessageStateEnum": "notifications.models.MessageState",
        "MessageFailureEnum": "api.serializers.messages.FAILURES",
        "ChannelEnum": "notifications.models.Channel",
        "ResendChannelEnum": "api.serializers.messages.RESENT_OVER",
    },
}

LOGGING = logging_config(ENV.log_level, readable=ENV.debug or ENV.demo)
LOGGING_CONFIG = "logging.config.dictConfig"
SILENCED_SYSTEM_CHECKS: list[str] = []

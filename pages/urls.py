from django.urls import include, path

from pages.home import home, switch_department
from pages.live import live
from pages.looks import look
from pages.palette import search
from pages.worklists import worklist

urlpatterns = [
    path("", home, name="home"),
    path("afdeling/", switch_department, name="switch-department"),
    path("live/", live, name="live"),
    path("zoeken/", search, name="search"),
    path("werklijst/", worklist, name="worklist"),
    path("look/", look, name="look"),
    path("account/", include("allauth.account.urls")),
    path("", include("pages.clinician.urls")),
    path("", include("pages.planner.urls")),
    path("", include("pages.planner.raster_urls")),
    path("", include("pages.planner.absence_urls")),
    path("", include("pages.planner.request_urls")),
    path("", include("pages.planner.orders.urls")),
    path("", include("pages.planner.waiting_list_urls")),
    path("", include("pages.planner.messages.urls")),
    path("", include("pages.helpdesk.urls")),
    path("", include("pages.lead.urls")),
    path("", include("pages.administrator.urls")),
    path("", include("pages.patient.urls")),
]

from django.urls import path

from pages.planner import absences

urlpatterns = [
    path("ziek-verlof/", absences.absences, name="absences"),
    path("ziek-verlof/<uuid:public_id>/", absences.absence, name="absence"),
    path("ziek-verlof/<uuid:public_id>/voorstellen/", absences.replan, name="absence-replan"),
    path("ziek-verlof/<uuid:public_id>/wijzigen/", absences.change, name="absence-change"),
    path("ziek-verlof/<uuid:public_id>/opheffen/", absences.lift, name="absence-lift"),
]

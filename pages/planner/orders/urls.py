from django.urls import path

from pages.planner.orders import courses, making, worklist

urlpatterns = [
    path("te-plannen/", worklist.to_plan, name="to-plan"),
    path("te-plannen/inplannen/", worklist.accept, name="to-plan-accept"),
    path("patienten/<uuid:public_id>/vervolg/", making.new, name="patient-order"),
    path("afspraken/<uuid:public_id>/vervolg/", making.new_after, name="appointment-order"),
    path("vervolg/<int:pk>/", making.change, name="patient-order-change"),
    path("vervolg/<int:pk>/vervalt/", making.drop, name="patient-order-drop"),
    path("patienten/<uuid:public_id>/zorgpad/", courses.start, name="patient-pathway"),
    path("patienten/<uuid:public_id>/zorgpad/<int:run>/stoppen/", courses.stop, name="patient-pathway-stop"),
]

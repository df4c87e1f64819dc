from django.urls import path

from pages.clinician import views

urlpatterns = [
    path("mijn-dag/", views.my_day, name="my-day"),
    path("mijn-dag/stand/", views.my_day_now, name="my-day-now"),
    path("mijn-dag/<uuid:public_id>/binnenlaten/", views.admit_patient, name="consult-admit"),
    path("mijn-dag/<uuid:public_id>/ophangen/", views.hang_up, name="consult-hang-up"),
    path("mijn-dag/<uuid:public_id>/telefoon/", views.by_phone, name="consult-by-phone"),
    path("mijn-dag/<uuid:public_id>/gebeld/", views.phoned, name="consult-phoned"),
    path("mijn-dag/<uuid:public_id>/verrichting/", views.code, name="consult-code"),
    path("mijn-dag/<uuid:public_id>/afronden/", views.close, name="consult-close"),
]

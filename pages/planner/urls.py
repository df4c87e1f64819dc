from django.urls import path

from pages import call_list
from pages.planner import (
    appointments,
    booking,
    finding,
    moving,
    patients,
    raster_editor,
    raster_losses,
    raster_simulation,
    today,
)

urlpatterns = [
    path("vandaag/", today.today, name="today"),
    path("vandaag/spreekuren/", today.board, name="today-board"),
    path("bellijst/", call_list.calls, name="calls"),
    path("bellijst/<uuid:public_id>/", call_list.call_outcome, name="call-outcome"),
    path("boeken/", finding.find, name="book-find"),
    path("boeken/zoeken/", finding.found, name="book-found"),
    path("boeken/nieuw/", finding.register, name="patient-new"),
    path("boeken/bekend/", finding.known_elsewhere, name="patient-known"),
    path("boeken/<uuid:public_id>/", booking.book, name="book"),
    path("afspraken/<uuid:public_id>/", appointments.appointment, name="appointment"),
    path("afspraken/<uuid:public_id>/klaar/", appointments.done, name="appointment-done"),
    path("afspraken/<uuid:public_id>/verzetten/", moving.move, name="appointment-move"),
    path("afspraken/<uuid:public_id>/verzetten/voorbeeld/", moving.move_preview, name="appointment-move-preview"),
    path("afspraken/<uuid:public_id>/afzeggen/", moving.cancel, name="appointment-cancel"),
    path("afspraken/<uuid:public_id>/ongedaan/", appointments.undo, name="appointment-undo"),
    path("afspraken/<uuid:public_id>/opnieuw-sturen/", appointments.resend, name="appointment-resend"),
    path("afspraken/<uuid:public_id>/voorkeur/", appointments.preference, name="appointment-preference"),
    path("patienten/<uuid:public_id>/", patients.patient, name="patient"),
    path("patienten/<uuid:public_id>/voorkeur/", patients.preference, name="patient-preference"),
    path("rasters/<int:pk>/", raster_editor.raster, name="raster"),
    path("rasters/<int:pk>/concept/", raster_editor.draft, name="raster-draft"),
    path("rasters/<int:pk>/concept/past-niet/", raster_losses.losses, name="raster-losses"),
    path("rasters/<int:pk>/concept/stand/", raster_editor.draft_state, name="raster-draft-state"),
    path("rasters/<int:pk>/simulatie/", raster_simulation.simulation, name="raster-simulation"),
    path("rasters/<int:pk>/simulatie/paneel/", raster_simulation.simulation_panel, name="raster-simulation-panel"),
    path("rasters/<int:pk>/simulatie/<int:run>/", raster_simulation.simulation_run, name="raster-simulation-run"),
    path(
        "rasters/<int:pk>/simulatie/<int:run>/stoppen/",
        raster_simulation.simulation_stop,
        name="raster-simulation-stop",
    ),
]

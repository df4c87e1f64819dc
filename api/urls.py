"""/api/v1/ and its schema. Addresses have no slash at their end."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from api.endpoint import Nowhere
from api.views import (
    absences,
    agenda,
    agreements,
    appointments,
    booking,
    bounces,
    call_tasks,
    consents,
    consults,
    departments,
    device_tests,
    instructions,
    me,
    messages,
    misfits,
    needs,
    orders,
    pathways,
    patients,
    proposals,
    publication_runs,
    raster_documents,
    raster_drafts,
    raster_exceptions,
    rasters,
    receipts,
    requests,
    series,
    sessions,
    simulations,
    slots,
    texts,
    together,
    waiting,
    waiting_list,
    workplaces,
)
from api.views.schema import Schema

RASTER = "rasters/<int:pk>"
VERSION = f"{RASTER}/versions/<int:number>"
raster_parts: list[URLPattern] = [
    path(f"{RASTER}/draft", raster_drafts.RasterDraft.as_view(), name="api-raster-draft"),
    path(f"{RASTER}/approve", rasters.ApproveRaster.as_view(), name="api-raster-approve"),
    path(f"{RASTER}/versions", raster_drafts.RasterVersions.as_view(), name="api-raster-versions"),
    path(VERSION, raster_drafts.OneRasterVersion.as_view(), name="api-raster-version"),
    path(f"{VERSION}/difference", raster_drafts.RasterVersionDiff.as_view(), name="api-raster-difference"),
    path(f"{VERSION}/restore", raster_drafts.RestoreRasterVersion.as_view(), name="api-raster-restore"),
    path(f"{RASTER}/exceptions", raster_exceptions.RasterExceptions.as_view(), name="api-raster-exceptions"),
    path(
        f"{RASTER}/exceptions/<str:day>/<str:half_day>",
        raster_exceptions.OneRasterException.as_view(),
        name="api-raster-exception",
    ),
]
TEXT = "texts/<slug:kind>/<slug:channel>/<slug:language>/<slug:form>"
what_is_told: list[URLPattern] = [
    path("texts", texts.TextsOfDepartment.as_view(), name="api-texts"),
    path(TEXT, texts.OneText.as_view(), name="api-text"),
    path(f"{TEXT}/check", texts.CheckText.as_view(), name="api-text-check"),
    path(f"{TEXT}/versions", texts.VersionsOfText.as_view(), name="api-text-versions"),
    path(f"{TEXT}/restore", texts.RestoreOneText.as_view(), name="api-text-restore"),
    path("instructions", instructions.InstructionsOfDepartment.as_view(), name="api-instructions"),
    path("instructions/<int:pk>", instructions.OneInstruction.as_view(), name="api-instruction"),
    path("instructions/<int:pk>/move", instructions.MoveInstruction.as_view(), name="api-instruction-move"),
    path("instructions/<int:pk>/check", instructions.CheckInstruction.as_view(), name="api-instruction-check"),
]
staff: list[URLPattern] = [
    path("departments", departments.Departments.as_view(), name="api-departments"),
    path("appointment-types", departments.Types.as_view(), name="api-types"),
    path("clinicians", departments.CliniciansOfDepartment.as_view(), name="api-clinicians"),
    path("agenda", agenda.Agenda.as_view(), name="api-agenda"),
    path("sessions", sessions.ClinicSessions.as_view(), name="api-sessions"),
    path("waiting-room", sessions.DepartmentWaitingRoom.as_view(), name="api-waiting-room"),
    path("my-day", sessions.OwnDay.as_view(), name="api-my-day"),
    path("rasters", rasters.RastersOfDepartment.as_view(), name="api-rasters"),
    path("rasters/check", raster_documents.CheckRaster.as_view(), name="api-raster-check"),
    path("rasters/import", raster_documents.ImportRaster.as_view(), name="api-raster-import"),
    path("rasters/schema.json", raster_documents.RasterSchema.as_view(), name="api-raster-schema"),
    path("rasters/<int:pk>/document", raster_documents.RasterDocument.as_view(), name="api-raster-document"),
    path("rasters/<int:pk>", rasters.OneRaster.as_view(), name="api-raster"),
    path("rasters/<int:pk>/publication", rasters.RasterPublication.as_view(), name="api-raster-publication"),
    path("rasters/<int:pk>/publish", rasters.PublishRaster.as_view(), name="api-raster-publish"),
    path("rasters/<int:pk>/simulations", simulations.Simulations.as_view(), name="api-raster-simulations"),
    path("rasters/<int:pk>/simulations/<int:run>", simulations.OneSimulation.as_view(), name="api-raster-simulation"),
    path(
        "rasters/<int:pk>/simulations/<int:run>/stop",
        simulations.StopSimulation.as_view(),
        name="api-raster-simulation-stop",
    ),
    *raster_parts,
    path("misfits", misfits.MisfitsOfDepartment.as_view(), name="api-misfits"),
    path("misfits/<int:pk>/leave", misfits.LeaveMisfit.as_view(), name="api-misfit-leave"),
    path("publication-runs", publication_runs.PublicationRuns.as_view(), name="api-publication-runs"),
    path("publication-runs/<int:pk>", publication_runs.OnePublicationRun.as_view(), name="api-publication-run"),
    path(
        "publication-runs/<int:pk>/stop",
        publication_runs.StopPublicationRun.as_view(),
        name="api-publication-run-stop",
    ),
    path("interpreters", needs.InterpretersOfDepartment.as_view(), name="api-interpreters"),
    path("interpreters/<int:pk>", needs.OneInterpreter.as_view(), name="api-interpreter"),
    path("workplaces", workplaces.WorkplacesOfDepartment.as_view(), name="api-workplaces"),
    path(
        "workplaces/<int:pk>/confirm-checklist",
        workplaces.ConfirmChecklist.as_view(),
        name="api-workplace-checklist",
    ),
    path("slots", slots.Slots.as_view(), name="api-slots"),
    path("proposals", proposals.ProposedSlots.as_view(), name="api-proposals"),
    path("agreements", agreements.Agreements.as_view(), name="api-agreements"),
    path("patients", patients.Patients.as_view(), name="api-patients"),
    path("patients/search", patients.SearchPatients.as_view(), name="api-patient-search"),
    path("patients/known", patients.KnownPatients.as_view(), name="api-patient-known"),
    path("patients/<uuid:public_id>", patients.OnePatient.as_view(), name="api-patient"),
    path("patients/<uuid:public_id>/channels", consents.PatientChannels.as_view(), name="api-patient-channels"),
    path("patients/<uuid:public_id>/contact", patients.PatientContact.as_view(), name="api-patient-contact"),
    path(
        "patients/<uuid:public_id>/invitations", patients.PatientInvitations.as_view(), name="api-patient-invitations"
    ),
    path("patients/<uuid:public_id>/preference", patients.PatientPreference.as_view(), name="api-patient-preference"),
    path("appointments", booking.Appointments.as_view(), name="api-appointments"),
    path("appointments/preview", booking.PreviewAppointment.as_view(), name="api-appointment-preview"),
    path("messages", messages.DepartmentMessages.as_view(), name="api-messages"),
    path("messages/<uuid:public_id>", messages.OneMessage.as_view(), name="api-message"),
    path("messages/<uuid:public_id>/resend", messages.ResendMessage.as_view(), name="api-message-resend"),
    path("patients/<uuid:public_id>/messages", messages.PatientConversation.as_view(), name="api-patient-messages"),
    path("operations/messages", messages.MessageOperations.as_view(), name="api-operations-messages"),
    path("call-tasks", call_tasks.CallTasksOfDepartment.as_view(), name="api-call-tasks"),
    path("call-tasks/<uuid:public_id>/hold", call_tasks.HoldCallTask.as_view(), name="api-call-task-hold"),
    path(
        "call-tasks/<uuid:public_id>/complete", call_tasks.CompleteCallTask.as_view(), name="api-call-task-complete"
    ),
]
ABSENCE = "absences/<uuid:public_id>"
of_absences: list[URLPattern] = [
    path("absences", absences.AbsencesOfDepartment.as_view(), name="api-absences"),
    path(ABSENCE, absences.OneAbsence.as_view(), name="api-absence"),
    path(f"{ABSENCE}/change", absences.ChangeOneAbsence.as_view(), name="api-absence-change"),
    path(f"{ABSENCE}/lift", absences.LiftOneAbsence.as_view(), name="api-absence-lift"),
    path(f"{ABSENCE}/replan", absences.ReplanAbsence.as_view(), name="api-absence-replan"),
]
REQUEST = "form-requests/<int:pk>"
of_requests: list[URLPattern] = [
    path("form-requests", requests.FormRequestsOfDepartment.as_view(), name="api-form-requests"),
    path(f"{REQUEST}/grant", requests.GrantFormRequest.as_view(), name="api-form-request-grant"),
    path(f"{REQUEST}/decline", requests.DeclineFormRequest.as_view(), name="api-form-request-decline"),
    path(f"{REQUEST}/withdraw", requests.WithdrawFormRequest.as_view(), name="api-form-request-withdraw"),
]
ORDER = "orders/<int:pk>"
of_orders: list[URLPattern] = [
    path("orders", orders.OrdersOfDepartment.as_view(), name="api-orders"),
    path("orders/places", orders.ProposeForOrders.as_view(), name="api-order-places"),
    path("orders/plan", orders.PlanOrders.as_view(), name="api-orders-plan"),
    path(ORDER, orders.OneOrder.as_view(), name="api-order"),
    path(f"{ORDER}/change", orders.ChangeOneOrder.as_view(), name="api-order-change"),
    path(f"{ORDER}/drop", orders.DropOneOrder.as_view(), name="api-order-drop"),
    path("pathways", pathways.PathwaysOfDepartment.as_view(), name="api-pathways"),
    path("pathways/<int:pk>", pathways.OnePathway.as_view(), name="api-pathway"),
    path("patients/<uuid:public_id>/pathways", pathways.PathwaysOfPatient.as_view(), name="api-patient-pathways"),
    path("pathway-runs/<int:pk>/stop", pathways.StopOnePathway.as_view(), name="api-pathway-run-stop"),
]
APPOINTMENT = "appointments/<uuid:public_id>"
of_waiting_list: list[URLPattern] = [
    path("waiting-list", waiting_list.WaitingListOfDepartment.as_view(), name="api-waiting-list"),
    path(f"{APPOINTMENT}/waiting-list/leave", waiting_list.LeaveWaitingList.as_view(), name="api-waiting-list-leave"),
    path(f"{APPOINTMENT}/waiting-list/answer", waiting_list.AnswerPlaceOffer.as_view(), name="api-place-offer"),
]
one_appointment: list[URLPattern] = [
    path(APPOINTMENT, appointments.OneAppointment.as_view(), name="api-appointment"),
    path(f"{APPOINTMENT}/move", appointments.MoveAppointment.as_view(), name="api-appointment-move"),
    path(f"{APPOINTMENT}/form", appointments.ChangeAppointmentForm.as_view(), name="api-appointment-form"),
    path(
        f"{APPOINTMENT}/duration", appointments.ChangeAppointmentDuration.as_view(), name="api-appointment-duration"
    ),
    path(f"{APPOINTMENT}/needs", needs.NeedsOfAppointment.as_view(), name="api-appointment-needs"),
    path(f"{APPOINTMENT}/swap", together.SwapAppointment.as_view(), name="api-appointment-swap"),
    path(f"{APPOINTMENT}/cancel", appointments.CancelAppointment.as_view(), name="api-appointment-cancel"),
    path(f"{APPOINTMENT}/undo", appointments.UndoChange.as_view(), name="api-appointment-undo"),
    path(f"{APPOINTMENT}/messages", appointments.AppointmentMessages.as_view(), name="api-appointment-messages"),
    path(f"{APPOINTMENT}/admit", consults.Admit.as_view(), name="api-consult-admit"),
    path(f"{APPOINTMENT}/hang-up", consults.HangUp.as_view(), name="api-consult-hang-up"),
    path(f"{APPOINTMENT}/continue-by-phone", consults.ContinueByPhone.as_view(), name="api-consult-by-phone"),
    path(f"{APPOINTMENT}/phone-calls", consults.PhoneCalls.as_view(), name="api-consult-phoned"),
    path(f"{APPOINTMENT}/close", consults.Close.as_view(), name="api-consult-close"),
]
in_one_go: list[URLPattern] = [
    path("series", series.Series.as_view(), name="api-series"),
    path("batches/<uuid:batch>", together.OneBatch.as_view(), name="api-batch"),
    path("batches/<uuid:batch>/undo", together.UndoBatch.as_view(), name="api-batch-undo"),
]
patient: list[URLPattern] = [
    path("me", me.MyAppointment.as_view(), name="api-me"),
    path("me/preference", me.MyPreference.as_view(), name="api-me-preference"),
    path("me/form-request", me.MyFormRequest.as_view(), name="api-me-form-request"),
    path("me/waiting-list", waiting_list.MyWaitingList.as_view(), name="api-me-waiting-list"),
    path("me/waiting-list/answer", waiting_list.MyPlaceOffer.as_view(), name="api-me-place-offer"),
    path("me/messages", me.MyMessages.as_view(), name="api-me-messages"),
    path("me/calendar.ics", me.MyCalendar.as_view(), name="api-me-calendar"),
    path("me/new-link", me.MyNewLink.as_view(), name="api-me-new-link"),
    path("me/waiting-room", waiting.MyWaitingRoom.as_view(), name="api-me-waiting-room"),
    path("me/waiting-room/beat", waiting.MySignOfLife.as_view(), name="api-me-beat"),
    path("me/device-tests", device_tests.MyDeviceTests.as_view(), name="api-me-device-tests"),
    path("me/call-request", waiting.MyCallRequest.as_view(), name="api-me-call-request"),
    path("me/continue-by-phone", waiting.MyContinueByPhone.as_view(), name="api-me-by-phone"),
]
gateways: list[URLPattern] = [
    path("receipts/mail", bounces.MailReceipts.as_view(), name="api-mail-receipts"),
    path("receipts/sms/<str:provider>", receipts.SmsReceipts.as_view(), name="api-sms-receipts"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path(
        "v1/",
        include(
            [
                *staff,
                *what_is_told,
                *of_absences,
                *of_requests,
                *of_orders,
                *of_waiting_list,
                *one_appointment,
                *in_one_go,
                *patient,
                *gateways,
            ]
        ),
    ),
    re_path("", Nowhere.as_view(), name="api-nowhere"),
]

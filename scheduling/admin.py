"""Reference data only. Rasters, sessions and appointments are written by actions, never by a form on the table."""

from django import forms
from django.contrib import admin

from praktijkplan.policy import InvalidPolicy, Policy
from scheduling.models import ActivityCode, AppointmentType, DepartmentPolicy, Workplace


class PolicyForm(forms.ModelForm[DepartmentPolicy]):
    class Meta:
        model = DepartmentPolicy
        fields = ("department", "valid_from", "document")

    def clean_document(self) -> dict[str, object]:
        document = self.cleaned_data["document"]
        if not isinstance(document, dict):
            raise forms.ValidationError('Write an object: {"horizon_weeks": 20}.')
        try:
            Policy.from_document(document)
        except InvalidPolicy as invalid:
            raise forms.ValidationError(
                [f"{wrong.field}: expected {wrong.expected}, found {wrong.found}" for wrong in invalid.problems]
            ) from invalid
        return document


@admin.register(DepartmentPolicy)
class DepartmentPolicyAdmin(admin.ModelAdmin[DepartmentPolicy]):
    form = PolicyForm
    list_display = ("department", "valid_from")
    list_filter = ("department",)


@admin.register(AppointmentType)
class AppointmentTypeAdmin(admin.ModelAdmin[AppointmentType]):
    list_display = ("name", "department", "contact_kind", "modality", "duration_minutes", "active")
    list_filter = ("department", "modality", "active")


@admin.register(ActivityCode)
class ActivityCodeAdmin(admin.ModelAdmin[ActivityCode]):
    list_display = ("code", "description", "contact_kind", "modality", "valid_from", "valid_until")


@admin.register(Workplace)
class WorkplaceAdmin(admin.ModelAdmin[Workplace]):
    list_display = ("name", "department", "kind", "video_ready", "walking_minutes")
    list_filter = ("department", "kind")

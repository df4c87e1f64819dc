"""Reference data only: who works where. Patients are not in the admin, where no access log would see them read."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm

from people.models import Clinician, Department, Membership, User


class NewStaffForm(BaseUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email", "name")


class MembershipInline(admin.TabularInline[Membership, User]):
    model = Membership
    extra = 1


@admin.register(User)
class StaffAdmin(UserAdmin[User]):
    add_form = NewStaffForm
    list_display = ("name", "email", "is_active", "is_superuser")
    list_filter = ("is_active", "memberships__role", "memberships__department")
    search_fields = ("name", "email")
    ordering = ("name",)
    inlines = (MembershipInline,)
    fieldsets = ((None, {"fields": ("email", "name", "password", "is_active", "is_staff", "is_superuser")}),)
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    filter_horizontal = ()


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin[Department]):
    list_display = ("name", "phone", "helpdesk_phone")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Clinician)
class ClinicianAdmin(admin.ModelAdmin[Clinician]):
    list_display = ("name", "profession", "user")
    list_filter = ("departments", "profession")
    search_fields = ("name",)

"""Care pathways: agreed on by a lead, started and stopped for a patient."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling.actions.booking import book_appointment
from scheduling.actions.placing import Plan
from scheduling.models import CarePathway, FollowUpOrder, PathwayRun
from tests import factories as make

pytestmark = pytest.mark.django_db


class Clinic:
    def __init__(self, client_of):
        self.department = make.department("longziekten")
        self.visit, self.video = (
            make.AppointmentTypeFactory(department=self.department, modality=form) for form in ("visit", "video")
        )
        self.lead = client_of(make.member("lead", self.department))
        self.doctor = make.member("clinician", self.department)
        self.clinician = client_of(self.doctor)
        self.patient = make.PatientFactory(department=self.department)

    def sent(self, *steps, name="Astma", revision=0):
        """`(type, number, unit, margin in weeks)` of each."""
        rows = {"name": name, "active": "on", "revision": revision}
        for n, (kind, number, unit, margin) in enumerate(steps, start=1):
            rows |= {f"stap{n}-type": kind.pk, f"stap{n}-number": number, f"stap{n}-unit": unit}
            rows |= {f"stap{n}-margin": margin, f"stap{n}-margin_unit": "weeks"}
        return rows

    def pathway(self):
        return make.pathway([(self.visit, 0, 14), (self.video, 91, 14)])

    def url(self, name="patient-pathway", *more):
        return reverse(name, args=[self.patient.public_id, *more])


@pytest.fixture
def clinic(db, client_of):
    return Clinic(client_of)


def steps_of(pathway):
    return list(pathway.steps.values_list("position", "type", "after_days", "margin_days"))


def test_made_of_rows_and_a_row_without_a_type_is_left_out(clinic):
    sent = clinic.sent((clinic.visit, 0, "months", 2), (clinic.video, 3, "months", 1), (clinic.visit, 26, "weeks", 2))
    sent["stap2-type"] = ""
    answer = clinic.lead.post(reverse("pathway-new"), sent)
    assert answer["Location"] == reverse("pathways")
    made = CarePathway.objects.get()
    assert (made.name, made.active) == ("Astma", True)
    assert steps_of(made) == [(1, clinic.visit.pk, 0, 14), (2, clinic.visit.pk, 182, 14)]


def test_example_is_four_controls_a_year_two_and_two_and_can_be_saved_as_it_is(clinic):
    form = clinic.lead.get(reverse("pathway-new"), {"voorbeeld": "1"}).context["form"]
    filled = [row.initial for row in form.rows if row.initial]
    assert [(each["type"], each["number"], each["unit"]) for each in filled] == [
        (clinic.visit.pk, 0, "days"),
        (clinic.video.pk, 3, "months"),
        (clinic.visit.pk, 6, "months"),
        (clinic.video.pk, 9, "months"),
    ]
    sent = {"name": "Diabetes", "active": "on", "revision": "0"}
    for row in form.rows:
        sent |= {row.add_prefix(name): row[name].value() or 0 for name in row.fields if row.initial}
    assert clinic.lead.post(reverse("pathway-new"), sent).status_code == 302
    assert [step[2] for step in steps_of(CarePathway.objects.get())] == [0, 91, 182, 273]


def test_example_needs_both_forms(clinic):
    clinic.video.delete()
    form = clinic.lead.get(reverse("pathway-new"), {"voorbeeld": "1"}).context["form"]
    assert not any(row.initial for row in form.rows)


@pytest.mark.parametrize(
    ("steps", "row", "field"),
    [
        ([(0, "days", 2), (1, "weeks", 2)], 2, "number"),
        ([(3, "months", 1), (1, "months", 1)], 2, "number"),
        ([("", "days", 2)], 1, "number"),
        ([(1, "days", "x")], 1, "margin"),
        ([(1, "years", 1)], 1, "unit"),
        ([(500, "days", 1)], 1, "number"),
    ],
)
def test_steps_that_are_no_pattern_say_so_beside_the_step(clinic, steps, row, field):
    sent = clinic.sent(*((clinic.video, *step) for step in steps))
    answer = clinic.lead.post(reverse("pathway-new"), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].rows[row - 1].errors) == [field]
    assert answer.context["form"]["name"].value() == "Astma"
    assert not CarePathway.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"name": "Astma", "revision": "x"}, {"name": "Astma", "revision": 0}])
def test_nothing_is_not_a_pathway(clinic, sent):
    assert clinic.lead.post(reverse("pathway-new"), sent).status_code == 422


def test_type_of_another_department_is_no_step(clinic):
    stranger = make.AppointmentTypeFactory(department=make.department("neurologie"))
    sent = clinic.sent((stranger, 0, "days", 0))
    assert clinic.lead.post(reverse("pathway-new"), sent).status_code == 422


def test_name_that_is_there_already_is_refused(clinic):
    pathway = clinic.pathway()
    answer = clinic.lead.post(reverse("pathway-new"), clinic.sent((clinic.visit, 0, "days", 0), name=pathway.name))
    assert answer.status_code == 409
    assert list(answer.context["form"].errors) == ["name"]


def test_what_a_colleague_changed_meanwhile_is_shown_first(clinic):
    pathway = clinic.pathway()
    url = reverse("pathway", args=[pathway.pk])
    sent = clinic.sent((clinic.video, 0, "days", 0), revision=1)
    assert clinic.lead.post(url, sent).status_code == 302
    answer = clinic.lead.post(url, {**sent, "name": "Anders"})
    assert answer.status_code == 409
    assert answer.context["meanwhile"].name == "Astma"
    assert answer.context["form"]["name"].value() == "Anders"
    again = {**sent, "name": "Anders", "revision": answer.context["form"]["revision"].value()}
    assert clinic.lead.post(url, again).status_code == 302


def test_page_says_who_goes_on_as_it_was(clinic):
    pathway = clinic.pathway()
    make.pathway_run(pathway, timezone.localdate())
    assert clinic.lead.get(reverse("pathway", args=[pathway.pk])).context["running"] == 1
    (listed,) = clinic.lead.get(reverse("pathways")).context["pathways"]
    assert listed.running == 1


def test_list_reads_as_often_for_one_as_for_three(clinic, count_queries):
    counts = []
    for names in (["a"], ["b", "c"]):
        for name in names:
            make.pathway([(clinic.visit, 0, 14), (clinic.video, 91, 14)], name=name)
        clinic.lead.get(reverse("pathways"))
        with count_queries() as queries:
            clinic.lead.get(reverse("pathways"))
        counts.append(queries.count)
    assert counts[0] == counts[1]


class TestPatient:
    def asked(self, pathway, **more):
        return {"zorgpad": pathway.pk, "begin": str(timezone.localdate()), "zorgverlener": "", **more}

    def test_what_is_ordered_is_shown_before_anything_is_written(self, clinic):
        asked = self.asked(clinic.pathway())
        shown = clinic.clinician.get(clinic.url(), asked).context["orders"]
        assert [each.type for each in shown] == [clinic.visit, clinic.video]
        assert not FollowUpOrder.objects.exists()
        answer = clinic.clinician.post(
            clinic.url(), {**asked, "revision": 1, "zorgverlener": clinic.doctor.clinician.pk}
        )
        assert answer["Location"] == clinic.url("patient")
        made = FollowUpOrder.objects.order_by("step")
        assert [(each.earliest, each.latest) for each in made] == [(each.earliest, each.latest) for each in shown]
        assert {each.clinician for each in made} == {clinic.doctor.clinician}

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"begin": "2020-01-01"}, 422),
            ({"begin": "9999-12-31"}, 422),
            ({"begin": ""}, 422),
            ({"zorgpad": "0"}, 422),
            ({"zorgverlener": "x"}, 422),
            ({"revision": "2"}, 409),
            ({"revision": ""}, 409),
        ],
    )
    def test_what_cannot_be_started_is_refused(self, clinic, fields, status):
        sent = {**self.asked(clinic.pathway()), "revision": 1, **fields}
        assert clinic.clinician.post(clinic.url(), sent).status_code == status
        assert not PathwayRun.objects.exists()

    def test_pathway_of_another_department_or_one_that_ended_cannot_be_started(self, clinic):
        ended = clinic.pathway()
        CarePathway.objects.update(active=False)
        there = make.AppointmentTypeFactory(department=make.department("neurologie"))
        for pathway in (ended, make.pathway([(there, 0, 0)])):
            sent = {**self.asked(pathway), "revision": 1}
            assert clinic.clinician.post(clinic.url(), sent).status_code == 422

    def test_who_follows_it_does_not_start_it_again(self, clinic):
        sent = {**self.asked(clinic.pathway()), "revision": 1}
        clinic.clinician.post(clinic.url(), sent)
        assert clinic.clinician.post(clinic.url(), sent).status_code == 409
        assert PathwayRun.objects.count() == 1

    def test_stopped_with_a_reason_and_what_is_planned_stays(self, clinic):
        clinic.clinician.post(clinic.url(), {**self.asked(clinic.pathway()), "revision": 1})
        first, second = FollowUpOrder.objects.order_by("step")
        day = make.next_workday()
        make.session_with(clinic.doctor.clinician, day, "9.00", "10.00")
        plan = Plan(make.amsterdam(day, "9.00"), clinic.doctor.clinician, clinic.visit)
        booked = book_appointment(patient=clinic.patient, plan=plan, by="user:1", now=timezone.now(), order=first)
        url = clinic.url("patient-pathway-stop", first.pathway_run_id)
        course = clinic.clinician.get(url).context["course"]
        assert (course.still_planned, course.still_open) == ([first], [second])
        assert clinic.clinician.post(url, {"reason": ""}).status_code == 422
        assert clinic.clinician.post(url, {"reason": "Te zwaar"})["Location"] == clinic.url("patient")
        booked.refresh_from_db()
        second.refresh_from_db()
        assert booked.is_active
        assert second.drop_reason == "Te zwaar"
        page = clinic.clinician.get(clinic.url("patient")).content.decode()
        assert "Te zwaar" in page
        assert clinic.clinician.post(url, {"reason": "Nog eens"})["Location"] == clinic.url("patient")

    def test_run_of_another_patient_does_not_exist_here(self, clinic):
        run = make.pathway_run(clinic.pathway(), timezone.localdate())
        assert clinic.clinician.get(clinic.url("patient-pathway-stop", run.pk)).status_code == 404

    def test_patient_page_shows_orders_and_how_far_it_is(self, clinic, count_queries):
        counts = []
        for n in range(2):
            pathway = make.pathway([(clinic.visit, 0, 14), (clinic.video, 91, 14)], name=f"Zorgpad {n}")
            clinic.clinician.post(clinic.url(), {**self.asked(pathway), "revision": 1})
            with count_queries() as queries:
                context = clinic.clinician.get(clinic.url("patient")).context
            counts.append(queries.count)
        assert counts[0] == counts[1]
        assert [(course.planned, len(course.orders)) for course in context["courses"]] == [(0, 2), (0, 2)]
        assert len(context["orders"]) == 4
        assert {each.latest for each in context["orders"]} == {
            timezone.localdate() + timedelta(days=days) for days in (14, 105)
        }

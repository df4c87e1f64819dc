"""What is filled in does what the ORM would do with the same values."""

import pytest
from django.db import IntegrityError, transaction

from events.models import Event
from scheduling.models import Appointment, Participant
from statements.blanks import Once, blank, blanks, named
from statements.inserting import insert, insert_new
from statements.reading import Reading
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = make.amsterdam("2026-12-01", "9.00")


def seen(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_models_are_read_whole_with_what_belongs_to_them(django_assert_num_queries):
    held, _other = make.appointment(), make.appointment()
    asked = Reading(Appointment.objects.filter(pk=blank(Appointment, "id")).select_related("patient", "session"))
    with django_assert_num_queries(1):
        (found,) = asked.run({"id": held.pk})
        patient, session = found.patient, found.session
    stored = Appointment.objects.get(pk=held.pk)
    assert [seen(found), seen(patient), seen(session)] == [seen(stored), seen(stored.patient), seen(stored.session)]
    found.preference = "phone"
    found.save()
    assert Appointment.objects.count() == 2


def test_one_statement_is_filled_in_for_each_question():
    def these(count: int) -> Reading:
        rows = Appointment.objects.filter(pk__in=blanks(Appointment, "id", "one", count)).order_by("pk")
        return Reading(rows.values_list("pk", "start", "public_id"))

    made = Once(these)
    held = [make.appointment() for _ in range(3)]
    told = [(each.pk, each.start, each.public_id) for each in held]
    for some in (told[:2], told[1:], told):
        assert made.of(len(some)).run(named("one", [pk for pk, *_ in some])) == some
    assert made.of(2) is made.of(2)


def test_new_rows_get_their_numbers_in_order():
    facts = [Event(kind=f"test.{n}", at=NOW, actor="system", data={"n": n, "é": None}) for n in range(3)]
    insert(*facts)
    assert [seen(each) for each in facts] == [seen(each) for each in Event.objects.filter(kind__startswith="test.")]
    assert not any(each._state.adding for each in facts)


def test_what_a_constraint_knows_is_left_out_or_refused():
    held, second = make.appointment(), make.ClinicianFactory()

    def one() -> Participant:
        return Participant(appointment=held, role="second_clinician", clinician=second)

    insert_new([one()])
    insert_new([one(), one()])
    insert_new([])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(one())
    assert Participant.objects.filter(clinician=second).count() == 1

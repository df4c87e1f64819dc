"""What a message knows to tell: of its appointment, or of what it offers without one."""

from datetime import UTC, date, datetime

import pytest

from notifications.content.facts import letter_facts
from notifications.content.letters import write_letter
from notifications.content.sms import write_sms
from notifications.models import Channel, Message, MessageKind
from praktijkplan.contact import Modality
from praktijkplan.policy import Policy
from scheduling.models import Participant
from tests import factories as make

pytestmark = pytest.mark.django_db

LINK = "https://afspraak.dewaard.example/v/Zq3-vK_x8mD0pTgLw1RhYA"
TUESDAY = make.amsterdam(date(2026, 11, 24), "14.10")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def about(appointment, kind=MessageKind.CONFIRMATION, **details):
    participant = Participant.objects.select_related("representative").filter(appointment=appointment).first()
    return Message(
        department=appointment.department,
        patient=appointment.patient,
        appointment=appointment,
        participant=participant,
        kind=kind,
        channel=Channel.EMAIL,
        details=details,
    )


def offer(kind, patient, **details):
    return Message(department=make.department(), patient=patient, kind=kind, channel=Channel.EMAIL, details=details)


@pytest.fixture
def tuesday():
    return make.appointment(start=TUESDAY, now=datetime(2026, 11, 16, 9, 0, tzinfo=UTC))


def facts_of(message, now=MONDAY, link=LINK, policy=None):
    return letter_facts(message, now=now, link=link, policy=policy)


def test_day_is_said_from_the_day_of_sending(tuesday):
    message = about(tuesday)
    said = [
        (facts.day, facts.short_day, facts.soon)
        for facts in (facts_of(message, now) for now in (
            datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
            datetime(2026, 11, 23, 22, 59, tzinfo=UTC),  # a minute to midnight in Amsterdam
            datetime(2026, 11, 23, 23, 1, tzinfo=UTC),
        ))
    ]  # fmt: skip
    assert said == [
        ("op dinsdag 24 november", "di 24 nov", ""),
        ("morgen", "morgen", "morgen"),
        ("vandaag", "vandaag", "vandaag"),
    ]


def test_policy_that_is_given_is_not_asked_for_again(tuesday, count_queries):
    message = about(tuesday)
    with count_queries() as asked:
        facts = facts_of(message, policy=Policy(link_opens_minutes=15))
    assert (asked.count, facts.opens) == (0, "13.55")


def test_what_to_do_when_it_starts_late_is_as_agreed(tuesday):
    message = about(tuesday, MessageKind.HOUR_BEFORE)
    agreed = Policy(late_text={"nl": "Begint het niet om tijd? Wacht op ons belletje."})
    text = write_letter(facts_of(message, policy=agreed)).as_text()  # PP-53
    assert "Wacht op ons belletje." in text
    assert "Blijf in de wachtkamer." not in text
    assert "Blijf in de wachtkamer." in write_letter(facts_of(message, policy=Policy())).as_text()


def test_words_for_the_late_start_are_for_those_who_wait_at_a_screen(tuesday):
    tuesday.modality = Modality.PHONE
    agreed = Policy(late_text={"nl": "Blijf bij uw scherm."})
    assert "scherm" not in write_letter(facts_of(about(tuesday, MessageKind.HOUR_BEFORE), policy=agreed)).as_text()


def test_delay_is_a_range_on_the_local_clock(tuesday):
    late = about(
        tuesday, MessageKind.DELAY, **{"from": "2026-11-24T13:25:00+00:00", "until": "2026-11-24T13:45:00+00:00"}
    )
    facts = facts_of(late, TUESDAY)
    assert (facts.late_from, facts.late_until, facts.late_at) == ("14.25", "14.45", "")
    text = write_letter(facts).as_text()  # PP-52
    assert "U bent aan de beurt tussen 14.25 en 14.45 uur." in text
    assert "rond" not in text
    assert "U bent aan de beurt tussen 14.25 en 14.45 uur." in write_sms(facts)


def test_delay_without_a_range_says_about_when(tuesday):
    facts = facts_of(about(tuesday, MessageKind.DELAY, at="2026-11-24T13:30:00+00:00"), TUESDAY)
    assert "U bent rond 14.30 uur aan de beurt." in write_letter(facts).as_text()
    assert "tussen" not in write_sms(facts)


def test_confirmation_soon_before_has_the_tips_and_what_to_do_when_it_fails(tuesday):
    usual = write_letter(facts_of(about(tuesday))).as_text()
    assert "rustige plek" not in usual
    assert "Lukt het niet?" not in usual

    merged = about(tuesday, includes=["day_before", "hour_before"])
    letter = write_letter(facts_of(merged, TUESDAY.replace(hour=13)))
    text = letter.as_text()
    assert "Uw afspraak is vandaag om 14.10 uur." in text
    for tip in (
        "rustige plek",
        "auto",
        "Lukt het niet?",
        "Dan kan het gesprek via de telefoon.",
        "Blijf in de wachtkamer.",
    ):
        assert tip in text  # PP-41, PP-42, PP-44
    assert "Dat is vandaag." in write_sms(facts_of(merged, TUESDAY.replace(hour=13)))


def test_invitation_needs_no_appointment():
    facts = facts_of(
        offer(MessageKind.INVITATION, make.PatientFactory(), modality="phone", before="2026-12-04"), link=""
    )
    assert (facts.form, facts.before, facts.time, facts.date) == (Modality.PHONE, "vrijdag 4 december", "", "")
    letter = write_letter(facts)
    assert letter.subject == "Kies een tijd voor uw afspraak"
    assert "Wij bellen u." in letter.as_text()
    assert "Laat het ons weten vóór vrijdag 4 december." in letter.as_text()


def test_freed_place_says_when_and_how():
    offered = offer(
        MessageKind.FREED_PLACE, make.PatientFactory(), modality="video", start="2026-11-24T13:10:00+00:00"
    )
    facts = facts_of(offered, link="")
    assert (facts.form, facts.date, facts.time) == (Modality.VIDEO, "dinsdag 24 november", "14.10")
    assert "plek vrij om te beeldbellen: di 24 nov, 14.10 uur. Wilt u die? bel" in write_sms(facts)


def test_parent_is_told_of_the_child_without_an_appointment_too():
    child, parent = make.child_with_parent(on=MONDAY.date())
    invited = offer(MessageKind.INVITATION, child, modality="video", before="2026-12-04")
    invited.representative = parent
    facts = facts_of(invited, link="")
    assert (facts.who, facts.whose) == ("uw kind", "de afspraak van uw kind")
    assert "Uw kind" not in write_letter(facts).subject


def test_reader_of_english_reads_english():
    reader = make.PatientFactory(language="en")
    facts = facts_of(offer(MessageKind.INVITATION, reader, modality="visit", before="2026-12-04"), link="")
    assert (facts.language, facts.before, facts.whose) == ("en", "Friday 4 December", "your appointment")


@pytest.mark.parametrize("night", ["2026-03-29", "2026-10-25"])
def test_ten_minutes_earlier_is_so_on_the_nights_of_the_clock_change(tuesday, night):
    tuesday.start = datetime.fromisoformat(f"{night}T01:05:00+00:00")
    tuesday.end = tuesday.start
    facts = facts_of(about(tuesday))
    assert (facts.time, facts.arrive) == (("03.05", "01.55") if "03-29" in night else ("02.05", "02.55"))

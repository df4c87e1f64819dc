"""Small demo hospitals for a test: everybody is there, and the agendas are empty until a clinic is opened."""

from datetime import datetime

from demo.hospital.build import make_house, make_patients, publish_rasters
from demo.hospital.patients import invent_patients
from demo.progress import silently
from scheduling.localtime import local_day


def build(now: datetime) -> None:
    today = local_day(now)
    house = make_house(today, "password")
    make_patients(house, invent_patients(today), today)
    publish_rasters(house, now, 1, silently)

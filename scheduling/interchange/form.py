"""What documents and sheets have in common: names, choices and bounds, for the schema and the readers alike."""

from dataclasses import dataclass

from praktijkplan.rasters import WeekPattern
from praktijkplan.slots import BlockMode
from scheduling.draft_changes import NAME_MOST, NOTE_MOST, RELEASE_MOST, SLOT_MOST, START_UP_MOST
from scheduling.draft_changes import STEP as STEP

FORMAT = "videopoli-raster/1"
# Names, not numbers: in one system 1 is Monday, in another Sunday.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKS = tuple(pattern.value for pattern in WeekPattern)
MODES = tuple(mode.value for mode in BlockMode)

LONGEST_NAME, LONGEST_NOTE = NAME_MOST, NOTE_MOST
LARGEST_FILE = 1_000_000  # bytes
MOST_BLOCKS = 300
MOST_TYPES = 100  # in one block
MOST_MISTAKES = 500
FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True)
class Field:
    """`dutch` is the heading that a Dutch sheet is written with; `also` are headings that are read as well."""

    name: str
    dutch: str
    also: tuple[str, ...] = ()
    required: bool = False
    of_block: bool = True

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.name, self.dutch, *self.also)


FIELDS = (
    Field("name", "naam", ("raster",), required=True, of_block=False),
    Field("weeks", "weken", of_block=False),
    Field("valid_from", "geldig_vanaf", ("geldig_van", "ingangsdatum"), required=True, of_block=False),
    Field("valid_until", "geldig_tot", ("geldig_tot_en_met", "einddatum"), of_block=False),
    Field("weekday", "dag", ("weekdag",), required=True),
    Field("start", "van", ("begin", "starttijd"), required=True),
    Field("end", "tot", ("einde", "eindtijd"), required=True),
    Field("mode", "soort", ("soort_blok",), required=True),
    Field("slot_minutes", "minuten_per_moment", ("minuten_per_plek",)),
    Field("start_up_minutes", "opstartminuten", ("opstarttijd",)),
    Field("types", "afspraaktypes", ("typen", "types", "afspraaktypen")),
    Field("workplace", "werkplek", ("plaats",)),
    Field("release_minutes", "spoed_tot_minuten", ("vrijgeven_minuten",)),
    Field("note", "opmerking", ("notitie",)),
)
RASTER_FIELDS = tuple(field for field in FIELDS if not field.of_block)
BLOCK_FIELDS = tuple(field for field in FIELDS if field.of_block)

# Bounds of the whole numbers, in minutes: those of the editor.
MINUTES = {
    "slot_minutes": (0, SLOT_MOST),
    "start_up_minutes": (0, START_UP_MOST),
    "release_minutes": (0, RELEASE_MOST),
}

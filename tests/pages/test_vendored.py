import re
from hashlib import sha256
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"


def test_vendored_files_are_the_ones_that_were_written_down():
    listed = re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (VENDOR / "VENDORED.md").read_text(), re.MULTILINE)
    assert len(listed) == 5
    for name, expected in listed:
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == expected, name


def test_no_file_is_vendored_without_being_written_down():
    text = (VENDOR / "VENDORED.md").read_text()
    assert [
        file.name for file in VENDOR.iterdir() if f"`{file.name}`" not in text and file.name != "VENDORED.md"
    ] == []

import gzip

import pytest


@pytest.mark.parametrize("path", ["/static/css/base.css", "/static/js/live.js", "/static/icons.svg"])
def test_text_is_sent_compressed_to_who_understands_it(client, path):
    plain = client.get(path)
    light = client.get(path, headers={"accept-encoding": "gzip, br"})

    assert not plain.has_header("Content-Encoding")
    assert light["Content-Encoding"] == "gzip"
    assert gzip.decompress(light.content) == plain.content
    assert int(light["Content-Length"]) == len(light.content) < len(plain.content) / 2
    assert "Accept-Encoding" in light["Vary"]


def test_fonts_are_compressed_already(client):
    font = client.get("/static/fonts/source-sans-3-latin-wght-normal.woff2", headers={"accept-encoding": "gzip"})

    assert not font.has_header("Content-Encoding")


def test_unchanged_file_is_not_sent_again(client):
    first = client.get("/static/css/base.css", headers={"accept-encoding": "gzip"})
    again = client.get(
        "/static/css/base.css",
        headers={"accept-encoding": "gzip", "if-modified-since": first["Last-Modified"]},
    )

    assert (again.status_code, again.content) == (304, b"")

import pytest

from config.environment import LONGEST_SOCKET_PATH, RedisUrls, redis_urls, valkey_socket


@pytest.mark.parametrize(
    ("url", "numbers"),
    [
        ("redis://redis:6379", (0, 1, 2, 3)),
        ("redis://redis:6379/", (0, 1, 2, 3)),
        ("redis://redis:6379/8", (8, 9, 10, 11)),
    ],
)
def test_redis_url_names_the_first_of_four_databases(url, numbers):
    assert redis_urls(url) == RedisUrls(
        *(f"redis://redis:6379/{number}" for number in numbers), namespace=f"videopoli-{numbers[0]}"
    )


def test_redis_url_keeps_its_password_and_options():
    urls = redis_urls("rediss://user:secret@redis:6380/4?ssl_cert_reqs=none")
    assert urls.cache == "rediss://user:secret@redis:6380/5?ssl_cert_reqs=none"


def test_valkey_socket_has_a_short_path_in_a_deep_folder(tmp_path):
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 5)
    assert len(str(deep / "valkey.sock")) > LONGEST_SOCKET_PATH >= len(str(valkey_socket(deep)))
    assert valkey_socket(deep) != valkey_socket(tmp_path.joinpath(*["another-folder-with-a-long-name"] * 5))

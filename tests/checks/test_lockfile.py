from checks.lockfile import foreign_hosts


def test_public_index_is_no_foreign_host():
    lock = """
    source = { registry = "https://pypi.org/simple" }
    sdist = { url = "https://files.pythonhosted.org/packages/aa/celery-5.7.0.tar.gz", hash = "sha256:00" }
    """
    assert foreign_hosts(lock) == set()


def test_other_hosts_are_named():
    lock = """
    source = { registry = "https://mirror.hospital.example:8081/simple" }
    wheels = [{ url = "https://user:secret@cdn.example/celery.whl" }, { url = "git+ssh://git@forge.example/celery" }]
    """
    assert foreign_hosts(lock) == {"mirror.hospital.example", "cdn.example", "forge.example"}

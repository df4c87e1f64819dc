import pytest

from tests.waitingroom.visits import Visit, make_visit


@pytest.fixture
def visit(db: None) -> Visit:
    return make_visit()

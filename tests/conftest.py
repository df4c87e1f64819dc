import os

import pytest
from hypothesis import settings

# Playwright's sync API keeps an event loop running in this thread, which Django takes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

pytest_plugins = [
    "tests.support.presence_of_services",
    "tests.support.broker",
    "tests.support.emptying",
    "tests.support.site",
    "tests.support.browser",
    "tests.support.accessibility",
    "tests.support.queries",
    "tests.support.rolling_back",
    "tests.support.mailbox",
    "tests.support.smsgateway",
    "tests.support.worker",
    "tests.support.sender",
]

# A machine that is busy is no counterexample, and a commit is judged by the same examples each time. New ones are
# looked for with HYPOTHESIS_PROFILE=explore.
settings.register_profile("videopoli", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "videopoli"))


@pytest.fixture(autouse=True)
def _same_people() -> None:
    """Who a factory makes first does not depend on the tests before: nobody meets a namesake by chance."""
    from tests.factories import begin_with_the_first

    begin_with_the_first()

"""What the demo's mail server and text message gateway tell the product, also while that starts again."""

import time
import urllib.error
import urllib.request

TRIES_AFTER = (1.0, 3.0, 10.0)
TIMEOUT = 5


def tell_product(asked: urllib.request.Request, *, what: str) -> None:
    """Ask until it is taken or refused; a refusal of `what` is printed, and four tries without an answer lose it."""
    for pause in (*TRIES_AFTER, None):
        try:
            with urllib.request.urlopen(asked, timeout=TIMEOUT):  # noqa: S310  the product's own address
                return
        except urllib.error.HTTPError as refused:
            refused.close()
            if refused.code < 500:
                print(f"{what} was refused: {refused.code}", flush=True)  # noqa: T201  the log of who tells it
                return
        except OSError:
            pass
        if pause is not None:
            time.sleep(pause)

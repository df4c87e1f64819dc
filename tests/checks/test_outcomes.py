from checks.outcomes import Outcome, Result, table


def test_table_names_each_check_and_counts_the_failed():
    results = [Result("style", Outcome.PASSED, 0.44), Result("lock file", Outcome.FAILED, 12)]
    assert table(results) == (
        "\n  style      passed      0.4 s\n  lock file  FAILED     12.0 s\n\n1 of 2 checks failed"
    )

"""Tasks run here or in several processes; results that must all be there come in task order."""

from __future__ import annotations

import time

import pytest

from pss_kg.errors import PssKgError
from pss_kg.stages.pool import Pool


def wait(tenths: int) -> int:
    time.sleep(tenths / 10)
    return tenths


def refuse(number: int) -> int:
    if number == 2:
        raise PssKgError("the second is refused.")
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_tasks_whichever_is_done_first(jobs: int) -> None:
    with Pool(jobs) as pool:
        assert list(pool.all(wait, [4, 0, 1, 0])) == [4, 0, 1, 0]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_raised_where_all_must_succeed_and_given_where_not(jobs: int) -> None:
    with Pool(jobs) as pool:
        assert str(dict(pool.run(refuse, [1, 2, 3]))[1]) == "the second is refused."
        with pytest.raises(PssKgError, match="second"):
            list(pool.all(refuse, [1, 2, 3]))

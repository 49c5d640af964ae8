# SPDX-License-Identifier: BSD-3-Clause
"""stats --json is read whole or not at all, and what leaks is told from what is busy."""

import json

import pytest
from fake_target import Target
from rig import stats
from rig.verdict import TargetFault


def objects(**changes):
    """A fake target's, some changed: {"PBUF": {"used": 3}, "tcp": {"time_wait": 1}}."""
    return [{**one, **changes.get(one.get("name", one["event"]), {})} for one in Target().objects()]


def lines_of(said):
    return [json.dumps(one) for one in said]


def parsed(**changes):
    return stats.parse(lines_of(objects(**changes)))


def test_whole_answer_is_read():
    assert parsed()["target"]["board"] == "a fake"
    assert "frames" in parsed() and "unheard of" not in parsed()


def test_other_lines_do_not_matter():
    """A message's text may begin as JSON does, and so may rubbish that a shell echoes."""
    lines = [line for one in lines_of(objects()) for line in ("a peer has come", "{", one, "")]
    assert stats.parse(["stats --json", *lines]).objects == objects()


@pytest.mark.parametrize("count", range(len(objects())))
def test_part_of_an_answer_is_none(count):
    assert stats.parse(lines_of(objects())[:count]) is None
    assert stats.parse(lines_of(objects())[count + 1:]) is None


def test_answer_that_was_cut_off_is_followed_by_a_whole_one():
    assert stats.parse(lines_of(objects()[:4] + objects())).objects == objects()


@pytest.mark.parametrize("line", ['{"event":', '{"event":"target",}', '{"event":"targ\ufffd'])
def test_broken_json_is_the_target_s_fault(line):
    with pytest.raises(TargetFault, match="a line is no JSON"):
        stats.parse([line])


@pytest.mark.parametrize("lacking", ["used", "used_at_most", "times_none_left", "stack",
                                     "slots_used", "time_wait"])
def test_lacking_figures_are_the_target_s_fault(lacking):
    poor = [{name: value for name, value in one.items() if name != lacking} for one in objects()]
    with pytest.raises(TargetFault, match=f"'{lacking}' is missing"):
        stats.parse(lines_of(poor))


def test_nothing_has_leaked_from_an_idle_target():
    assert stats.leaked(parsed(), parsed()) == {}


def test_pool_that_is_used_more_than_before_leaks():
    leaks = stats.leaked(parsed(PBUF={"used": 3}), parsed(PBUF={"used": 1}))
    assert leaks == {"PBUF": (1, 3)}
    assert stats.in_words(leaks) == "PBUF: 1 before, 3 now"


def test_slots_leak_too():
    assert stats.leaked(parsed(stats={"slots_used": 2}), parsed()) == {"engine's slots": (0, 2)}


def test_pool_that_was_not_there_before_leaks():
    before = stats.Stats([one for one in objects() if one.get("name") != "TCP_SEG"])
    assert stats.leaked(parsed(), before) == {"TCP_SEG": (0, 1)}


def test_less_than_before_is_no_leak():
    assert stats.leaked(parsed(), parsed(PBUF={"used": 5})) == {}


def test_time_wait_is_no_leak():
    now = {"TCP_PCB": {"used": 5}, "tcp": {"time_wait": 4}}
    assert stats.leaked(parsed(**now), parsed()) == {}
    assert stats.leaked(parsed(**{**now, "tcp": {"time_wait": 3}}), parsed()) == {"TCP_PCB": (1, 2)}


@pytest.mark.parametrize("more", [0, stats.TIMERS_SPARE, stats.TIMERS_SPARE + 1])
def test_few_timers_are_no_leak(more):
    leaks = stats.leaked(parsed(SYS_TIMEOUT={"used": 1 + more}), parsed())
    assert bool(leaks) == (more > stats.TIMERS_SPARE)

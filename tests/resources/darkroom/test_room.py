"""The darkroom: whatever a job does, the service gets an answer or an error of ours."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from posthub_assets.domain.errors import (
    BrokenTask,
    DarkroomUnavailable,
    InvalidInput,
    RefusedPicture,
)
from resources.darkroom.limits import Limits
from resources.darkroom.room import OUR_TASKS, Darkroom

pytestmark = pytest.mark.anyio

EVIL = "tests.resources.darkroom.evil_tasks"
ROOT = Path(__file__).resolve().parents[3]
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel does not hold this limit")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def room(anyio_backend: str) -> AsyncIterator[Darkroom]:
    limits = Limits(cpu_s=1, wall_s=2.0, answer_bytes=1_000_000)
    darkroom = Darkroom(limits, at_once=3, modules=[*OUR_TASKS, EVIL])
    yield darkroom
    await darkroom.close()


async def _still_works(room: Darkroom) -> bool:
    answer, _ = await room.run("selftest", {})
    return bool(answer["is_ready"])


async def _at_work(room: Darkroom, children: int) -> list[psutil.Process]:
    """Wait until so many children are at work, and give them."""
    for _ in range(1000):
        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(room.zygote_id).children() if room.zygote_id else []
            if len(found) == children:
                return found
        await asyncio.sleep(0.01)
    raise AssertionError(f"{children} children were never at work")


async def test_blobs_come_and_go_and_each_answer_says_what_it_took(room):
    answer, blobs = await room.run("selftest", {}, [b"", b"abc", os.urandom(3_000_000)])

    assert answer["is_ready"]
    assert len(answer["hashes"]) == 3
    assert answer["hashes"][1].startswith("ba7816bf")
    assert blobs == []
    assert 0 <= answer["cpu_s"] < 1
    assert 5_000_000 < answer["peak_bytes"] < 100_000_000


async def test_pillow_can_open_nothing_but_what_we_take(room):
    answer, _ = await room.run("selftest", {})
    assert set(answer["formats"]) <= {"JPEG", "MPO", "PNG", "WEBP"}


@on_linux
async def test_too_much_memory_is_a_refusal_and_the_service_goes_on(room):
    with pytest.raises(RefusedPicture) as refused:
        await room.run("eat", {"bytes": 201_000_000})
    assert refused.value.reason == "too-much-memory"
    assert "Save it smaller" in str(refused.value)
    assert (await room.run("eat", {"bytes": 190_000_000}))[0]["eaten"] == 190_000_000


async def test_too_much_processor_time_is_a_refusal(room):
    began = time.monotonic()
    with pytest.raises(RefusedPicture) as refused:
        await room.run("spin", {})
    assert refused.value.reason == "too-much-time"
    assert time.monotonic() - began < 8


async def test_too_much_time_by_the_clock_is_a_refusal(room):
    developed = await room.develop("sleep", {"seconds": 30})
    assert isinstance(developed.error, RefusedPicture)
    assert developed.error.reason == "too-much-time"
    assert developed.cpu_s < 0.5


@pytest.mark.parametrize("how", ["null", signal.SIGABRT, signal.SIGBUS, signal.SIGFPE])
async def test_a_decoder_that_crashes_takes_nothing_with_it(room, how):
    zygote = room.zygote_id
    developed = await room.develop("die", {"how": how})
    assert isinstance(developed.error, RefusedPicture)
    assert developed.error.reason == "crashed-the-decoder"
    assert developed.ended_by in (signal.SIGSEGV, how)
    assert await _still_works(room)
    assert room.zygote_id == zygote


async def test_the_kernel_taking_a_child_for_its_memory_is_told_as_that(room):
    with pytest.raises(RefusedPicture) as refused:
        await room.run("die", {"how": signal.SIGKILL})
    assert refused.value.reason == "too-much-memory"


async def test_a_child_that_leaves_without_an_answer_is_our_fault(room):
    with pytest.raises(BrokenTask, match="no answer"):
        await room.run("die", {"how": "exit"})


async def test_errors_of_a_task_come_out_as_they_are(room, caplog):
    with pytest.raises(RefusedPicture, match=r"Not this one\.") as refused:
        await room.run("raise_error", {"kind": "refused"})
    assert refused.value.reason == "damaged"
    with pytest.raises(InvalidInput, match="no colour") as invalid:
        await room.run("raise_error", {"kind": "invalid"})
    assert invalid.value.field == "colour"
    with pytest.raises(BrokenTask, match="ZeroDivisionError: oops"):
        await room.run("raise_error", {"kind": "bug"})
    assert "evil_tasks.py" in caplog.text
    with pytest.raises(BrokenTask, match="no_such_task"):
        await room.run("no_such_task", {})


@pytest.mark.parametrize(
    "arguments", [{"kind": "much", "bytes": 1_000_001}, {"kind": "no json"}, {"kind": "nan"}]
)
async def test_an_answer_that_cannot_be_sent_is_our_fault(room, arguments):
    with pytest.raises(BrokenTask):
        await room.run("answer", arguments)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 100,
        "\0" * 8,
        "\xff" * 64,
        "\0\0\0\0\0\0\0\x02{}",
        '\0\0\0\0\0\0\0\x16{"blobs":[99999999999]}',
        '\0\0\0\0\0\0\0\x1f{"blobs":[true],"answer":{"a":1}}',
        "\0\0\0\0\0\x03\x0d\x40" + "[" * 200_000,
    ],
)
async def test_a_child_that_was_taken_over_cannot_say_more_than_json(room, text):
    with pytest.raises(BrokenTask):
        await room.run("lie", {"text": text})
    assert await _still_works(room)


@on_linux
async def test_a_child_holds_no_secret_no_file_and_no_socket_of_the_service(room, monkeypatch):
    monkeypatch.setenv("POSTHUB_SECRET_KEY", "hush" * 10)
    own = Darkroom(Limits(), modules=[*OUR_TASKS, EVIL])
    found, _ = await own.run("look_around", {})
    await own.close()

    assert set(found["environment"]) <= {"LC_ALL", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}
    assert found["descriptors"] == [0, 1, 2, 3]
    assert not found["writes"]
    assert found["opens"] < 16


@on_linux
async def test_nothing_but_the_standard_library_numpy_and_pillow_is_loaded(room):
    found, _ = await room.run("look_around", {})
    tops = {name.split(".")[0] for name in found["modules"]}
    foreign = tops - set(sys.stdlib_module_names) - {"PIL", "numpy", "__main__"}
    assert {one for one in foreign if not one.startswith("_")} == {
        "posthub_assets",
        "resources",
        "tests",
    }
    ours = {name for name in found["modules"] if name.startswith("resources.")}
    assert ours <= {
        "resources.darkroom",
        *(
            f"resources.darkroom.{one}"
            for one in ("child", "limits", "protocol", "seccomp", "tasks", "zygote")
        ),
    }
    assert not {"asyncio", "ssl", "http", "multiprocessing"} & tops


async def test_a_zygote_that_dies_is_started_again_once(room):
    await room.run("selftest", {})
    first = room.zygote_id
    os.kill(first, signal.SIGKILL)
    assert await _still_works(room)
    assert room.zygote_id != first

    job = asyncio.create_task(room.run("sleep", {"seconds": 1.5}))
    for _ in range(2):
        await _at_work(room, 1)
        os.kill(room.zygote_id, signal.SIGKILL)
        await asyncio.sleep(0.05)
    with pytest.raises(DarkroomUnavailable, match="ended twice"):
        await job
    assert await _still_works(room)


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="there is no filter for this machine",
)
async def test_a_child_that_was_taken_over_cannot_get_out(room, tmp_path):
    (tmp_path / "old").touch()
    found, _ = await room.run("break_out", {"folder": str(tmp_path)})
    assert found.pop("reads a file of a package") is True
    del found["cpu_s"], found["peak_bytes"]
    assert len(found) == 13
    assert {name: number for name, number in found.items() if number != errno.EPERM} == {}
    assert await _still_works(room)


async def test_jobs_beside_a_dying_zygote_are_done_all_the_same(room):
    await room.run("selftest", {})
    sleeping = [asyncio.create_task(room.run("sleep", {"seconds": 0.3})) for _ in range(3)]
    await _at_work(room, 3)
    os.kill(room.zygote_id, signal.SIGKILL)
    assert [answer["slept"] for answer, _ in await asyncio.gather(*sleeping)] == [True] * 3


async def test_no_more_jobs_run_at_once_than_allowed_and_none_is_lost(room):
    began = time.monotonic()
    jobs = [asyncio.create_task(room.run("sleep", {"seconds": 0.2})) for _ in range(9)]
    seen = 0
    while not all(job.done() for job in jobs):
        seen = max(seen, len(psutil.Process(room.zygote_id).children()))
        await asyncio.sleep(0.02)
    assert [(await job)[0]["slept"] for job in jobs] == [True] * 9
    assert 2 <= seen <= 3
    assert time.monotonic() - began >= 0.6


async def test_who_stops_waiting_ends_the_child(room):
    await room.run("selftest", {})
    job = asyncio.create_task(room.run("sleep", {"seconds": 1.5}))
    await _at_work(room, 1)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    began = time.monotonic()
    await _at_work(room, 0)
    assert time.monotonic() - began < 1


async def test_after_closing_nothing_runs_and_nothing_starts():
    room = Darkroom(Limits(), modules=[*OUR_TASKS, EVIL])
    job = asyncio.create_task(room.run("sleep", {"seconds": 10}))
    children = await _at_work(room, 1)
    zygote = psutil.Process(room.zygote_id)
    await room.close()

    with pytest.raises(DarkroomUnavailable):
        await job
    with pytest.raises(DarkroomUnavailable):
        await room.run("selftest", {})
    assert not any(one.is_running() for one in (zygote, *children))


async def test_a_darkroom_that_cannot_start_says_why():
    room = Darkroom(Limits(), modules=["resources.darkroom.no_such_module"])
    with pytest.raises(DarkroomUnavailable, match="no_such_module"):
        await room.run("selftest", {})
    await room.close()


@on_linux
def test_nothing_survives_a_service_that_is_killed():
    script = (
        "import asyncio\n"
        "from resources.darkroom.room import Darkroom, OUR_TASKS\n"
        "async def main():\n"
        f"    room = Darkroom(modules=[*OUR_TASKS, {EVIL!r}])\n"
        "    await room.run('selftest', {})\n"
        "    job = asyncio.create_task(room.run('sleep', {'seconds': 15}))\n"
        "    await asyncio.sleep(0.3)\n"
        "    print(room.zygote_id, flush=True)\n"
        "    await job\n"
        "asyncio.run(main())\n"
    )
    service = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert service.stdout is not None
    zygote = psutil.Process(int(service.stdout.readline()))
    family = [zygote, *zygote.children()]
    service.kill()
    service.wait()
    service.stdout.close()
    assert len(family) == 2
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_darkroom_serves_one_event_loop_after_another_and_a_forked_process():
    room = Darkroom(Limits(), at_once=1)
    for _ in range(2):
        assert asyncio.run(room.run("selftest", {}))[0]["is_ready"]
    theirs = room.zygote_id
    child = os.fork()
    if child == 0:
        # As Dagster's runs start: threads are gone, and the zygote is the other process's.
        ready = asyncio.run(room.run("selftest", {}))[0]["is_ready"]
        is_own = room.zygote_id != theirs
        asyncio.run(room.close())
        os._exit(0 if ready and is_own else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert asyncio.run(room.run("selftest", {}))[0]["is_ready"]
    assert room.zygote_id == theirs
    asyncio.run(room.close())


@on_linux
async def test_after_many_jobs_of_all_kinds_nothing_is_left_open(room):
    async def each() -> None:
        await room.run("selftest", {}, [b"x" * 1000])
        await room.develop("die", {"how": "null"})
        await room.develop("raise_error", {"kind": "refused"})
        await room.develop("eat", {"bytes": 300_000_000})
        job = asyncio.create_task(room.run("sleep", {"seconds": 1}))
        await asyncio.sleep(0.01)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)

    await each()
    await _at_work(room, 0)
    ours, theirs = psutil.Process(), psutil.Process(room.zygote_id)
    before = ours.num_fds(), theirs.num_fds(), theirs.memory_info().rss
    await asyncio.gather(*(each() for _ in range(8)))
    await _at_work(room, 0)
    await asyncio.sleep(0.1)
    assert ours.num_fds() <= before[0]
    assert theirs.num_fds() <= before[1]
    assert theirs.memory_info().rss < before[2] + 2_000_000

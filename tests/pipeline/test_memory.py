"""Memory limits of control groups, as Linux shows them to containers and to Slurm's jobs."""

import os

import pytest

from pipeline.memory import find_memory

MACHINE = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
V2, V1 = "sys/fs/cgroup", "sys/fs/cgroup/memory"
JOB = "0::/slurm/job_7\n"
OLD = "9:cpu,cpuacct:/docker/ab\n4:memory:/docker/ab\n0::/\n"
UNLIMITED = 9223372036854771712  # what version 1 says where there is no limit


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("", {}, MACHINE),  # no Linux
        (JOB, {}, MACHINE),
        (JOB, {f"{V2}/slurm/job_7/memory.max": "5000\n"}, 5000),
        (JOB, {f"{V2}/slurm/job_7/memory.max": "max", f"{V2}/slurm/memory.max": "6000"}, 6000),
        (JOB, {f"{V2}/slurm/job_7/memory.max": "7000", f"{V2}/memory.max": "6000"}, 6000),
        (JOB, {f"{V2}/slurm/job_8/memory.max": "5000\n"}, MACHINE),  # another job's
        (JOB, {f"{V2}/slurm/job_7/memory.max": str(2 * MACHINE)}, MACHINE),
        # a container sees its own group as the root
        ("0::/\n", {f"{V2}/memory.max": "4000"}, 4000),
        (OLD, {f"{V1}/memory.limit_in_bytes": "3000"}, 3000),
        (OLD, {f"{V1}/docker/ab/memory.limit_in_bytes": "2000"}, 2000),
        (OLD, {f"{V1}/memory.limit_in_bytes": str(UNLIMITED)}, MACHINE),
        ("4:hugetlb,memory:/a:b\n", {f"{V1}/a:b/memory.limit_in_bytes": "2000"}, 2000),
        (JOB, {f"{V2}/slurm/job_7/memory.max/file": "1", f"{V2}/slurm/memory.max": "6000"}, 6000),
    ],
)
def test_memory_of_control_groups(tmp_path, groups, files, expected):
    for name, text in {"proc/self/cgroup": groups, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert find_memory(tmp_path) == expected

from dataclasses import replace
from typing import Any

import pytest

from checks.answers.hardware import Disk, Firmware, Memory, Processor
from checks.answers.system import Release
from checks.hardware.upgrade import CHECK, Facts, ProcessorRule, Requirement, probe
from checks.machine import CannotAnswer
from tests.checks.hardware.test_processor import I5
from tests.checks.judge_table import BLOCKED, READY, UNMEASURED, Row, judge_test
from tests.replay import MACHINES, Replay, load
from tests.test_machines import PROFILE

ASKS: Requirement = PROFILE.requirements["hardware.upgrade"].requirement
TEN = Facts(
    release=Release(
        family="windows", distribution="", version=(10, 0), build=19045, edition="pro", extended_support=None, bits=64
    ),
    firmware=Firmware(starts_by="uefi", secure_boot="on", tpm="2.0"),
    processor=I5,
    memory=Memory(total_bytes=8_000_000_000, available_bytes=1),
    disk=Disk(total_bytes=250_000_000_000, free_bytes=1),
)


def firmware(**changes: Any) -> Facts:
    assert TEN.firmware
    return replace(TEN, firmware=replace(TEN.firmware, **changes))


def processor(**changes: Any) -> Facts:
    return replace(TEN, processor=replace(I5, **changes))


ROWS = [
    Row("it can", TEN, ASKS, READY, None),
    Row("it has", replace(TEN, release=replace(TEN.release, build=22631), firmware=None), ASKS, READY, None),
    Row("not Windows", replace(TEN, release=replace(TEN.release, family="linux"), memory=None), ASKS, READY, None),
    Row("Secure Boot switched off is no obstacle", firmware(secure_boot="off"), ASKS, READY, None),
    Row("no TPM", firmware(tpm="absent"), ASKS, BLOCKED, "tpm_absent"),
    Row("TPM 1.2", firmware(tpm="1.2"), ASKS, BLOCKED, "tpm_too_old"),
    Row("TPM untold", firmware(tpm=None), ASKS, UNMEASURED, "tpm_not_told"),
    Row("BIOS", firmware(starts_by="bios", secure_boot=None), ASKS, BLOCKED, "started_by_bios"),
    Row("no Secure Boot", firmware(secure_boot="absent"), ASKS, BLOCKED, "secure_boot_absent"),
    Row("start untold", firmware(starts_by=None, secure_boot=None), ASKS, UNMEASURED, "start_not_told"),
    Row("processor of before", processor(model=78), ASKS, BLOCKED, "processor_not_taken"),
    Row("processor of no list", processor(maker="other"), ASKS, BLOCKED, "processor_not_taken"),
    Row("32 bits", processor(bits=32), ASKS, BLOCKED, "processor_not_taken"),
    Row("one core", processor(cores_count=1, threads_count=1), ASKS, BLOCKED, "processor_not_taken"),
    Row("taken on some machines only", processor(stepping=9), ASKS, UNMEASURED, "processor_not_told"),
    Row("processor untold", replace(TEN, processor=None), ASKS, UNMEASURED, "processor_not_told"),
    Row(
        "2 GB",
        replace(TEN, memory=Memory(total_bytes=2_000_000_000, available_bytes=1)),
        ASKS,
        BLOCKED,
        "memory_too_small",
    ),
    Row(
        "4 GB, a part kept by graphics",
        replace(TEN, memory=Memory(total_bytes=3_700_000_000, available_bytes=1)),
        ASKS,
        READY,
        None,
    ),
    Row(
        "32 GB of disk",
        replace(TEN, disk=Disk(total_bytes=31_000_000_000, free_bytes=1)),
        ASKS,
        BLOCKED,
        "disk_too_small",
    ),
    Row("disk untold", replace(TEN, disk=None), ASKS, UNMEASURED, "room_not_told"),
]
test_judge = judge_test(CHECK, ROWS)

UNSURE, NO, YES = "unsure", "no", "yes"


@pytest.mark.parametrize(
    ("maker", "family", "model", "stepping", "taken"),
    [
        ("intel", 6, 85, 4, YES),  # Skylake-X
        ("intel", 6, 78, 3, NO),  # Skylake
        ("intel", 6, 142, 9, UNSURE),  # Kaby Lake, 7th generation
        ("intel", 6, 142, 10, YES),  # Kaby Lake R, 8th generation
        ("intel", 6, 158, 9, UNSURE),
        ("intel", 6, 158, 10, YES),  # Coffee Lake
        ("intel", 6, 122, 1, YES),  # Gemini Lake
        ("intel", 6, 92, 9, NO),  # Apollo Lake
        ("intel", 6, 183, 1, YES),  # Raptor Lake
        ("amd", 21, 96, 1, NO),  # Carrizo
        ("amd", 23, 1, 1, NO),  # Zen
        ("amd", 23, 17, 0, NO),  # Raven Ridge
        ("amd", 23, 24, 1, YES),  # Picasso
        ("amd", 25, 80, 0, YES),  # Zen 3
    ],
)
def test_processors_are_taken_as_microsofts_own_script_takes_them(
    maker: Any, family: int, model: int, stepping: int, taken: str
) -> None:
    seen = Processor(
        maker=maker,
        architecture="x86",
        bits=64,
        family=family,
        model=model,
        stepping=stepping,
        cores_count=4,
        threads_count=8,
        maximum_mhz=2000,
    )
    rule = next((rule for rule in ASKS.processors if rule.covers(seen)), ProcessorRule(maker="intel", taken="no"))
    assert rule.taken == taken


def test_everything_that_stops_it_is_named() -> None:
    facts = replace(
        firmware(tpm="1.2", starts_by="bios", secure_boot=None),
        processor=replace(I5, model=42),
        memory=Memory(total_bytes=2_000_000_000, available_bytes=1),
    )
    found = CHECK.judge(facts, ASKS)
    causes = [e.cause for e in found.evidence]
    assert causes == ["tpm_too_old", "started_by_bios", "processor_not_taken", "memory_too_small"]


def test_what_cannot_be_answered_does_not_hide_the_rest() -> None:
    class NoAdministrator(Replay):
        def firmware(self) -> Any:
            raise CannotAnswer("not_permitted")

    answers = load(MACHINES / "windows_10_without_esu.json")["answers"]
    facts = probe(NoAdministrator(answers), ASKS)
    assert facts.firmware is None
    assert facts.memory is not None


def test_another_system_is_asked_nothing_more_than_its_name() -> None:
    facts = probe(Replay({"release": load(MACHINES / "debian_12_healthy.json")["answers"]["release"]}), ASKS)
    assert (facts.firmware, facts.processor, facts.memory, facts.disk) == (None, None, None, None)

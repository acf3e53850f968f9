"""How much memory a piece of work took: the most that the process held meanwhile."""

from pathlib import Path

# Linux keeps the highest memory of a process, and forgets it where 5 is written here.
FORGET = Path("/proc/self/clear_refs")
STATUS = Path("/proc/self/status")
PEAK = "VmHWM:"
KILOBYTE = 1024
MEGABYTE = 1_000_000


def forget_peak() -> bool:
    """Begin anew from what the process holds now; false where the system cannot."""
    try:
        FORGET.write_text("5")
    except OSError:
        return False
    return True


def peak_mb() -> int | None:
    """The most resident memory since it was last forgotten, in MB (10^6 bytes).

    None where the system does not tell (anything but Linux).
    """
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    told = [line.split()[1] for line in lines if line.startswith(PEAK)]
    return int(told[0]) * KILOBYTE // MEGABYTE if told else None

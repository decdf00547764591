"""Turns the runs of a suite into Markdown."""

from __future__ import annotations

from math import inf, isfinite, isinf
from statistics import median

from suites import GAUNTLET

Runs = list[dict]


def markdown(results: dict) -> str:
    machine = results["machine"]
    lines = [
        f"# {results['suite']}",
        "",
        f"{machine['cpu']}, {machine['cores']} cores; {machine['java']}; Python {machine['python']};"
        f" {versions(results['runs'])}. JVM options: {' '.join(results['jvm'])}."
        f" torch's default here: {results['defaultThreads']} threads."
        " Columns: ../README.md.",
        "",
    ]
    for title, runs in grouped(results["runs"], lambda run: run["task"]["title"]).items():
        lines += [f"## {title}", ""]
        rows = TABLES[results["suite"]](runs, results["defaultThreads"])
        lines += table(rows)
        lines += [""]
        failed = [f"- {name(*who)} failed: {why}" for who, why in failures(runs)]
        lines += failed + [""] if failed else []
    if results["suite"] in ("truth", "parts"):
        lines += verdicts(results["runs"])
    return "\n".join(lines)


def versions(runs: Runs) -> str:
    found = {f"{p} {v}" for run in runs for p, v in run.get("versions", {}).items()}
    return ", ".join(sorted(found))


def grouped(runs: Runs, by) -> dict:
    groups: dict = {}
    for run in runs:
        groups.setdefault(by(run), []).append(run)
    return groups


def by_entrant(runs: Runs) -> dict[tuple[str, int], Runs]:
    good = [run for run in runs if "failure" not in run]
    return grouped(good, lambda run: (run["entrant"]["library"], run["entrant"]["threads"]))


def failures(runs: Runs) -> list[tuple[tuple[str, int], str]]:
    return [
        ((run["entrant"]["library"], run["entrant"]["threads"]), run["failure"])
        for run in runs
        if "failure" in run
    ]


def name(library: str, threads: int) -> str:
    unit = "worker" if library == GAUNTLET else "thread"
    return f"{library}, {threads} {unit}{'s' if threads > 1 else ''}"


def table(rows: list[dict[str, str]]) -> list[str]:
    if not rows:
        return []
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(row[head] for head in heads) + " |" for row in rows]


def typical(runs: Runs, what: str) -> float:
    return median(run[what] for run in runs)


def spread(runs: Runs) -> str:
    times = [run["seconds"] for run in runs]
    if len(times) == 1:
        return f"{times[0]:.2f}"
    return f"{median(times):.2f} ({min(times):.2f}–{max(times):.2f})"


def ratio(part: float, whole: float) -> str:
    return f"{part / whole:.2f}" if whole and isfinite(part) and isfinite(whole) else "–"


def found(run: dict) -> str:
    if run["task"]["epsilon"] == "inf":
        return "none" if isinf(run["medianDistance"]) else f"{run['medianDistance']:.4g}"
    return f"{run['accuracyLeft']:.4f}"


def honesty(run: dict) -> dict[str, str]:
    return {
        "outside": str(run["outside"]),
        "unfounded": str(run["unfoundedClaims"]),
    }


def passes(run: dict) -> str:
    return f"{run['forwardPerImage']:.0f} + {run['backwardPerImage']:.0f}"


def speed(runs: Runs, default: int) -> list[dict[str, str]]:
    """A row for each library: its default threads and its better of 1 and 2."""
    entrants = by_entrant(runs)
    libraries = dict.fromkeys(library for library, _ in entrants)
    ours = next((r for (library, _), r in entrants.items() if library == GAUNTLET), None)
    rows = []
    for library in libraries:
        by_threads = {threads: r for (l, threads), r in entrants.items() if l == library}
        few = [threads for threads in by_threads if threads <= 2] or list(by_threads)
        best = min(few, key=lambda threads: typical(by_threads[threads], "seconds"))
        better = by_threads[best]
        usual = better if library == GAUNTLET else by_threads.get(default)
        seconds = typical(better, "seconds")
        row = {
            "contender": library,
            "found": found(better[0]),
            "passes": passes(better[0]),
            "seconds, default threads": spread(usual) if usual else "–",
            "seconds, better of 1 and 2": f"{spread(better)} at {best}",
            "× Gauntlet's attack": ratio(seconds, typical(ours, "seconds")) if ours else "–",
            "× its evaluation": ratio(seconds, typical(ours, "evaluationSeconds")) if ours else "–",
            "peak MB": f"{typical(better, 'peakMb'):.0f}",
            "of it anonymous": f"{typical(better, 'peakAnonymousMb'):.0f}",
        }
        rows.append(row | honesty(better[0]))
    return rows


def truth(runs: Runs, default: int) -> list[dict[str, str]]:
    rows = []
    for who, repeated in by_entrant(runs).items():
        run = repeated[0]
        row = {
            "contender": name(*who),
            "clean error %": f"{100 * (1 - run['cleanAccuracy']):.2f}",
            "robust error %": f"{100 * (1 - run['accuracyLeft']):.2f}",
            "seconds": spread(repeated),
            "peak MB": f"{run['peakMb']:.0f}",
            "largest excess": f"{run['largestExcess']:.1e}",
        }
        rows.append(row | honesty(run))
    return rows


def verdicts(runs: Runs) -> list[str]:
    """One line a task: robust errors beside each other, and who broke what the other did not."""
    rows = []
    for title, some in grouped(runs, lambda run: run["task"]["title"]).items():
        sides = {library: r[0] for (library, _), r in by_entrant(some).items()}
        if len(sides) < 2:
            continue
        ours, theirs = sides.pop(GAUNTLET), next(iter(sides.values()))
        mine, other = set(ours["broken"]), set(theirs["broken"])
        rows.append(
            {
                "task": title,
                "Gauntlet %": f"{100 * len(mine) / ours['images']:.2f}",
                "reference %": f"{100 * len(other) / ours['images']:.2f}",
                "behind by, points": f"{100 * (len(other) - len(mine)) / ours['images']:.2f}",
                "only ours": str(len(mine - other)),
                "only theirs": str(len(other - mine)),
                "reference's time": ratio(theirs["seconds"], ours["evaluationSeconds"]) + " ×",
            }
        )
    return ["## Robust error, side by side", ""] + table(rows) + [""]


def minimum(runs: Runs, default: int) -> list[dict[str, str]]:
    entrants = {who: r[0] for who, r in by_entrant(runs).items()}
    if not entrants:
        return []
    nearest = [min(column) for column in zip(*(run["distances"] for run in entrants.values()))]
    peers = [run["medianDistance"] for (library, _), run in entrants.items() if library != GAUNTLET]
    rival = min(peers, default=inf)
    rows = []
    for who, run in entrants.items():
        reached = [d for d in run["distances"] if not isinf(d)]
        close = sum(d <= 1.01 * n for d, n in zip(run["distances"], nearest) if not isinf(n))
        row = {
            "contender": name(*who),
            "median distance": found(run),
            "× best peer": ratio(run["medianDistance"], rival),
            "× best of all, each": ratio(run["medianDistance"], median(nearest)),
            "within 1 % of the nearest": f"{100 * close / len(nearest):.1f} %",
            "reached": f"{100 * len(reached) / len(nearest):.1f} %",
            "passes": passes(run),
            "seconds": f"{run['seconds']:.2f}",
        }
        rows.append(row | honesty(run))
    return rows


def growth(runs: Runs, default: int) -> list[dict[str, str]]:
    rows = []
    for who, repeated in by_entrant(runs).items():
        count = repeated[0]["images"]
        row = {
            "contender": name(*who),
            "seconds": spread(repeated),
            "ms per image": f"{1000 * typical(repeated, 'seconds') / count:.2f}",
            "found": found(repeated[0]),
            "peak MB": f"{typical(repeated, 'peakMb'):.0f}",
        }
        rows.append(row)
    return rows


TABLES = {"speed": speed, "truth": truth, "parts": truth, "minimum": minimum, "growth": growth}

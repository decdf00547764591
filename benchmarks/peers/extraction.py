"""Runs the suite `extraction`: who makes how good a copy of a victim from how many queries.

    python benchmarks/peers/extraction.py

Every contender steals in a process of its own, for every budget from the same untrained copy; the
copies are judged here, on images that neither victim nor thief has learnt from. The results stand
in benchmarks/peers/results/extraction.json and .md, whole after every run; --resume goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import median

import torch

import data
import prepare
import table
import thefts
from run import machine, reason, watch
from suites import GAUNTLET

MOST_SECONDS = 1800  # of one run
POOLS = ("own", "foreign")  # images of the victim's kind, or of the other's
INITIAL = 100  # images of a thief by Jacobian augmentation


@dataclass(frozen=True)
class Loot:
    """What is to be stolen with what: the same for every entrant."""

    victim: str
    pool: str
    disclosure: str
    jacobian: bool  # natural images to begin with only, the others made up

    def title(self) -> str:
        kind = thefts.FOREIGN[self.victim] if self.pool == "foreign" else "more"
        images = f"{INITIAL} {self.victim} images" if self.jacobian else f"{kind} images"
        return f"{self.victim} from {self.disclosure}, {images}"

    def images(self, seed: int) -> Path:
        """What the thief has; where that is little, the same little for everybody."""
        name = thefts.FOREIGN[self.victim] if self.pool == "foreign" else self.victim
        return thefts.few(name, INITIAL, seed) if self.jacobian else thefts.images(name, "pool")


@dataclass(frozen=True)
class Entrant:
    library: str
    attack: str

    def __str__(self) -> str:
        return f"{self.library} {self.attack}"


RANDOM, ADAPTIVE, COPYCAT, JBDA = "knockoff-random", "knockoff-adaptive", "copycat", "jbda"
OF_SCORES = (
    Entrant(GAUNTLET, RANDOM),
    Entrant(GAUNTLET, ADAPTIVE),
    Entrant("art", RANDOM),
    Entrant("art", ADAPTIVE),
    Entrant("authors", RANDOM),
)
OF_LABELS = (Entrant(GAUNTLET, COPYCAT), Entrant("art", COPYCAT), Entrant("authors", RANDOM))
BY_JACOBIAN = (Entrant(GAUNTLET, JBDA), Entrant("protocol", JBDA))


def heats() -> list[tuple[Loot, tuple[Entrant, ...]]]:
    pools = list(product(POOLS, thefts.VICTIMS))
    return [
        *((Loot(victim, "own", "labels", True), BY_JACOBIAN) for victim in thefts.VICTIMS),
        *((Loot(victim, pool, "labels", False), OF_LABELS) for pool, victim in pools),
        *((Loot(victim, pool, "scores", False), OF_SCORES) for pool, victim in pools),
    ]


class Judge:
    """Asks the victim, then any number of copies, about the test images."""

    def __init__(self, victim: str) -> None:
        self.x, self.y = (torch.from_numpy(a) for a in data.read(thefts.images(victim, "test")))
        self.victims = thefts.answers(torch.jit.load(str(thefts.victim(victim))), self.x)

    def measure(self, copy: Path) -> dict:
        copied = thefts.answers(torch.jit.load(str(copy)), self.x)
        return {
            "fidelity": float((copied == self.victims).double().mean()),
            "accuracy": float((copied == self.y).double().mean()),
            "victimAccuracy": float((self.victims == self.y).double().mean()),
        }


@dataclass
class Course:
    """Where the runs happen."""

    o: argparse.Namespace
    classpath: str

    def run(
        self, loot: Loot, entrant: Entrant, seed: int, budgets: list[int], judge: Judge
    ) -> dict:
        """One run, judged; a failure is a result too."""
        command = [*self.contender(entrant), "--attack", entrant.attack]
        command += ["--victim", str(thefts.victim(loot.victim))]
        command += ["--surrogate", str(thefts.initial(seed)), "--pool", str(loot.images(seed))]
        command += ["--disclosure", loot.disclosure, "--initial", str(INITIAL)]
        command += ["--epochs", str(self.o.epochs), "--batch", str(self.o.batch)]
        command += ["--seed", str(seed), "--budgets", *map(str, budgets)]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        with tempfile.TemporaryDirectory() as folder:
            copies, report, errors = (Path(folder, name) for name in ("copies", "report", "errors"))
            command += ["--copies", str(copies), "--report", str(report)]
            usage = watch(command, environment, errors, MOST_SECONDS)
            if usage.status != 0 or not report.exists():
                return {"failure": reason(usage, errors)}
            said = json.loads(report.read_text())
            for theft in said["stolen"]:
                theft |= judge.measure(copies / f"{theft['budget']}.pt")
            return said

    def contender(self, entrant: Entrant) -> list[str]:
        if entrant.library == GAUNTLET:
            return ["java", *self.o.jvm, "-cp", self.classpath, "io.gauntlet.benchmarks.Thief"]
        return [sys.executable, "thief.py", "--library", entrant.library]


def markdown(results: dict) -> str:
    machine = results["machine"]
    settings = results["settings"]
    lines = [
        "# extraction",
        "",
        f"{machine['cpu']}, {machine['cores']} cores; {machine['java']}; Python {machine['python']};"
        f" {table.versions(results['runs'])}.",
        "",
        "Fidelity in %: test images that copy and victim answer alike, median of the seeds (least–most),"
        f" by queries. Adam, {settings['epochs']} epochs, {settings['batch']} images a step; thieves by"
        " Jacobian: 10 epochs in each round. Columns: ../README.md.",
        "",
    ]
    groups = table.grouped(results["runs"], lambda run: run["loot"]["title"])
    for title, runs in groups.items():
        good = [run for run in runs if "failure" not in run]
        failed = sorted({f"- {run['entrant']['title']} failed: {run['failure']}"
                         for run in runs if "failure" in run})
        lines += [f"## {title}", ""]
        if good:
            victim = good[0]["stolen"][0]["victimAccuracy"]
            lines += [f"The victim's accuracy: {100 * victim:.2f}.", "", *table.table(rows(good)), ""]
        lines += failed + [""] if failed else []
    return "\n".join(lines)


# What was stolen for a budget, one for each seed.
Curve = dict[int, list[dict]]


def rows(runs: table.Runs) -> list[dict[str, str]]:
    """A row for every contender, then how far each of ours lies before the best peer, or behind."""
    curves = {
        title: table.grouped([theft for run in their for theft in run["stolen"]], of_budget)
        for title, their in table.grouped(runs, lambda run: run["entrant"]["title"]).items()
    }
    budgets = sorted({budget for curve in curves.values() for budget in curve})
    peers = [curve for title, curve in curves.items() if not title.startswith(GAUNTLET)]
    lines = [
        {"contender": title}
        | {f"{budget:,}": spread(curve.get(budget, [])) for budget in budgets}
        | at_most(curve)
        for title, curve in curves.items()
    ]
    leads = [
        {"contender": f"{title} − best peer"}
        | {f"{budget:,}": lead(curve, peers, budget) for budget in budgets}
        | dict.fromkeys(at_most(curve), "")
        for title, curve in curves.items()
        if title.startswith(GAUNTLET)
    ]
    return lines + leads


def of_budget(theft: dict) -> int:
    return theft["budget"]


def at_most(curve: Curve) -> dict[str, str]:
    """Columns for the largest budget alone."""
    most = curve[max(curve)]
    return {
        "accuracy": f"{100 * table.typical(most, 'accuracy'):.2f}",
        "asked": f"{max(theft['queries'] for theft in most):,}",
        "seconds": f"{table.typical(most, 'seconds'):.1f}",
    }


def spread(stolen: list[dict]) -> str:
    shares = [100 * theft["fidelity"] for theft in stolen]
    if len(shares) <= 1:
        return "".join(f"{share:.2f}" for share in shares) or "–"
    return f"{median(shares):.2f} ({min(shares):.2f}–{max(shares):.2f})"


def lead(curve: Curve, peers: list[Curve], budget: int) -> str:
    rivals = [table.typical(peer[budget], "fidelity") for peer in peers if budget in peer]
    if budget not in curve or not rivals:
        return "–"
    return f"{100 * (table.typical(curve[budget], 'fidelity') - max(rivals)):+.2f}"


def write(file: Path, results: dict) -> None:
    """Both files, each whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    texts = {file: json.dumps(results, indent=1) + "\n", file.with_suffix(".md"): markdown(results)}
    for path, text in texts.items():
        half = path.with_name(path.name + ".half")
        half.write_text(text)
        os.replace(half, path)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true",
                        help="one seed, budgets of 20 and 40; results stay in the cache")
    parser.add_argument("--budgets", type=int, nargs="+", default=[100, 300, 1000, 3000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--epochs", type=int, default=20, help="a multiple of 5")
    parser.add_argument("--batch", type=int, default=32, help="images in a training step")
    parser.add_argument("--victims", nargs="+", choices=thefts.VICTIMS, help="these only")
    parser.add_argument("--pools", nargs="+", choices=POOLS, help="these only")
    parser.add_argument("--attacks", nargs="+", help="these only")
    parser.add_argument("--libraries", nargs="+", help="these only")
    parser.add_argument("--jvm", nargs="+", default=["-Xmx1g"], help="options of the JVM")
    parser.add_argument("--resume", action="store_true", help="keep the runs that are finished")
    o = parser.parse_args()
    if o.epochs % 5:
        parser.error("--epochs must be a multiple of 5, for the rounds of the adaptive strategy")
    if o.quick:
        o.budgets, o.seeds = [20, 40], [0]
    return o


def planned(o: argparse.Namespace) -> list[dict]:
    """Every run that is wanted, seed after seed, so that all stand where a kill finds them."""
    return [
        {
            "loot": asdict(loot) | {"title": loot.title()},
            "entrant": asdict(entrant) | {"title": str(entrant)},
            "seed": seed,
            "stolen": [],
        }
        for seed in o.seeds
        for loot, entrants in heats()
        for entrant in entrants
        if (not o.victims or loot.victim in o.victims)
        and (not o.pools or loot.pool in o.pools)
        and (not o.attacks or entrant.attack in o.attacks)
        and (not o.libraries or entrant.library in o.libraries)
    ]


def key(run: dict) -> str:
    return json.dumps([run["loot"], run["entrant"], run["seed"]], sort_keys=True)


def main() -> None:
    o = options()
    torch.set_num_threads(1)
    folder = thefts.FOLDER / "results-quick" if o.quick else prepare.PEERS / "results"
    file = folder / "extraction.json"
    settings = {"epochs": o.epochs, "batch": o.batch, "initial": INITIAL}
    before = json.loads(file.read_text()) if o.resume and file.exists() else {"runs": []}
    assert before.get("settings", settings) == settings, "--resume needs the settings of before"
    runs = {key(run): run for run in before["runs"] if "failure" not in run}
    results = {"suite": "extraction", "machine": machine(), "settings": settings}
    course = Course(o, prepare.classpath())
    judges = {victim: Judge(victim) for victim in o.victims or thefts.VICTIMS}
    for plan in planned(o):
        run = runs.setdefault(key(plan), plan)
        known = {theft["budget"] for theft in run["stolen"]}
        budgets = [budget for budget in o.budgets if budget not in known]
        if not budgets:
            continue
        print(f"[seed {run['seed']}] {run['loot']['title']}: {run['entrant']['title']}", flush=True)
        loot, entrant = Loot(**without_title(run["loot"])), Entrant(**without_title(run["entrant"]))
        found = course.run(loot, entrant, run["seed"], budgets, judges[loot.victim])
        said = found.get("failure") or " ".join(f"{t['fidelity']:.4f}" for t in found["stolen"])
        print(f"    {said}", flush=True)
        stolen = sorted(run["stolen"] + found.get("stolen", []), key=lambda theft: theft["budget"])
        runs[key(run)] = run | found | {"stolen": stolen}
        write(file, results | {"runs": list(runs.values())})
    print(file.with_suffix(".md"))


def without_title(described: dict) -> dict:
    return {name: value for name, value in described.items() if name != "title"}


if __name__ == "__main__":
    main()

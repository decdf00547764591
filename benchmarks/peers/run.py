"""Runs a suite: every contender in a fresh process, taking turns, each result judged alike.

    python benchmarks/peers/run.py --suite speed

The results stand in benchmarks/peers/results/<suite>.json and .md; both are whole after every run,
and --resume goes on after a kill. This process stays small: the peak memory of a child is never
below that of whoever started it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import prepare
import suites
import table
from prepare import CACHE, PEERS, SHARED
from suites import GAUNTLET, Entrant, Task

MOST_SECONDS = 3 * 3600  # of one run
POLL_SECONDS = 0.05


@dataclass
class Usage:
    """What a process took, from start to end."""

    status: int
    seconds: float
    peak_mb: float
    peak_anonymous_mb: float  # heap and tensors, without the mapped libraries; 0 where unknown


def watch(command: list[str], environment: dict[str, str], errors: Path, most: float) -> Usage:
    """Runs a process to its end, or until `most` seconds are over."""
    began = time.monotonic()
    with errors.open("wb") as sink:
        process = subprocess.Popen(command, env=environment, cwd=PEERS, stdout=sink, stderr=sink)
    anonymous = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        anonymous = max(anonymous, anonymous_mb(process.pid))
        if time.monotonic() - began > most:
            os.kill(process.pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    kilo = 1024 if sys.platform != "darwin" else 1
    peak = usage.ru_maxrss * kilo / 2**20
    return Usage(process.returncode, time.monotonic() - began, peak, anonymous)


def anonymous_mb(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def ensure(file: Path, *what: str) -> Path:
    """A file that `prepare.py` makes, in a process of its own: it needs torch."""
    if not file.exists():
        subprocess.run([sys.executable, str(PEERS / "prepare.py"), *what], check=True)
    return file


def images(task: Task) -> Path:
    file = CACHE / "images" / f"{task.net}-{task.kind}-{task.images}.npz"
    return ensure(file, "images", task.net, str(task.images), task.kind)


@dataclass
class Course:
    """Where the runs of a suite happen."""

    classpath: str
    jvm: list[str]
    scratch: Path

    def run(self, task: Task, entrant: Entrant) -> dict:
        """One run, judged; a failure is a result too."""
        report, adversarial = self.scratch / "report.json", self.scratch / "adversarial.npz"
        verdict, errors = self.scratch / "verdict.json", self.scratch / "errors.txt"
        for old in (report, adversarial, verdict):
            old.unlink(missing_ok=True)
        command, environment = self.command(task, entrant)
        command += ["--report", str(report), "--adversarial", str(adversarial)]
        usage = watch(command, environment, errors, MOST_SECONDS)
        if usage.status != 0 or not report.exists():
            return {"failure": reason(usage, errors)}
        judge = [sys.executable, "judge.py", "--net", task.net, "--models", str(SHARED / "models")]
        judge += ["--data", str(images(task)), "--adversarial", str(adversarial)]
        judge += ["--report", str(report), "--verdict", str(verdict)]
        judge += ["--norm", task.norm, "--epsilon", repr(task.epsilon)]
        judge += ["--of", str(task.images)]
        judged = watch(judge, dict(os.environ), errors, MOST_SECONDS)
        if judged.status != 0:
            return {"failure": "the judge: " + reason(judged, errors)}
        measured = summary(json.loads(report.read_text()), entrant)
        measured |= {
            "wholeProcessSeconds": usage.seconds,
            "peakMb": usage.peak_mb,
            "peakAnonymousMb": usage.peak_anonymous_mb,
        }
        return measured | json.loads(verdict.read_text())

    def command(self, task: Task, entrant: Entrant) -> tuple[list[str], dict[str, str]]:
        environment = dict(os.environ)
        if entrant.library == GAUNTLET:
            script = ensure(CACHE / "nets" / f"{task.net}.pt", "net", task.net)
            command = ["java", *self.jvm, "-cp", self.classpath, "io.gauntlet.benchmarks.Contender"]
            command += ["--model", str(script), "--workers", str(entrant.threads)]
        else:
            environment["OMP_NUM_THREADS"] = environment["MKL_NUM_THREADS"] = str(entrant.threads)
            command = [sys.executable, "contender.py", "--library", entrant.library]
            command += ["--net", task.net, "--models", str(SHARED / "models")]
        command += ["--data", str(images(task)), "--attack", task.attack, "--norm", task.norm]
        epsilon = "Infinity" if task.epsilon == float("inf") else repr(task.epsilon)
        command += ["--epsilon", epsilon, "--steps", str(task.steps)]
        command += ["--searches", str(task.searches), "--batch", str(task.batch)]
        return command + ["--warm-up", str(task.warm_up)], environment


def reason(usage: Usage, errors: Path) -> str:
    if usage.seconds > MOST_SECONDS:
        return f"took more than {MOST_SECONDS} s"
    lines = [line for line in errors.read_text(errors="replace").splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(("\t", " ", "Usage:"))] or lines
    last = said[0] if said and "such" in said[0] else said[-1] if said else "said nothing"
    return f"exit status {usage.status}: {last.strip()[:300]}"


def summary(report: dict, entrant: Entrant) -> dict:
    """The clock and the passes, from either side's report."""
    if entrant.library != GAUNTLET:
        kept = ("seconds", "threads", "forwardPerImage", "backwardPerImage", "versions")
        return {key: report[key] for key in kept}
    attacks, count = report["attacks"], report["examples"]
    return {
        "seconds": sum(attack["seconds"] for attack in attacks),
        "evaluationSeconds": report["seconds"],
        "forwardPerImage": sum(attack["forwardQueries"] for attack in attacks) / count,
        "backwardPerImage": sum(attack["gradientQueries"] for attack in attacks) / count,
        "attacks": [[a["title"], a["attempted"], a["fooled"], a["seconds"]] for a in attacks],
        "caveats": [caveat["name"] for caveat in report["caveats"]],
        "versions": {"gauntlet": report["provenance"]["library"]},
    }


def machine() -> dict:
    cpu = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    java = subprocess.run(["java", "-version"], capture_output=True, text=True)
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "os": platform.platform(),
        "python": platform.python_version(),
        "java": java.stderr.splitlines()[0],
    }


def default_threads() -> int:
    """How many threads torch takes when nobody says; none of the peers says."""
    ask = [sys.executable, "-c", "import torch; print(torch.get_num_threads())"]
    return int(subprocess.run(ask, check=True, capture_output=True, text=True).stdout)


def write(file: Path, results: dict) -> None:
    """Both files, each whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for path, text in (
        (file, json.dumps(results, indent=1) + "\n"),
        (file.with_suffix(".md"), table.markdown(results)),
    ):
        half = path.with_name(path.name + ".half")
        half.write_text(text)
        os.replace(half, path)


def key(run: dict) -> str:
    return json.dumps([run["task"], run["entrant"], run["round"]], sort_keys=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", required=True, choices=suites.SUITES)
    parser.add_argument("--quick", type=int, nargs="?", const=8, metavar="N",
                        help="N images, few steps, one round; results stay in the cache")
    parser.add_argument("--rounds", type=int, help="runs of every contender")
    parser.add_argument("--images", type=int, help="at most this many in every task")
    parser.add_argument("--nets", nargs="+", help="these nets only")
    parser.add_argument("--attacks", nargs="+", help="these attacks only")
    parser.add_argument("--norms", nargs="+", help="these norms only")
    parser.add_argument("--libraries", nargs="+", help="these contenders only")
    parser.add_argument("--threads", type=int, nargs="+",
                        help="instead of 1, 2 and torch's default; 1 where others use the machine")
    parser.add_argument("--jvm", nargs="+", default=["-Xmx1g"], help="options of the JVM")
    parser.add_argument("--resume", action="store_true", help="keep the runs that are finished")
    return parser.parse_args()


def chosen(o: argparse.Namespace, threads: list[int]) -> list[tuple[Task, Entrant]]:
    pairs = []
    for heat in suites.SUITES[o.suite](threads):
        task = heat.task
        if o.images:
            task = suites.replace(task, images=min(task.images, o.images))
        if o.quick:
            task = suites.quick(task, o.quick)
        wanted = (
            (not o.nets or task.net in o.nets)
            and (not o.attacks or task.attack in o.attacks)
            and (not o.norms or task.norm in o.norms)
        )
        for entrant in heat.entrants:
            pair = (task, entrant)
            if wanted and (not o.libraries or entrant.library in o.libraries) and pair not in pairs:
                pairs.append(pair)
    return pairs


def main() -> None:
    o = options()
    default = default_threads()
    threads = sorted(o.threads or {1, 2, default})
    pairs = chosen(o, threads)
    rounds = 1 if o.quick else o.rounds or suites.ROUNDS[o.suite]
    folder = CACHE / "results-quick" if o.quick else PEERS / "results"
    file = folder / f"{o.suite}.json"
    before = json.loads(file.read_text())["runs"] if o.resume and file.exists() else []
    results = {
        "suite": o.suite,
        "machine": machine(),
        "defaultThreads": default,
        "jvm": o.jvm,
        "runs": [run for run in before if "failure" not in run],
    }
    finished = {key(run) for run in results["runs"]}
    scratch = CACHE / "scratch" / o.suite
    scratch.mkdir(parents=True, exist_ok=True)
    course = Course(prepare.classpath(), o.jvm, scratch)
    for turn in range(rounds):
        # interleaved: what disturbs the machine for a while disturbs everybody
        for task, entrant in pairs:
            run = {"task": asdict(task), "entrant": asdict(entrant), "round": turn}
            run["task"]["epsilon"] = repr(task.epsilon)
            run["task"]["title"] = task.title()
            if key(run) in finished:
                continue
            print(f"[{turn + 1}/{rounds}] {task.title()}: {entrant}", flush=True)
            measured = course.run(task, entrant)
            if o.suite != "minimum":
                measured.pop("distances", None)
            if o.suite not in ("truth", "parts"):
                measured.pop("broken", None)
            said = measured.get("failure") or f"{measured['seconds']:.2f} s"
            print(f"    {said}", flush=True)
            results["runs"].append(run | measured)
            write(file, results)
    print(file.with_suffix(".md"))


if __name__ == "__main__":
    main()

"""What is measured: who attacks which net with what. Nothing here runs anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf

GAUNTLET = "gauntlet"


@dataclass(frozen=True)
class Task:
    """The same work for every entrant."""

    net: str
    attack: str
    norm: str
    epsilon: float  # infinite: the closest adversarial image counts
    steps: int
    images: int
    searches: int = 1  # binary search steps, each of `steps`
    batch: int = 128
    warm_up: int = 32
    kind: str = "correct"  # which images, see prepare.images

    def title(self) -> str:
        size = "closest" if self.epsilon == inf else f"{self.epsilon:.5g}"
        steps = f"{self.searches}×{self.steps}" if self.searches > 1 else str(self.steps)
        proven = ", the provably robust left out" if self.kind.startswith("uncertified") else ""
        return (
            f"{self.attack} {self.norm} {size}, {steps} steps, {self.net},"
            f" {self.images} images{proven}, batch {self.batch}"
        )


@dataclass(frozen=True)
class Entrant:
    """A library and its threads: Gauntlet's workers, a peer's OpenMP threads."""

    library: str
    threads: int


@dataclass(frozen=True)
class Heat:
    """A task and those who compete in it."""

    task: Task
    entrants: tuple[Entrant, ...]


RESNET, MADRY, MNIST = "resnet_2b", "oval_cifar_madry_8px", "kw_mnist_eps0.1"
SGD, WIDE = "oval_cifar_sgd_8px", "cifar_wide_kw"


def with_peers(libraries: list[str], threads: list[int]) -> tuple[Entrant, ...]:
    """Gauntlet with as many workers as the most threads, and every peer at each of them."""
    peers = [Entrant(library, count) for count in threads for library in libraries]
    return (Entrant(GAUNTLET, max(threads)), *peers)


def speed(threads: list[int]) -> list[Heat]:
    pgd = ["torchattacks", "foolbox", "art", "adv-lib", "passes-alone"]
    cw = ["foolbox", "art", "adv-lib", "torchattacks"]
    aa = ["autoattack"]
    heats = []
    for net, epsilon in ((RESNET, 2 / 255), (MADRY, 8 / 255), (MNIST, 0.1)):
        heats.append(Heat(Task(net, "pgd", "linf", epsilon, 40, 512), with_peers(pgd, threads)))
    for net in (RESNET, MNIST):
        task = Task(net, "cw", "l2", inf, 100, 128, searches=5, warm_up=8)
        heats.append(Heat(task, with_peers(cw, threads)))
    for net, epsilon in ((RESNET, 2 / 255), (MNIST, 0.1)):
        task = Task(net, "autoattack", "linf", epsilon, 100, 128, warm_up=2)
        heats.append(Heat(task, with_peers(aa, threads)))
    return heats


def truth(threads: list[int]) -> list[Heat]:
    entrants = with_peers(["autoattack"], [max(threads)])
    whole = {"kind": "first", "batch": 250, "warm_up": 0}
    unproven = whole | {"kind": "uncertified0.1"}
    heats = [Heat(Task(MNIST, "autoattack", "linf", 0.1, 100, 10_000, **unproven), entrants)]
    for net in (SGD, MADRY, WIDE, RESNET):
        for norm, epsilon in (("linf", 2 / 255), ("linf", 8 / 255), ("l2", 0.5), ("l1", 12.0)):
            task = Task(net, "autoattack", norm, epsilon, 100, 500, **whole)
            heats.append(Heat(task, entrants))
    return heats


def parts(threads: list[int]) -> list[Heat]:
    """AutoAttack's four, each alone: where to look when the whole differs."""
    entrants = with_peers(["autoattack"], [max(threads)])
    four = (("apgd", 100), ("apgd-t", 100), ("fab-t", 100), ("square", 5000))
    return [
        Heat(Task(net, attack, norm, epsilon, steps, 500, batch=250, warm_up=0), entrants)
        for net in (RESNET, MADRY)
        for norm, epsilon in (("linf", 2 / 255), ("l2", 0.5), ("l1", 12.0))
        for attack, steps in four
    ]


def minimum(threads: list[int]) -> list[Heat]:
    rivals = [  # attack, norm, steps, binary searches, who else has it
        ("deepfool", "l2", 50, 1, ["foolbox", "adv-lib", "art"]),
        ("deepfool", "linf", 50, 1, ["foolbox", "adv-lib"]),
        ("cw", "l2", 200, 5, ["foolbox", "adv-lib", "art"]),
        ("ead", "l1", 200, 5, ["foolbox", "art"]),
        ("ddn", "l2", 200, 1, ["foolbox", "adv-lib"]),
        ("fmn", "linf", 200, 1, ["foolbox", "adv-lib"]),
        ("fmn", "l2", 200, 1, ["foolbox", "adv-lib"]),
        ("fmn", "l1", 200, 1, ["foolbox", "adv-lib"]),
        ("fmn", "l0", 200, 1, ["foolbox", "adv-lib"]),
        ("pdpgd", "l1", 200, 1, ["adv-lib"]),
        ("sigma-zero", "l0", 200, 1, ["adv-lib"]),
        ("jsma", "l0", 200, 1, ["art"]),
    ]
    return [
        Heat(
            Task(net, attack, norm, inf, steps, 500, searches, warm_up=4),
            with_peers(libraries, [max(threads)]),
        )
        for net in (RESNET, MNIST)
        for attack, norm, steps, searches, libraries in rivals
    ]


def growth(threads: list[int]) -> list[Heat]:
    pgd = Task(RESNET, "pgd", "linf", 2 / 255, 40, 256, batch=64)
    square = Task(RESNET, "square", "linf", 2 / 255, 200, 256, batch=64)
    heats = []
    for task, peer in ((pgd, "torchattacks"), (square, "autoattack")):
        entrants = (Entrant(GAUNTLET, 1), Entrant(GAUNTLET, 2), Entrant(peer, 1), Entrant(peer, 2))
        sizes = [replace(task, batch=4**k) for k in range(5)]
        sizes += [replace(task, images=2**k) for k in (6, 7, 9, 10)]
        heats += [Heat(size, entrants) for size in sizes]
    return heats


SUITES = {"speed": speed, "truth": truth, "parts": parts, "minimum": minimum, "growth": growth}
ROUNDS = {"speed": 5, "truth": 1, "parts": 1, "minimum": 1, "growth": 3}


def quick(task: Task, images: int) -> Task:
    """The same with little to do: to see that everything runs."""
    return replace(
        task,
        images=min(task.images, images),
        steps=min(task.steps, 10),
        searches=min(task.searches, 2),
        warm_up=min(task.warm_up, 2),
    )

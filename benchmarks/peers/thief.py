"""Steals a victim with one attack of one Python library, for every budget from an untrained copy.

io.gauntlet.benchmarks.Thief is its counterpart. The copies are judged by extraction.py.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Callable

import numpy as np
import torch
from torch import Tensor, nn

import data
import thefts
from thefts import CLASSES

AUTHORS = thefts.CACHE / "knockoffnets"
JACOBIAN_STEP, JACOBIAN_EPOCHS = 0.1, 10  # Papernot 2017, for MNIST
DOUBLINGS, DOWN, RESERVOIR = 3, 3, 400


class Victim(nn.Module):
    """What answers, in a form that the library understands; counts what it is asked."""

    def __init__(self, net: nn.Module, answer: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.net, self.answer, self.queries = net, answer, 0

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        self.queries += len(x)
        return self.answer(self.net(x))


def probabilities(logits: Tensor) -> Tensor:
    return logits.softmax(1)


def log_probabilities(logits: Tensor) -> Tensor:
    return logits.log_softmax(1)


def labels(logits: Tensor) -> Tensor:
    """The likeliest class as a probability of one."""
    return nn.functional.one_hot(logits.argmax(1), CLASSES).float()


DISCLOSURES = {"scores": probabilities, "labels": labels}
# An attack: trains a copy on what it asks the victim, at most `budget` images of the pool.
Attack = Callable[[argparse.Namespace, Victim, nn.Module, int], None]


def adam(copy: nn.Module) -> torch.optim.Adam:
    return torch.optim.Adam(copy.parameters(), thefts.RATE)


def estimator(net: nn.Module, optimiser: torch.optim.Optimizer | None = None):
    from art.estimators.classification import PyTorchClassifier

    loss = nn.CrossEntropyLoss()
    return PyTorchClassifier(
        net, loss, (1, 28, 28), CLASSES, optimiser, clip_values=(0, 1), device_type="cpu"
    )


def art(s: argparse.Namespace, victim: Victim, copy: nn.Module, budget: int) -> None:
    from art.attacks import extraction

    common = {
        "batch_size_fit": s.batch,
        "batch_size_query": 256,
        "nb_epochs": s.epochs,
        "nb_stolen": budget,
    }
    attacks = {
        "knockoff-random": lambda v: extraction.KnockoffNets(
            v, **common, use_probability=True, verbose=False
        ),
        # takes answers for logits, and learns from the labels whatever it is told
        "knockoff-adaptive": lambda v: extraction.KnockoffNets(
            v, **common, sampling_strategy="adaptive", verbose=False
        ),
        "copycat": lambda v: extraction.CopycatCNN(v, **common),
    }
    x, y = data.read(s.pool)
    if s.attack == "knockoff-adaptive":
        victim.answer = {"scores": log_probabilities}[s.disclosure]
    actions = y if s.attack == "knockoff-adaptive" else None
    attack = attacks[s.attack](estimator(victim))
    attack.extract(x, actions, thieved_classifier=estimator(copy, adam(copy)))


def authors(s: argparse.Namespace, victim: Victim, copy: nn.Module, budget: int) -> None:
    """`transfer.py random` and `train.py --optimizer_choice adam` of KnockoffNets' authors.

    Their adaptive.py and jacobian.py are the random adversary over again.
    """
    sys.path.insert(0, str(AUTHORS))
    import knockoff.config
    import knockoff.models

    # wants a package of ImageNet nets, of which nobody needs one here
    knockoff.models.zoo = sys.modules["knockoff.models.zoo"] = ModuleType("zoo")
    from knockoff.adversary import train, transfer
    from knockoff.utils import model
    from torchvision.transforms import ToTensor

    knockoff.config.DEFAULT_SEED = s.seed
    x, y = data.read(s.pool)
    pixels = np.rint(x[:, 0] * 255).astype(np.uint8)
    pool = train.TransferSetImages(list(zip(pixels, y)), transform=ToTensor())
    black_box = transfer.Blackbox(victim.net, torch.device("cpu"))
    bought = transfer.RandomAdversary(black_box, pool).get_transferset(budget)
    victim.queries += black_box.get_call_count()
    if s.disclosure == "labels":  # as train.py does for --argmaxed
        bought = [(image, labels(answer[None])[0]) for image, answer in bought]
    with tempfile.TemporaryDirectory() as checkpoints:
        model.train_model(
            copy,
            train.samples_to_transferset(bought, budget=budget, transform=ToTensor()),
            checkpoints,
            batch_size=s.batch,
            criterion_train=model.soft_cross_entropy,
            device=torch.device("cpu"),
            num_workers=0,
            optimizer=train.get_optimizer(copy.parameters(), "adam"),
            epochs=s.epochs,
            lr_step=60,  # train.py's own, later than the last epoch here
        )


def papernot(s: argparse.Namespace, victim: Victim, copy: nn.Module, budget: int) -> None:
    """The substitute training of Papernot 2017, written anew: the reference protocol.

    As in the tutorial mnist_blackbox of CleverHans, the authors' code, weights are kept from round
    to round, and the first steps go down the logit of the victim's label, later ones up. As in the
    paper's reservoir sampling, later rounds step from `RESERVOIR` images only.
    """
    x = torch.from_numpy(data.read(s.pool)[0])
    x = x[torch.randperm(len(x))[: min(budget, s.initial)]]
    y = victim(x).argmax(1)
    optimiser = adam(copy)
    fit(copy, optimiser, x, y, JACOBIAN_EPOCHS, s.batch)
    for rounds in range(budget):
        limit = min(budget - len(x), len(x) if rounds < DOUBLINGS else RESERVOIR)
        if limit == 0:
            break
        rows = torch.randperm(len(x))[:limit]
        origins = x[rows].requires_grad_()
        (slopes,) = torch.autograd.grad(copy(origins).gather(1, y[rows, None]).sum(), origins)
        step = JACOBIAN_STEP * (-1 if rounds < DOWN else 1)
        stepped = (origins.detach() + step * slopes.sign()).clamp(0, 1)
        x, y = torch.cat([x, stepped]), torch.cat([y, victim(stepped).argmax(1)])
        fit(copy, optimiser, x, y, JACOBIAN_EPOCHS, s.batch)


def fit(
    copy: nn.Module,
    optimiser: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
    epochs: int,
    batch: int,
) -> None:
    copy.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            optimiser.zero_grad()
            nn.functional.cross_entropy(copy(x[rows]), y[rows]).backward()
            optimiser.step()


LIBRARIES: dict[str, Attack] = {"art": art, "authors": authors, "protocol": papernot}
PACKAGES = {"art": ["adversarial-robustness-toolbox"], "authors": [], "protocol": []}


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True, choices=LIBRARIES)
    parser.add_argument("--attack", required=True)
    parser.add_argument("--victim", required=True, type=Path, help="TorchScript; answers logits")
    parser.add_argument("--surrogate", required=True, type=Path, help="TorchScript; untrained")
    parser.add_argument("--pool", required=True, type=Path, help=".npz: x in [0, 1] and y")
    parser.add_argument("--disclosure", required=True, choices=DISCLOSURES)
    parser.add_argument("--budgets", required=True, type=int, nargs="+")
    parser.add_argument("--initial", required=True, type=int, help="images jbda begins with")
    parser.add_argument("--epochs", required=True, type=int)
    parser.add_argument("--batch", required=True, type=int)
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument("--copies", required=True, type=Path, help="folder to write them to")
    parser.add_argument("--report", required=True, type=Path)
    return parser.parse_args()


def main() -> None:
    warnings.filterwarnings("ignore")
    s = settings()
    net = torch.jit.load(str(s.victim)).eval()
    stolen = []
    for budget in s.budgets:
        torch.manual_seed(s.seed)
        np.random.seed(s.seed)
        victim = Victim(net, DISCLOSURES[s.disclosure])
        copy = thefts.copy_from(s.surrogate)
        began = time.perf_counter()
        LIBRARIES[s.library](s, victim, copy, budget)
        seconds = time.perf_counter() - began
        thefts.save(copy, s.copies / f"{budget}.pt")
        stolen.append({"budget": budget, "queries": victim.queries, "seconds": seconds})
    packages = ["torch", "numpy", *PACKAGES[s.library]]
    report = {"stolen": stolen, "versions": {p: version(p) for p in packages}}
    s.report.write_text(json.dumps(report))


if __name__ == "__main__":
    main()

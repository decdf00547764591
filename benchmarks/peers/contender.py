"""Runs one attack of one Python library, as io.gauntlet.benchmarks.Contender runs one of ours.

A fresh process for every run. It loads, attacks a few images to warm up (and counts the passes
meanwhile), then attacks all of them once by the clock, and writes what it found.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Callable

import numpy as np
import torch
from torch import Tensor

import data
import nets

CLASSES = 10
OF_NORM = {"linf": np.inf, "l2": 2, "l1": 1, "l0": 0}
PACKAGES = {
    "torchattacks": "torchattacks",
    "foolbox": "foolbox",
    "art": "adversarial-robustness-toolbox",
    "adv-lib": "adv-lib",
    "autoattack": "pyautoattack",
    "passes-alone": "torch",
}
# A library's way with one attack: from settings and a net to a function of images and labels.
Attack = Callable[[Tensor, Tensor], Tensor]


def torchattacks(s: argparse.Namespace, net: torch.nn.Module) -> Attack:
    import torchattacks as ta

    attacks = {
        "fgsm": lambda: ta.FGSM(net, s.epsilon),
        "pgd": lambda: ta.PGD(net, s.epsilon, s.step_size, s.steps, random_start=True),
        "cw": lambda: ta.CW(net, steps=s.steps * s.searches),  # has no binary search
        "deepfool": lambda: ta.DeepFool(net, s.steps, overshoot=0.02),
        "ead": lambda: ta.EADL1(
            net, binary_search_steps=s.searches, max_iterations=s.steps, abort_early=False
        ),
        "autoattack": lambda: ta.AutoAttack(
            net, {"linf": "Linf", "l2": "L2"}[s.norm], s.epsilon, n_classes=CLASSES, seed=s.seed
        ),
    }
    attack = attacks[s.attack]()
    return in_batches(s.batch, lambda x, y: attack(x, y))


def foolbox(s: argparse.Namespace, net: torch.nn.Module) -> Attack:
    import foolbox as fb
    from foolbox import attacks as fa

    model = fb.PyTorchModel(net, bounds=(0, 1), device="cpu")
    search = {"binary_search_steps": s.searches, "steps": s.steps, "abort_early": False}
    by_norm = {"linf": "LInf", "l2": "L2", "l1": "L1", "l0": "L0"}[s.norm]
    attacks = {
        "fgsm": lambda: fa.LinfFastGradientAttack(),
        "pgd": lambda: fa.LinfPGD(abs_stepsize=s.step_size, steps=s.steps, random_start=True),
        "cw": lambda: fa.L2CarliniWagnerAttack(**search),
        "ead": lambda: fa.EADAttack(**search, decision_rule="L1"),
        "deepfool": lambda: {"l2": fa.L2DeepFoolAttack, "linf": fa.LinfDeepFoolAttack}[s.norm](
            steps=s.steps
        ),
        "ddn": lambda: fa.DDNAttack(steps=s.steps),
        "fmn": lambda: getattr(fa, f"{by_norm}FMNAttack")(steps=s.steps),
    }
    attack = attacks[s.attack]()
    epsilon = None if np.isinf(s.epsilon) else s.epsilon
    criterion = fb.criteria.Misclassification
    return in_batches(
        s.batch, lambda x, y: attack(model, x, criterion(y), epsilons=epsilon)[1]
    )


def art(s: argparse.Namespace, net: torch.nn.Module) -> Attack:
    from art.attacks import evasion
    from art.estimators.classification import PyTorchClassifier

    estimator = PyTorchClassifier(
        net,
        torch.nn.CrossEntropyLoss(),
        nets.NETS[s.net].shape,
        CLASSES,
        clip_values=(0, 1),
        device_type="cpu",
    )
    search = {"binary_search_steps": s.searches, "max_iter": s.steps}
    quiet = {"batch_size": s.batch, "verbose": False}
    ball = {"norm": OF_NORM[s.norm], "eps": s.epsilon, "batch_size": s.batch}
    attacks = {
        "fgsm": lambda: evasion.FastGradientMethod(estimator, **ball),
        "pgd": lambda: evasion.ProjectedGradientDescent(
            estimator,
            **ball,
            eps_step=s.step_size,
            max_iter=s.steps,
            num_random_init=1,
            verbose=False,
        ),
        "cw": lambda: evasion.CarliniL2Method(estimator, **search, **quiet, initial_const=1e-3),
        "ead": lambda: evasion.ElasticNet(estimator, **search, **quiet, decision_rule="L1"),
        "deepfool": lambda: evasion.DeepFool(estimator, s.steps, epsilon=0.02, **quiet),
        "jsma": lambda: evasion.SaliencyMapMethod(estimator, theta=1.0, gamma=0.145, **quiet),
        "autoattack": lambda: evasion.AutoAttack(estimator, **ball, eps_step=s.step_size),
    }
    attack = attacks[s.attack]()
    wanted = (lambda x, y: runners_up(net, x, y)) if s.attack == "jsma" else (lambda x, y: y)
    return lambda x, y: torch.from_numpy(attack.generate(x.numpy(), wanted(x, y).numpy()))


@torch.no_grad()
def runners_up(net: torch.nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """The likeliest wrong classes: what an attack that needs a target is sent to."""
    logits = net(x)
    return logits.scatter(1, y[:, None], -torch.inf).argmax(1)


def adv_lib(s: argparse.Namespace, net: torch.nn.Module) -> Attack:
    from adv_lib import attacks as al

    norm = OF_NORM[s.norm]
    attacks = {
        "pgd": lambda x, y: al.pgd_linf(
            net, x, y, s.epsilon, steps=s.steps, absolute_step_size=s.step_size
        ),
        "apgd": lambda x, y: al.apgd(net, x, y, s.epsilon, norm, n_iter=s.steps),
        "cw": lambda x, y: al.carlini_wagner_l2(
            net, x, y, binary_search_steps=s.searches, max_iterations=s.steps, abort_early=False
        ),
        "deepfool": lambda x, y: al.df(net, x, y, steps=s.steps, norm=norm),
        "ddn": lambda x, y: al.ddn(net, x, y, steps=s.steps, levels=None),
        "fmn": lambda x, y: al.fmn(net, x, y, norm, steps=s.steps),
        "pdpgd": lambda x, y: al.pdpgd(net, x, y, norm, num_steps=s.steps),
        "sigma-zero": lambda x, y: al.sigma_zero(net, x, y, num_steps=s.steps),
    }
    return in_batches(s.batch, attacks[s.attack])


def autoattack(s: argparse.Namespace, net: torch.nn.Module) -> Attack:
    from pyautoattack import AutoAttack

    norm = {"linf": "Linf", "l2": "L2", "l1": "L1"}[s.norm]
    part = "apgd-ce" if s.attack == "apgd" else s.attack
    alone = {} if s.attack == "autoattack" else {"version": "custom", "attacks": [part]}
    attack = AutoAttack(net, norm=norm, eps=s.epsilon, seed=s.seed, device="cpu", **alone)
    if alone:
        attack.apgd.n_restarts = 1
        attack.apgd.n_iter = attack.apgd_targeted.n_iter = attack.fab.n_iter = s.steps
        attack.square.n_queries = s.steps
    return lambda x, y: attack.run_standard_evaluation(x, y, batch_size=s.batch)[0]


def passes_alone(s: argparse.Namespace, net: torch.nn.Module) -> Attack:
    """Nobody's attack: PGD's passes and nothing else, the floor under everybody's time."""

    def attack(x: Tensor, y: Tensor) -> Tensor:
        for _ in range(s.steps):
            x = x.detach().requires_grad_()
            loss = torch.nn.functional.cross_entropy(net(x), y, reduction="sum")
            torch.autograd.grad(loss, x)
        return x

    return in_batches(s.batch, {"pgd": attack}[s.attack])


LIBRARIES = {
    "torchattacks": torchattacks,
    "foolbox": foolbox,
    "art": art,
    "adv-lib": adv_lib,
    "autoattack": autoattack,
    "passes-alone": passes_alone,
}


def in_batches(size: int, attack: Attack) -> Attack:
    """For libraries that take all images at once: `size` at a time."""
    return lambda x, y: torch.cat(
        [attack(x[i : i + size], y[i : i + size]) for i in range(0, len(x), size)]
    )


class Passes:
    """Images sent forwards and backwards through a net while this is open."""

    def __init__(self, net: torch.nn.Module) -> None:
        self.net, self.forward, self.backward = net, 0, 0

    def __enter__(self) -> Passes:
        self.hook = self.net.register_forward_hook(self.count)
        return self

    def __exit__(self, *failure: object) -> None:
        self.hook.remove()

    def count(self, net: torch.nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.forward += len(output)
        if output.requires_grad:
            output.register_hook(self.count_back)

    def count_back(self, gradient: Tensor) -> None:
        self.backward += len(gradient)


def seeded(s: argparse.Namespace) -> None:
    torch.manual_seed(s.seed)
    np.random.seed(s.seed)


def settings() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", required=True, choices=LIBRARIES)
    parser.add_argument("--net", required=True, choices=nets.NETS)
    parser.add_argument("--models", required=True, type=Path, help="folder of the ONNX files")
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--attack", required=True)
    parser.add_argument("--norm", required=True, choices=OF_NORM)
    parser.add_argument("--epsilon", required=True, type=float)
    parser.add_argument("--steps", required=True, type=int)
    parser.add_argument("--searches", default=1, type=int)
    parser.add_argument("--batch", required=True, type=int)
    parser.add_argument("--warm-up", required=True, type=int)
    parser.add_argument("--seed", default=0, type=int)
    parser.add_argument("--report", required=True, type=Path)
    parser.add_argument("--adversarial", required=True, type=Path)
    s = parser.parse_args()
    s.step_size = 2.5 * s.epsilon / s.steps  # the step of PGD's authors
    return s


def main() -> None:
    warnings.filterwarnings("ignore")
    s = settings()
    net = nets.build(s.models, s.net)
    x, y = (torch.from_numpy(a) for a in data.read(s.data))
    attack = LIBRARIES[s.library](s, net)
    passes = Passes(net)
    if s.warm_up > 0:
        seeded(s)
        with passes:
            attack(x[: s.warm_up], y[: s.warm_up])
    seeded(s)
    began = time.perf_counter()
    adversarial = attack(x, y)
    seconds = time.perf_counter() - began
    data.save(s.adversarial, adversarial.detach().numpy(), y.numpy())
    answers = nets.logits(net, adversarial.detach().numpy(), s.batch).argmax(1)
    report = {
        "seconds": seconds,
        "fooled": np.flatnonzero(answers != y.numpy()).tolist(),
        "threads": torch.get_num_threads(),
        "forwardPerImage": passes.forward / max(1, min(s.warm_up, len(x))),
        "backwardPerImage": passes.backward / max(1, min(s.warm_up, len(x))),
        "versions": {p: version(p) for p in ("torch", "numpy", PACKAGES[s.library])},
    }
    s.report.write_text(json.dumps(report))


if __name__ == "__main__":
    main()

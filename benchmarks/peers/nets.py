"""The published ONNX nets as PyTorch modules: one file of weights for both sides.

The peers run the module eagerly; Gauntlet reads the TorchScript file that `torch.jit.trace` makes of
it. Normalisation is part of the module, so that epsilon stays in pixels. Logits come last.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import fx, nn

Normalisation = tuple[tuple[float, ...], tuple[float, ...]]  # mean and deviation of each channel
CIFAR_OVAL = ((0.485, 0.456, 0.406), (0.225, 0.225, 0.225))
CIFAR_VNNCOMP = ((0.4914, 0.4822, 0.4465), (0.2471, 0.2435, 0.2616))
MNIST_TRIBUO = ((0.1307,), (0.3081,))
NONE = ((0.0,), (1.0,))


@dataclass(frozen=True)
class Published:
    """A net: what data it is for, how it wants it, and its share of right answers on all of it."""

    data: str
    shape: tuple[int, int, int]
    normalisation: Normalisation
    clean_accuracy: float


MNIST, CIFAR = (1, 28, 28), (3, 32, 32)
NETS = {
    "kw_mnist_eps0.1": Published("mnist", MNIST, NONE, 0.9820),
    "kw_fashion_eps0.1": Published("fashion-mnist", MNIST, NONE, 0.7827),
    "madry_mnist_cnn_tiny": Published("mnist", MNIST, NONE, 0.9794),
    "tribuo_cnn_mnist": Published("mnist", MNIST, MNIST_TRIBUO, 0.9907),
    "oval_cifar_sgd_8px": Published("cifar10", CIFAR, CIFAR_OVAL, 0.7610),
    "oval_cifar_madry_8px": Published("cifar10", CIFAR, CIFAR_OVAL, 0.3524),
    "cifar_wide_kw": Published("cifar10", CIFAR, CIFAR_OVAL, 0.6162),
    "resnet_2b": Published("cifar10", CIFAR, CIFAR_VNNCOMP, 0.6925),
}


def build(folder: Path, name: str) -> nn.Module:
    """The net in evaluation mode, its weights frozen: nobody pays for gradients nobody wants."""
    model = onnx.load(folder / f"{name}.onnx")
    return from_onnx(model, NETS[name].normalisation).eval().requires_grad_(False)


def trace(net: nn.Module, name: str, file: Path) -> None:
    """Writes the TorchScript that Gauntlet reads; any batch size fits."""
    shape = NETS[name].shape
    script = torch.jit.trace(net, torch.rand(2, *shape))
    other = torch.rand(7, *shape)
    assert torch.equal(script(other), net(other)), f"the trace of {name} answers otherwise"
    file.parent.mkdir(parents=True, exist_ok=True)
    script.save(str(file))


class Normalise(nn.Module):
    """Subtracts the mean and divides by the standard deviation of each channel."""

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.std


def from_onnx(model: onnx.ModelProto, normalisation: Normalisation) -> fx.GraphModule:
    """Translates node by node; the result is plain generated Python, as if written by hand."""
    weights = {w.name: torch.tensor(numpy_helper.to_array(w)) for w in model.graph.initializer}
    root, graph = nn.Module(), fx.Graph()
    x = graph.placeholder("x")
    if normalisation != NONE:
        root.add_module("normalise", Normalise(*normalisation))
        x = graph.call_module("normalise", (x,))
    values = {i.name: x for i in model.graph.input if i.name not in weights}
    for node in model.graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            weights[node.output[0]] = torch.tensor(numpy_helper.to_array(attributes["value"]))
            continue
        inputs = [values[name] for name in node.input if name in values]
        constants = [weights[name] for name in node.input if name in weights]
        if node.op_type in FUNCTIONS:
            result = graph.call_function(FUNCTIONS[node.op_type], tuple(inputs))
        elif node.op_type == "Reshape":
            result = graph.call_method("reshape", (inputs[0], constants[0].tolist()))
        elif node.op_type in LAYERS:
            layer = f"layer{len(graph.nodes)}"
            root.add_module(layer, LAYERS[node.op_type](attributes, constants))
            result = graph.call_module(layer, tuple(inputs))
        else:
            raise NotImplementedError(f"ONNX operator {node.op_type}")
        values[node.output[0]] = result
    graph.output(result)
    return fx.GraphModule(root, graph)


def conv(attributes: dict, constants: list[torch.Tensor]) -> nn.Module:
    weight = constants[0]
    top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    assert (top, left) == (bottom, right) and attributes.get("group", 1) == 1
    layer = nn.Conv2d(
        weight.shape[1],
        weight.shape[0],
        tuple(weight.shape[2:]),
        tuple(attributes.get("strides", (1, 1))),
        (top, left),
        tuple(attributes.get("dilations", (1, 1))),
    )
    return with_weights(layer, *constants)


def gemm(attributes: dict, constants: list[torch.Tensor]) -> nn.Module:
    assert attributes.get("alpha", 1.0) == attributes.get("beta", 1.0) == 1.0
    weight = constants[0] if attributes.get("transB") else constants[0].T
    return with_weights(nn.Linear(weight.shape[1], weight.shape[0]), weight, constants[1])


def max_pool(attributes: dict, constants: list[torch.Tensor]) -> nn.Module:
    assert not any(attributes.get("pads", ()))
    return nn.MaxPool2d(tuple(attributes["kernel_shape"]), tuple(attributes["strides"]))


def with_weights(layer: nn.Module, weight: torch.Tensor, bias: torch.Tensor) -> nn.Module:
    layer.weight, layer.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
    return layer


LAYERS = {
    "Conv": conv,
    "Gemm": gemm,
    "MaxPool": max_pool,
    "Relu": lambda attributes, constants: nn.ReLU(),
    "Flatten": lambda attributes, constants: nn.Flatten(),
    "LogSoftmax": lambda attributes, constants: nn.LogSoftmax(attributes.get("axis", 1)),
}
FUNCTIONS = {"Add": torch.add}


@torch.no_grad()
def logits(net: nn.Module, x: np.ndarray, batch: int) -> np.ndarray:
    """The net's answers, `batch` images at a time."""
    parts = [net(torch.from_numpy(x[i : i + batch])).numpy() for i in range(0, len(x), batch)]
    return np.concatenate(parts)

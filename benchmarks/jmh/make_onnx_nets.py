"""Makes the pairs of files that OnnxBenchmark compares: each network as ONNX and as TorchScript.

Run in the repository's root with torch 2.7.1 and onnx 1.23; weights are random (seed 1):

    python benchmarks/jmh/make_onnx_nets.py
"""

import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

FOLDER = pathlib.Path("benchmarks/jmh/target/nets")


class Residual(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
            nn.Conv2d(after, after, 3, 1, 1, bias=False),
            nn.BatchNorm2d(after),
        )
        self.shortcut = nn.Conv2d(before, after, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class Encoder(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        rows, length, width = x.shape
        qkv = self.qkv(self.norm1(x)).reshape(rows, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2)
        x = x + self.out(mixed.reshape(rows, length, width))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, width=192, depth=6, patch=4):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.positions = nn.Parameter(torch.randn(1, (32 // patch) ** 2, width) * 0.1)
        self.encoders = nn.Sequential(*[Encoder(width, 3) for _ in range(depth)])
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        words = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        return self.head(self.encoders(words).mean(1))


def mlp(*widths):
    layers = [nn.Flatten()]
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn():
    return nn.Sequential(
        *[nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Linear(32 * 49, 10)],
    )


def resnet20():
    stages = [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2
    return nn.Sequential(
        *[nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()],
        *[Residual(*stage) for stage in stages],
        *[nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)],
    )


def main():
    torch.manual_seed(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    nets = {
        "mlp": (mlp(784, 256, 256, 10), (1, 28, 28)),
        "cnn": (cnn(), (1, 28, 28)),
        "resnet20": (resnet20(), (3, 32, 32)),
        "vit": (VisionTransformer(), (3, 32, 32)),
        "large": (mlp(3072, 1900, 200, 10), (3, 32, 32)),  # 25 MB, to time the import
    }
    for name, (net, shape) in nets.items():
        net.eval()
        x = torch.rand(2, *shape)
        torch.jit.trace(net, x).save(FOLDER / f"{name}.pt")
        torch.onnx.export(
            net,
            x,
            str(FOLDER / f"{name}.onnx"),
            opset_version=17,
            dynamo=False,
            input_names=["input"],
            output_names=["scores"],
            dynamic_axes={"input": {0: "rows"}, "scores": {0: "rows"}},
        )


if __name__ == "__main__":
    main()

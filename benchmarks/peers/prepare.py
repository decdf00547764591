"""Makes what both sides read: TorchScript nets, image archives, and Gauntlet's class path.

`python benchmarks/peers/prepare.py` makes all of it and checks every net against ONNX's reference
evaluator and against its published accuracy.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parent
ROOT = PEERS.parent.parent
CACHE = PEERS / ".cache"
SHARED = Path(os.environ.get("GAUNTLET_DATA", ROOT.parent / "shared" / "data"))
LOGIT_TOLERANCE = 1e-4  # of the largest logit
UNCERTIFIED = "uncertified"
ACCURACY_TOLERANCE = 2e-4  # two images of 10,000 may lie on a boundary


def torchscript(name: str) -> Path:
    """The file of a net that Gauntlet reads."""
    import nets

    file = CACHE / "nets" / f"{name}.pt"
    if not file.exists():
        nets.trace(nets.build(SHARED / "models", name), name, file)
    return file


def images(name: str, count: int, kind: str) -> Path:
    """Test images for a net.

    `first`: as they come. `correct`: the first that it classifies correctly one by one.
    `uncertified0.1`: those of the first that no proof protects within Linf 0.1.
    """
    import data
    import nets
    import numpy as np
    from certificate import Certificate

    file = CACHE / "images" / f"{name}-{kind}-{count}.npz"
    if not file.exists():
        x, y = data.load(nets.NETS[name].data, SHARED, CACHE)
        net = nets.build(SHARED / "models", name)
        if kind == "correct":
            right = nets.logits(net, x, 1).argmax(1) == y
            x, y = x[right], y[right]
        assert len(x) >= count, f"{name} has only {len(x)} such images"
        x, y = x[:count], y[:count]
        if kind.startswith(UNCERTIFIED):
            certificate = Certificate(net, nets.NETS[name].shape)
            epsilon = float(kind.removeprefix(UNCERTIFIED))
            kept = np.array([certificate.keeps(i, int(c), epsilon) for i, c in zip(x, y)])
            rows = file.with_suffix(".txt")  # examples' PublishedNetTest attacks these
            rows.write_text("".join(f"{row}\n" for row in np.flatnonzero(~kept)))
            x, y = x[~kept], y[~kept]
            print(f"{name}: no proof for {len(x)} of {count} images, certified error {len(x) / count:.2%}")
        data.save(file, x, y)
    return file


def classpath() -> str:
    """Compiles Gauntlet and asks Maven for its class path."""
    answer = CACHE / "classpath.txt"
    maven = ["mvn", "-B", "-ntp", "-q", "-pl", "benchmarks", "-am", "compile", "exec:exec"]
    ask = ["-Dexec.executable=echo", "-Dexec.args=%classpath", f"-Dexec.outputFile={answer}"]
    CACHE.mkdir(exist_ok=True)
    subprocess.run(maven + ask, cwd=ROOT, check=True)
    return answer.read_text().strip()


def verify(name: str) -> str:
    """Compares a net with the reference and its publication; says what it found."""
    import data
    import nets
    import numpy as np
    import onnx
    from onnx.reference import ReferenceEvaluator

    torchscript(name)
    net = nets.build(SHARED / "models", name)
    x, y = data.load(nets.NETS[name].data, SHARED, CACHE)
    ours = nets.logits(net, x, 500)
    accuracy = float((ours.argmax(1) == y).mean())
    published = nets.NETS[name].clean_accuracy
    assert abs(accuracy - published) <= ACCURACY_TOLERANCE, (name, accuracy, published)

    model = onnx.load(SHARED / "models" / f"{name}.onnx")
    mean, std = (np.reshape(v, (1, -1, 1, 1)) for v in nets.NETS[name].normalisation)
    evaluator, entry = ReferenceEvaluator(model), model.graph.input[0].name
    rows = ((x[:16] - mean) / std).astype(np.float32)
    expected = np.concatenate([evaluator.run(None, {entry: row[None]})[0] for row in rows])
    error = float(np.abs(expected - ours[: len(rows)]).max() / np.abs(expected).max())
    assert error < LOGIT_TOLERANCE, (name, error)
    return (
        f"{name:22} accuracy {accuracy:.4f} (published {published:.4f}),"
        f" logits off by {error:.1e} of the largest"
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["net", name]:
            torchscript(name)
        case ["images", name, count, kind]:
            images(name, int(count), kind)
        case _:
            import nets

            for each in nets.NETS:
                print(verify(each), flush=True)

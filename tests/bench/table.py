"""table: what `make bench` compares. Every comparison is one row."""

import dataclasses
import pathlib
import platform
import re
import sys

EXECUTED_GFLOP = 600_800e-9  # one window of the reference network: 300,400 multiply-adds, zero states left out
KERNELS = {"x86_64": ("auto", "avx512", "avx2", "generic"), "aarch64": ("auto", "neon", "generic")}.get(
    platform.machine(), ("auto",)
)
VECTORS = {"x86_64": ("avx512", "avx2"), "aarch64": ("neon",)}.get(platform.machine(), ())


@dataclasses.dataclass(frozen=True)
class Contestant:
    name: str
    argv: tuple
    work: float = 1  # work in one item, in a unit that both sides of a ratio share
    copies: int = 1  # processes that run at the same time; their rates are added
    measure: str = ""  # name=number of its answers to be compared in place of items per second


@dataclasses.dataclass(frozen=True)
class Row:
    title: str
    unit: str
    ours: list
    peers: list = dataclasses.field(default_factory=list)
    goals: dict = dataclasses.field(
        default_factory=dict
    )  # (ours, peer), or (ours, None) for the value itself: (floor, goal)
    note: str = ""
    rounds: int = sys.maxsize  # at most
    scale: float = 1
    more_is_better: bool = True  # False: value = scale / rate, a time
    threads: int = 1  # that a contestant should be able to use
    ratio_text: str = "{ours} does the work of {peer}"

    def value(self, rate):
        return self.scale * rate if self.more_is_better else self.scale / rate

    def better(self):
        return "more" if self.more_is_better and not any(c.measure for c in self.ours) else "less"

    def only(self, pattern):
        keep = re.compile(pattern).search
        return dataclasses.replace(
            self, ours=[c for c in self.ours if keep(c.name)], peers=[c for c in self.peers if keep(c.name)]
        )


class Programs:
    """How each contestant is called."""

    def __init__(self, root, build):
        here, home = root / "tests/bench", root / "var/bench-peers"
        venv = home / "venv/bin/python"
        self.nn = str(build / "bench-nn")
        self.scan_argv = (sys.executable, str(here / "scan.py"), str(build))
        self.model = str(next(iter(sorted((root / "models").glob("*.safetensors"))), build / "bench/model.safetensors"))
        self.peer_argv = {
            "ONNX Runtime": ("node", str(here / "peers/ort.js")),
            "PyTorch": ("/usr/bin/python3", str(here / "peers/torch_peer.py")),
            "Keras": (str(venv) if venv.exists() else "/usr/bin/python3", str(here / "peers/keras_peer.py")),
        }

    def ours(self, task, name=None, kernel="auto", act="tanh", threads=1, work=1.0):
        argv = (self.nn, task, "--kernel", kernel, "--act", act, "--threads", str(threads))
        return Contestant(name or f"ours {kernel}", argv, work)

    def peer(self, name, task, act="tanh", threads=1):
        return Contestant(name, (*self.peer_argv[name], task, "--act", act, "--threads", str(threads)))

    def startup(self):
        return Contestant("ours auto", (self.nn, "startup", "--model", self.model))

    def scan(self, rows, measure=""):
        return Contestant(
            f"{rows:,} rows", (*self.scan_argv, str(rows), *(["--memory"] if measure else [])), measure=measure
        )


def score(run, act):
    return Row(
        f"score, {act}, 1 thread",
        "windows/s",
        [run.ours("score", kernel=k, act=act) for k in KERNELS],
        [run.peer(p, "score", act) for p in ("ONNX Runtime", "PyTorch", "Keras")],
        (
            {
                ("ours avx512", "ONNX Runtime"): (3.5, 4.2),
                ("ours avx512", "PyTorch"): (7, 9),
                ("ours avx512", "Keras"): (7, 9),
                ("ours avx2", "ONNX Runtime"): (1.7, 2.1),
            }
            if act == "tanh"
            else {}
        ),
        note="reference network, (10,4) -> LSTM 50, 20, repeat, 20, 50 -> Dense 4; mean squared error of each window; "
        "peers at their fastest batch",
    )


def score2(run, act):
    twice = dataclasses.replace(run.peer("ONNX Runtime", "score", act), name="ONNX Runtime, 2 processes", copies=2)
    return Row(
        f"score2, {act}, 2 threads",
        "windows/s",
        [run.ours("score", act=act, threads=2)],
        [
            run.peer("ONNX Runtime", "score", act, 2),
            twice,
            run.peer("PyTorch", "score", act, 2),
            run.peer("Keras", "score", act, 2),
        ],
        note="as score; the two processes of ONNX Runtime have one thread each",
        threads=2,
    )


def scaling(run, act):
    return Row(
        f"scaling, {act}, 2 threads over 1",
        "windows/s",
        [run.ours("score", "ours, 2 threads", act=act, threads=2)],
        [run.ours("score", "ours, 1 thread", act=act)],
        {("ours, 2 threads", "ours, 1 thread"): (1.8, 1.95)},
        threads=2,
    )


def share(run, kernel):
    return Row(
        f"share of the FMA peak, {kernel}",
        "GFLOP/s",
        [run.ours("score", f"score {a}", kernel, a, work=EXECUTED_GFLOP) for a in ("tanh", "relu")],
        [run.ours("peak", "peak", kernel)],
        {("score tanh", "peak"): (0.65, 0.74), ("score relu", "peak"): (0.72, 0.80)} if kernel == "avx512" else {},
        note="600,800 executed FLOP for each window, 1 thread; the lines of score are in windows/s, "
        "the ratio is the share",
        ratio_text="{ours} reaches of the {peer}",
    )


def latency(run, act):
    return Row(
        f"latency, {act}, one window a call",
        "us/call",
        [run.ours("latency", kernel=k, act=act) for k in ("auto", *VECTORS)],
        [run.peer(p, "latency", act) for p in ("ONNX Runtime", "PyTorch", "Keras")],
        {("ours auto", None): (135, 30)} if act == "tanh" else {},
        scale=1e6,
        more_is_better=False,
        note="a median of means over a round, not a percentile; 1 thread",
    )


def train(run, act):
    return Row(
        f"train, {act}, 792 windows x 50 epochs",
        "s",
        [run.ours("train", kernel=k, act=act) for k in ("auto", *VECTORS)],
        [run.peer(p, "train", act) for p in ("PyTorch", "Keras")],
        {("ours auto", None): (1.5, 0.9), ("ours auto", "PyTorch"): (10, 17)} if act == "tanh" else {},
        scale=50,
        more_is_better=False,
        note="batch 32, Adam, 1 thread; a round is fewer epochs, scaled to 50; loading and compiling not counted",
    )


def dense(run):
    return Row(
        "dense, 100,000 rows x 20 epochs",
        "s",
        [run.ours("dense", kernel=k) for k in ("auto", *VECTORS)],
        [run.peer(p, "dense") for p in ("PyTorch", "Keras")],
        {("ours auto", "PyTorch"): (3, 8)},
        scale=20,
        more_is_better=False,
        note="40 -> 12 -> 6 -> 12 -> 40, relu and sigmoid, batch 256, Adam, 1 thread; a round is fewer epochs, "
        "scaled to 20",
    )


def scan(run):
    rows = 1_000_000
    return Row(
        "scan, guardian scan of 1,000,000 rows",
        "s",
        [run.scan(rows)],
        goals={(f"{rows:,} rows", None): (4, 3)},
        scale=rows,
        more_is_better=False,
        note="the whole command, file to summary, with the threads that it takes by itself",
    )


def growth(run, most):
    sizes = [10**k for k in range(4, 8) if 10**k <= most]
    return Row(
        "growth of guardian scan with the file",
        "rows/s",
        [run.scan(n) for n in sizes],
        rounds=3,
        note="a time that grows with the rows alone is the same rate for all sizes; the start of the program weighs on the smallest",
    )


def memory(run, most):
    sizes = [10**k for k in range(4, 8) if 10**k <= most]
    names = [f"{n:,} rows" for n in sizes]
    return Row(
        "memory of guardian scan",
        "MiB at the peak",
        [run.scan(n, "peak_kib") for n in sizes[1:]],
        [run.scan(sizes[0], "peak_kib")],
        {(names[-1], names[0]): (1.5, 1.1)},
        rounds=1,
        scale=1 / 1024,
        ratio_text="{ours} take the memory of {peer}",
    )


def startup(run):
    return Row("startup, model opened, checked and packed", "us", [run.startup()], scale=1e6, more_is_better=False)


def comparisons(root, build, quick=False):
    run = Programs(pathlib.Path(root), pathlib.Path(build))
    both = ("tanh", "relu")
    return [
        *(score(run, a) for a in both),
        *(score2(run, a) for a in both),
        *(scaling(run, a) for a in both),
        *(share(run, k) for k in VECTORS),
        *(latency(run, a) for a in both),
        *(train(run, a) for a in both),
        dense(run),
        scan(run),
        growth(run, 10**6 if quick else 10**7),
        memory(run, 10**6 if quick else 10**7),
        startup(run),
    ]

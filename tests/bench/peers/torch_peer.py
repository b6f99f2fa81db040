"""torch_peer: PyTorch (Debian's python3-torch) as a contestant of `make bench`; see ../bench.py for the protocol."""

import itertools
import os
import sys

import contest

GOOD_BLAS = "openblas-openmp"


def blas(torch):
    """The BLAS that PyTorch has loaded, by Debian's folder name. The default one, reference BLAS, is no contest."""
    torch.rand(64, 64) @ torch.rand(64, 64)
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        paths = {os.path.realpath(line.split()[-1]) for line in maps if "blas" in line or "libmkl" in line}
    linked = {
        p for p in paths if os.path.basename(p).startswith("libblas.so")
    } or paths  # LAPACK may bring another BLAS
    found = "+".join(sorted({os.path.basename(os.path.dirname(p)) for p in linked})) or "none"
    if found == GOOD_BLAS or "libmkl" in "".join(linked):
        return found
    if "openblas" in found:
        return found + " (slower on more than one thread than libopenblas0-openmp)"
    contest.missing(
        f"a fast BLAS for PyTorch (found: {found}): apt-get install libopenblas0-openmp, or choose it with "
        "update-alternatives --config libblas.so.3-$(uname -m)-linux-gnu"
    )


def trainer(torch, model, data, batch, foreach):
    """One epoch over data in its order: forward, mean squared error, backward, Adam."""
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=foreach)
    parts = data.split(batch)

    def epoch():
        for x in parts:
            adam.zero_grad(set_to_none=True)
            torch.nn.functional.mse_loss(model(x), x).backward()
            adam.step()

    return epoch, 1


def scorer(torch, net, model, data):
    def step():
        with torch.inference_mode():
            net.scores(data, model(data))

    return step, len(data)


def best_of(args, torch):
    import torch_net as net

    adam = {"Adam": False, "Adam foreach": True}
    ways = net.WAYS[args.act]
    if args.task == "dense":
        data = torch.rand(contest.ROWS, contest.COLUMNS, generator=torch.Generator().manual_seed(2))
        return contest.fastest(
            adam, lambda v: trainer(torch, net.dense_autoencoder(contest.COLUMNS), data, contest.DENSE_BATCH, adam[v])
        )
    if args.task == "train":
        data = net.windows(contest.WINDOWS)
        return contest.fastest(
            itertools.product(ways, adam),
            lambda v: trainer(torch, net.Reference(args.act, v[0]), data, contest.TRAIN_BATCH, adam[v[1]]),
        )
    model = {way: net.Reference(args.act, way).eval() for way in ways}
    sizes = contest.BATCHES if args.task == "score" else (contest.Batch(1),)
    return contest.fastest(itertools.product(ways, sizes), lambda v: scorer(torch, net, model[v[0]], net.windows(v[1])))


def main():
    args = contest.arguments()
    try:
        import torch
    except ImportError as e:
        contest.missing(f"PyTorch for {sys.executable} ({e}): make bench-peers")
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    about = f"PyTorch {torch.__version__} {blas(torch)}, threads {torch.get_num_threads()}"
    best, items, step, seen = best_of(args, torch)
    contest.serve(f"{about}, {contest.show(best)}; {seen}", step, items)


if __name__ == "__main__":
    main()

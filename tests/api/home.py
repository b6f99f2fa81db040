"""home: calibrated models of a made-up home, and flows of it: small networks, trained for a moment. `home.py FOLDER` makes them there."""

import os
import subprocess
import sys

import stack

GUARDIAN = os.path.join(stack.TOP, os.environ.get("GUARDIAN_BUILD", "build"), "guardian")


def guardian(*args):
    subprocess.run([GUARDIAN, *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Home:
    """Paths: full and basic are models; home (quiet), attacks and plain (quiet, without hosts) are CSV."""

    def __init__(self, folder):
        self.folder = folder
        self.home, self.plain, self.attacks = (self.path(n) for n in ("home.csv", "plain.csv", "attacks.csv"))
        self.full, self.basic = self.path("full.safetensors"), self.path("basic.safetensors")
        small = ["--layers", "lstm:8,repeat,lstm:8,dense", "--epochs", "4", "--batch", "64"]
        guardian("generate", "--rows", "6000", "--attack", "none", "--seed", "3", "--out", self.home)
        guardian("generate", "--rows", "40000", "--attack", "none", "--seed", "4", "--seed-schema", "--out", self.plain)
        guardian("generate", "--rows", "10000", "--seed", "3", "--out", self.attacks)
        guardian("train", "--out", self.full, "--features", "full", *small, self.home)
        # So little benign traffic supports no budget that four features could ever exceed: a threshold by number.
        guardian("train", "--out", self.basic, "--features", "basic", "--hybrid", "4", *small, self.plain)

    def path(self, name):
        return os.path.join(self.folder, name)


if __name__ == "__main__":
    Home(sys.argv[1])

#!/usr/bin/env python3
"""judge.py FILE SCORES EXPRESSION: what `guardian scan --scores` said of a labelled file, flow by flow; prints figures, fails when EXPRESSION is false.

Names in EXPRESSION: rows, attacks, auc, recall, fpr, found (a dict: for each kind of attack of the file, the share of its flows that is anomalous),
named (a dict: for each kind of attack, the commonest name of the incidents of its anomalous flows and that name's share of them).
Written apart from `guardian evaluate`, so that neither can be wrong alone.
"""
import collections
import csv
import sys

ATTACK_WORDS = ("malicious", "attack", "1")


def truth(path):
    """(is an attack or None, its kind) of each row, in the file's order."""
    with open(path, encoding="utf-8", errors="replace", newline="") as f:
        text = f.read()
    if text.startswith("#separator"):
        for line in text.split("\n"):
            if line == "" or line.startswith("#"):
                continue
            label, kind = line.replace("   ", "\t").split("\t")[-2:]
            yield label.lower().startswith(ATTACK_WORDS), kind
        return
    for row in csv.DictReader(text.splitlines()):
        label = (row.get("label") or "").lower()
        yield label.startswith(ATTACK_WORDS), row.get("detailed-label") or row.get("label")


def scored(path):
    with open(path, encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            yield (float(row["score"]) if row["score"] else float("-inf")), row["anomalous"] == "1", row["attack"], row["incident"]


def auc_of(pairs):
    """Mann and Whitney's, with mean ranks for ties."""
    pairs = sorted(pairs)
    bad = sum(1 for _, attack in pairs if attack)
    good = len(pairs) - bad
    if bad == 0 or good == 0:
        return float("nan")
    ranks, i = 0.0, 0
    while i < len(pairs):
        k = i
        while k < len(pairs) and pairs[k][0] == pairs[i][0]:
            k += 1
        ranks += sum(1 for _, attack in pairs[i:k] if attack) * (i + 1 + k) / 2
        i = k
    return (ranks - bad * (bad + 1) / 2) / (bad * good)


def share(part, whole):
    return part / whole if whole else float("nan")


def main():
    labels, scores = list(truth(sys.argv[1])), list(scored(sys.argv[2]))
    if len(labels) != len(scores):
        sys.exit(f"{len(labels)} rows, {len(scores)} scores")
    attacks = sum(1 for attack, _ in labels if attack)
    kinds = collections.defaultdict(list)
    for (attack, kind), score in zip(labels, scores):
        if attack:
            kinds[kind].append(score)
    known = {"rows": len(labels), "attacks": attacks}
    known["auc"] = auc_of([(s[0], attack) for (attack, _), s in zip(labels, scores)])
    known["recall"] = share(sum(1 for (attack, _), s in zip(labels, scores) if attack and s[1]), attacks)
    known["fpr"] = share(sum(1 for (attack, _), s in zip(labels, scores) if not attack and s[1]), len(labels) - attacks)
    known["found"] = {kind: round(share(sum(s[1] for s in list_), len(list_)), 3) for kind, list_ in kinds.items()}
    known["named"] = {}
    for kind, list_ in kinds.items():
        names = collections.Counter(s[2] for s in list_ if s[1] and s[3])
        if names:
            name, n = names.most_common(1)[0]
            known["named"][kind] = (name, round(n / sum(names.values()), 3))
    print(", ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in known.items()))
    if not eval(sys.argv[3], {}, known):  # pylint: disable=eval-used
        sys.exit(f"not so: {sys.argv[3]}")


main()

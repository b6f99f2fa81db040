#!/usr/bin/env python3
"""Writes the reference vectors of this folder: what Keras 3 computes, for tests of our kernels, training and import.

Run it in a virtual environment outside the tree; the files are kept in the repository, so only a change of the set
needs this:

    python3 -m venv V && V/bin/pip install keras==3.15.1 jax==0.10.2 h5py==3.16.0
    V/bin/python tests/parity/make_vectors.py [--seed-data FOLDER]

FOLDER holds lstm_model.keras and mock_traffic.csv of the reference project; without it seed_scores.safetensors stays
as it is.

Files are in the safetensors layout. __metadata__ (strings): "layers" the network as network_parse() of core/nn/network.h
reads it, "steps" T, "features" F, "computed" the type of the computation, "keras", "jax", "numpy" the versions.
Weights and input are random float32 numbers (stored F32), everything else was computed from them in float64 by Keras
(stored F64, or F32 where said). The target is the input. B windows, i counts all layers from 0, repeats included.

<case>.safetensors, the small networks (see CASES), and reference_tanh, reference_relu, the network of 34,364 weights
    layers.<i>.kernel             F32 (W,4H) LSTM, (W,H) dense     Keras's shapes and gate order i, f, c, o
    layers.<i>.recurrent_kernel   F32 (H,4H)                       LSTM only
    layers.<i>.bias               F32 (4H) LSTM, (H) dense
    input                         F32 (B,T,F)
    output                        F64 (B,T,F)
    score                         F64 (B)        mean squared error of each window
    loss                          F64 (1)        mean squared error over all elements, the mean of score
    gradient.layers.<i>.<tensor>  F64 as the weight; F32 in reference_*    d loss / d weight
  and in the small networks only, ten steps of Adam on the whole batch (lr 0.001, beta 0.9 and 0.999, epsilon 1e-7):
    m = b1 m + (1-b1) g   v = b2 v + (1-b2) g^2   w -= lr sqrt(1-b2^t) / (1-b1^t) m / (sqrt(v) + epsilon)   t = 1..10
    adam.loss                     F64 (10)       loss before step t, so [0] is loss
    adam.layers.<i>.<tensor>      F64 as the weight: after the ten steps

small_model.keras, functional_model.keras, basic_model.keras (4 features), unsupported_model.keras (with a GRU): float32
models saved by Keras
small_model.safetensors, functional_model.safetensors, basic_model.safetensors: their layers.<i>.<tensor>, input,
output, score as above, and
    output32, score32             F32            as Keras computed them in float32
  A bias that the model does not have (use_bias=False) is stored as zeros.

seed_scores.safetensors: lstm_model.keras on the 992 windows (stride 1) of mock_traffic.csv, columns orig_pkts,
resp_pkts, orig_bytes, resp_bytes, scaled by (x - center) / scale in float64, then rounded to float32
    center, scale                 F64 (4)        mean and population standard deviation of all 1001 rows
    score                         F64 (992)      float64 arithmetic, same weights
    score32                       F32 (992)      Keras in float32
"""

import argparse
import csv
import json
import os
import pathlib
import struct

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import jax
import keras
import numpy as np
from keras import layers as L

HERE = pathlib.Path(__file__).resolve().parent
TENSORS = ("kernel", "recurrent_kernel", "bias")
VERSIONS = {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__}

# name: steps, features, windows, layers
CASES = {
    "lstm_tanh": (7, 3, 5, "lstm:5,dense:3"),
    "lstm_relu": (7, 3, 5, "lstm:9:relu,dense:3"),
    "lstm_one": (1, 1, 3, "lstm:17,dense:1"),
    "lstm_two": (4, 2, 7, "lstm:17:relu,lstm:5,dense:2:tanh"),
    "lstm_vector": (3, 1, 9, "lstm:5,repeat:3,dense:1"),
    "dense_sigmoid": (1, 6, 33, "dense:12:relu,dense:6:relu,dense:12:relu,dense:6:sigmoid"),
    "dense_tanh": (3, 5, 7, "dense:7:tanh,dense:5"),
    "stack_tanh": (5, 3, 9, "lstm:8,lstm:4,repeat:5,lstm:4,lstm:8,dense:3"),
    "stack_relu": (5, 3, 9, "lstm:8:relu,lstm:4:relu,repeat:5,lstm:4:relu,lstm:8:relu,dense:3"),
}
REFERENCE = "lstm:50{0},lstm:20{0},repeat:10,lstm:20{0},lstm:50{0},dense:4"


def save(name, tensors, **metadata):
    """The safetensors layout: header length, JSON header padded to 64 bytes, tensors; F64 first, so all are aligned."""
    header, blob = {"__metadata__": metadata | VERSIONS}, b""
    arrays = {k: np.ascontiguousarray(v) for k, v in tensors.items()}
    for key, a in sorted(arrays.items(), key=lambda item: item[1].dtype != np.float64):
        assert np.isfinite(a).all(), key
        header[key] = {
            "dtype": {"float64": "F64", "float32": "F32"}[a.dtype.name],
            "shape": list(a.shape),
            "data_offsets": [len(blob), len(blob) + a.nbytes],
        }
        blob += a.astype(a.dtype.newbyteorder("<")).tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % 64)
    path = HERE / f"{name}.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + blob)
    print(f"{path.name}: {path.stat().st_size} bytes")


def parse(text):
    """[(kind, units, activation)] from the text form, every size given."""
    for item in text.split(","):
        kind, units, *act = item.split(":")
        yield kind, int(units), act[0] if act else {"lstm": "tanh"}.get(kind, "linear")


def build(text, steps, features):
    items = list(parse(text))
    model = keras.Sequential([L.Input((steps, features))])
    for i, (kind, units, act) in enumerate(items):
        sequences = i + 1 == len(items) or items[i + 1][0] != "repeat"
        model.add({
            "lstm": lambda: L.LSTM(units, activation=act, return_sequences=sequences),
            "dense": lambda: L.Dense(units, activation=act),
            "repeat": lambda: L.RepeatVector(units),
        }[kind]())
    return model


def exact(model):
    """keras.ops.tanh rounds float64 to float32 when the backend is JAX (3.15): use JAX's own, which does not."""
    for layer in model.layers:
        owner = layer.cell if isinstance(layer, L.LSTM) else layer
        if getattr(owner, "activation", None) is keras.activations.tanh:
            owner.activation = jax.numpy.tanh
    return model


def random_weights(model, rng):
    """Glorot-sized kernels and biases that are not zero, exact in float32."""
    weights = []
    for w in model.get_weights():
        scale = np.sqrt(2 / sum(w.shape)) if w.ndim == 2 else 0.1
        weights.append((rng.standard_normal(w.shape) * scale).astype(np.float32))
    model.set_weights(weights)


def weight_names(model):
    """Names in the order of model.weights."""
    names = []
    for i, layer in enumerate(model.layers):
        kinds = TENSORS if isinstance(layer, L.LSTM) else TENSORS[::2]
        names += [f"layers.{i}.{kind}" for kind in kinds[: len(layer.weights)]]
    return names


def compute_in(dtype):
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    keras.utils.clear_session()


def values(model):
    return [v.value for v in model.trainable_variables]


def call(model, trainable, x):
    """The output; the other variables are the states of random generators, of no use here."""
    return model.stateless_call(trainable, [v.value for v in model.non_trainable_variables], x, training=False)[0]


def loss_and_gradient(model):
    return jax.jit(jax.value_and_grad(lambda trainable, x: ((call(model, trainable, x) - x) ** 2).mean()))


def forward(model, x):
    """Output and scores of the batch."""
    y = np.asarray(jax.jit(lambda trainable, batch: call(model, trainable, batch))(values(model), x))
    return {"output": y, "score": ((y - x) ** 2).mean(axis=(1, 2))}


def adam(model, x):
    """Ten steps; the losses before each."""
    step, optimizer, losses = loss_and_gradient(model), keras.optimizers.Adam(), []
    for _ in range(10):
        loss, grads = step(values(model), x)
        losses.append(float(loss))
        optimizer.apply(grads, model.trainable_variables)
    return np.array(losses)


def network_case(name, steps, features, windows, text, seed, full):
    compute_in("float64")
    rng = np.random.default_rng(seed)
    model = exact(build(text, steps, features))
    random_weights(model, rng)
    names = weight_names(model)
    shape = (windows, steps, features)
    x = (rng.random(shape) if "sigmoid" in text else rng.standard_normal(shape)).astype(np.float32)
    tensors = dict(zip(names, [w.astype(np.float32) for w in model.get_weights()])) | {"input": x}
    x = x.astype(np.float64)
    loss, grads = loss_and_gradient(model)(values(model), x)
    tensors |= forward(model, x) | {"loss": np.array([float(loss)])}
    stored = np.float64 if full else np.float32
    tensors |= {f"gradient.{n}": np.asarray(g, dtype=stored) for n, g in zip(names, grads)}
    if full:
        tensors["adam.loss"] = adam(model, x)
        tensors |= {f"adam.{n}": w for n, w in zip(names, model.get_weights())}
    save(name, tensors, layers=text, steps=str(steps), features=str(features), computed="float64")


def in_float64(model):
    """The same network with the same weights, computing in float64."""
    config = json.loads(json.dumps(model.get_config()).replace('"float32"', '"float64"'))
    double = type(model).from_config(config)
    double.set_weights(model.get_weights())
    return exact(double)


def small_weights(model):
    """Weights by our names, which do not count layers that we drop."""
    tensors, i = {}, 0
    for layer in model.layers:
        if isinstance(layer, (L.Dropout, L.InputLayer)):
            continue
        weights = layer.get_weights()
        if isinstance(layer, L.LSTM) and not layer.use_bias:
            weights.append(np.zeros(4 * layer.units, np.float32))
        kinds = TENSORS if isinstance(layer, L.LSTM) else TENSORS[::2]
        tensors |= {f"layers.{i}.{kind}": w for kind, w in zip(kinds, weights)}
        i += 1
    return tensors


def small_models():
    compute_in("float32")
    rng = np.random.default_rng(5)
    small = keras.Sequential([
        L.Input((5, 3)),
        L.LSTM(7, activation="relu", return_sequences=True),
        L.Dropout(0.2),
        L.LSTM(4, activation="relu"),
        L.RepeatVector(5),
        L.LSTM(4, activation="relu", return_sequences=True),
        L.LSTM(7, activation="relu", return_sequences=True),
        L.TimeDistributed(L.Dense(3)),
    ])
    x = L.Input((4, 2), name="window")
    y = L.LSTM(6, name="second", use_bias=False, return_sequences=True)(x)
    y = L.LSTM(3, name="first", dropout=0.1, recurrent_dropout=0.1)(y)
    y = L.RepeatVector(4, name="copies")(y)
    y = L.LSTM(6, name="lstm", return_sequences=True)(y)
    functional = keras.Model(x, L.Dense(2, activation="sigmoid", name="out")(y))
    basic = keras.Sequential([
        L.Input((5, 4)),
        L.LSTM(3),
        L.RepeatVector(5),
        L.LSTM(3, return_sequences=True),
        L.TimeDistributed(L.Dense(4)),
    ])
    texts = {
        "small_model": (small, "lstm:7:relu,lstm:4:relu,repeat:5,lstm:4:relu,lstm:7:relu,dense:3"),
        "functional_model": (functional, "lstm:6,lstm:3,repeat:4,lstm:6,dense:2:sigmoid"),
        "basic_model": (basic, "lstm:3,repeat:5,lstm:3,dense:4"),
    }
    for name, (model, text) in texts.items():
        weights = [(rng.standard_normal(v.shape) * (np.sqrt(2 / sum(v.shape)) if len(v.shape) == 2 else 0.1))
                   for v in model.trainable_variables]
        for v, w in zip(model.trainable_variables, weights):
            v.assign(w)
        model.save(HERE / f"{name}.keras")
        steps, features = model.input_shape[1:]
        x32 = rng.random((9, steps, features)).astype(np.float32)
        single = forward(model, x32)
        double = forward(in_float64(model), x32.astype(np.float64))
        assert single["output"].dtype == np.float32 and double["output"].dtype == np.float64
        single = {"input": x32, "output32": single["output"], "score32": single["score"]}
        save(name, small_weights(model) | single | double,
             layers=text, steps=str(steps), features=str(features), computed="float64 and float32")
    gru = keras.Sequential([L.Input((5, 3)), L.LSTM(4), L.RepeatVector(5), L.GRU(4, return_sequences=True), L.Dense(3)])
    gru.save(HERE / "unsupported_model.keras")


def seed_scores(folder):
    compute_in("float32")
    columns = ("orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes")
    with open(folder / "mock_traffic.csv", newline="") as f:
        rows = np.array([[float(row[c]) for c in columns] for row in csv.DictReader(f) if row["ts"]])
    center, scale = rows.mean(axis=0), rows.std(axis=0)
    scaled = ((rows - center) / scale).astype(np.float32)
    windows = np.stack([scaled[i : i + 10] for i in range(len(scaled) - 9)])
    model = keras.models.load_model(folder / "lstm_model.keras", compile=False)
    single = forward(model, windows)["score"]
    double = forward(in_float64(model), windows.astype(np.float64))["score"]
    assert single.dtype == np.float32 and double.dtype == np.float64
    print("seed:", len(rows), "rows", len(windows), "windows; float32 against float64, largest relative difference",
          np.max(np.abs(single - double) / double))
    save("seed_scores", {"center": center, "scale": scale, "score": double, "score32": single},
         layers=REFERENCE.format(":relu"), steps="10", features="4", computed="float64 and float32")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed-data", type=pathlib.Path)
    args = parser.parse_args()
    for seed, (name, (steps, features, windows, text)) in enumerate(CASES.items(), start=100):
        network_case(name, steps, features, windows, text, seed, full=True)
    for seed, act in ((200, ""), (201, ":relu")):
        network_case(f"reference_{act[1:] or 'tanh'}", 10, 4, 33, REFERENCE.format(act), seed, full=False)
    small_models()
    if args.seed_data:
        seed_scores(args.seed_data)


if __name__ == "__main__":
    main()

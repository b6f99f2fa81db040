"""keras_peer: Keras 3 on TensorFlow (PyPI's tensorflow-cpu) as a contestant; see ../bench.py for the protocol."""

import functools
import os
import sys

import contest


def network(keras, act, unroll=False):
    """The reference network: (10,4) -> LSTM 50 -> LSTM 20 -> repeat 10 -> LSTM 20 -> LSTM 50 -> Dense 4."""
    layers = keras.layers
    lstm = functools.partial(layers.LSTM, activation=act, unroll=unroll)
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            layers.Input((contest.STEPS, contest.FEATURES)),
            lstm(50, return_sequences=True),
            lstm(20),
            layers.RepeatVector(contest.STEPS),
            lstm(20, return_sequences=True),
            lstm(50, return_sequences=True),
            layers.TimeDistributed(layers.Dense(contest.FEATURES)),
        ]
    )


def dense_autoencoder(keras):
    layers = keras.layers
    keras.utils.set_random_seed(1)
    return keras.Sequential(
        [
            layers.Input((contest.COLUMNS,)),
            layers.Dense(12, "relu"),
            layers.Dense(6, "relu"),
            layers.Dense(12, "relu"),
            layers.Dense(contest.COLUMNS, "sigmoid"),
        ]
    )


def scorer(tf, model, batch, xla):
    """One call compiled by tf.function: reconstruction and mean squared error of each window."""
    x = tf.constant(0.5 * tf.random.stateless_normal((batch, contest.STEPS, contest.FEATURES), (1, 2)))

    @tf.function(jit_compile=xla, input_signature=[tf.TensorSpec(x.shape, tf.float32)])
    def scores(x):
        return tf.reduce_mean(tf.square(model(x, training=False) - x), (1, 2))

    return lambda: scores(x).numpy(), batch


def fitter(model, data, batch, xla, whole):
    """One epoch by Model.fit; whole: all its steps in one call of the compiled function."""
    steps = -(-len(data) // batch)
    model.compile("adam", "mse", jit_compile=xla, steps_per_execution=steps if whole else 1)
    epochs = 4  # fit() itself takes a moment to start
    return lambda: model.fit(data, data, batch_size=batch, epochs=epochs, shuffle=False, verbose=0), epochs


XLA = {"XLA off": False, "XLA on": True}
WAYS = {"XLA off": (False, False), "XLA on": (True, False), "XLA on, unrolled": (True, True)}  # (XLA, unrolled)
STEPS_PER_CALL = {"step by step": False, "epoch by epoch": True}


def best_of(args, tf, keras):
    if args.task in ("score", "latency"):
        model = {unroll: network(keras, args.act, unroll) for unroll in (False, True)}
        first = contest.Batch(256 if args.task == "score" else 1)

        def score(way, batch):
            xla, unroll = WAYS[way]
            return scorer(tf, model[unroll], batch, xla)

        way, _, _, seen = contest.fastest(WAYS, lambda w: score(w, first))
        sizes = contest.BATCHES if args.task == "score" else (first,)
        best = contest.fastest(sizes, lambda b: score(way, b))
        return (way, best[0]), *best[1:3], f"{best[3]}; at {first} {seen}"
    if args.task == "train":
        make, batch = (lambda: network(keras, args.act)), contest.TRAIN_BATCH
        data = 0.5 * tf.random.stateless_normal((contest.WINDOWS, contest.STEPS, contest.FEATURES), (1, 2)).numpy()
    else:
        make, batch = (lambda: dense_autoencoder(keras)), contest.DENSE_BATCH
        data = tf.random.stateless_uniform((contest.ROWS, contest.COLUMNS), (1, 2)).numpy()
    variants = [(x, s) for x in XLA for s in STEPS_PER_CALL]
    return contest.fastest(variants, lambda v: fitter(make(), data, batch, XLA[v[0]], STEPS_PER_CALL[v[1]]))


def main():
    args = contest.arguments()
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    try:
        import tensorflow as tf
        import keras
    except ImportError as e:
        contest.missing(f"Keras or TensorFlow for {sys.executable} ({e}): make bench-peers")
    tf.config.threading.set_intra_op_parallelism_threads(args.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    about = f"Keras {keras.__version__} TensorFlow {tf.__version__}, threads {args.threads}"
    best, items, step, seen = best_of(args, tf, keras)
    contest.serve(f"{about}, {contest.show(best)}; {seen}", step, items)


if __name__ == "__main__":
    main()

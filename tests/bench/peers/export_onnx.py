"""export_onnx: the reference network of torch_net.py as ONNX files for ort.js, with PyTorch's answers to check by.

  export_onnx.py DIR   writes DIR/tanh.onnx, DIR/relu.onnx (input x (N,10,4); outputs score (N), recon (N,10,4)),
                       DIR/nothing.onnx (one Identity: what a call costs in itself) and DIR/check-ACT.json

Needs Debian's python3-torch and python3-onnx. The LSTM operator is used as it is, not unrolled: opset 13.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

import torch_net

OPSET, IR_VERSION, CHECK_WINDOWS = 13, 8, 100
STEPS, FEATURES = 10, 4


def gates(w):
    """PyTorch's order of gates, i f g o, to that of ONNX: i o f c. w has 4H rows."""
    i, f, g, o = np.split(w.detach().numpy(), 4)
    return np.concatenate([i, o, f, g])[None]


class Graph:
    def __init__(self):
        self.nodes, self.constants = [], []

    def const(self, name, value):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind, inputs, outputs, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs[0]

    def lstm(self, k, lstm, act, x, last):
        """x (T,N,W) -> (T,N,H), or (1,N,H) when only the last step is wanted."""
        w = self.const(f"w{k}", gates(lstm.weight_ih_l0))
        r = self.const(f"r{k}", gates(lstm.weight_hh_l0))
        b = self.const(f"b{k}", np.concatenate([gates(lstm.bias_ih_l0), gates(lstm.bias_hh_l0)], 1))
        functions = ["Sigmoid", "Relu", "Relu"] if act == "relu" else ["Sigmoid", "Tanh", "Tanh"]
        outputs = ["", f"h{k}"] if last else [f"y{k}"]
        self.op("LSTM", [x, w, r, b], outputs, hidden_size=lstm.hidden_size, activations=functions)
        return f"h{k}" if last else self.op("Squeeze", [f"y{k}", "axis1"], [f"s{k}"])

    def save(self, path, inputs, outputs):
        shapes = {"x": ["N", STEPS, FEATURES], "recon": ["N", STEPS, FEATURES], "score": ["N"]}
        info = [
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, shapes[n]) for n in names]
            for names in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, path.stem, *info, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


def reference(net, act):
    g = Graph()
    g.const("axis1", np.array([1], np.int64))
    x = g.op("Transpose", ["x"], ["steps"], perm=[1, 0, 2])
    x = g.lstm(0, net.plain[0], act, x, False)
    x = g.lstm(1, net.plain[1], act, x, True)
    x = g.op("Expand", [x, g.const("repeat", np.array([STEPS, 1, 1], np.int64))], ["repeated"])
    x = g.lstm(2, net.plain[2], act, x, False)
    x = g.lstm(3, net.plain[3], act, x, False)
    x = g.op("MatMul", [x, g.const("wd", net.dense.weight.detach().numpy().T)], ["product"])
    x = g.op("Add", [x, g.const("bd", net.dense.bias.detach().numpy())], ["sum"])
    g.op("Transpose", [x], ["recon"], perm=[1, 0, 2])
    g.op("Sub", ["recon", "x"], ["difference"])
    g.op("Mul", ["difference", "difference"], ["squared"])
    g.op("ReduceMean", ["squared"], ["score"], axes=[1, 2], keepdims=0)
    return g


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    x = torch_net.windows(CHECK_WINDOWS)
    for act, ways in torch_net.WAYS.items():
        net = torch_net.Reference(act, ways[0]).eval()
        reference(net, act).save(folder / f"{act}.onnx", ["x"], ["score", "recon"])
        with torch.no_grad():
            y = net(x)
        check = {"x": x, "recon": y, "score": torch_net.scores(x, y)}
        (folder / f"check-{act}.json").write_text(
            json.dumps({k: v.flatten().tolist() for k, v in check.items()}), encoding="ascii"
        )
    nothing = Graph()
    nothing.op("Identity", ["x"], ["recon"])
    nothing.save(folder / "nothing.onnx", ["x"], ["recon"])


if __name__ == "__main__":
    main()

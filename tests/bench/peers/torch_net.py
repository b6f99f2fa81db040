"""torch_net: the reference network in PyTorch: (10,4) -> LSTM 50, LSTM 20, repeat 10, LSTM 20, LSTM 50, Dense 4.

Two ways to run an LSTM: torch.nn.LSTM, which knows tanh only, and a loop compiled by torch.jit.script, which relu needs
and which is about as fast for tanh. Both take their weights from the same seed.
"""

import torch
from torch import nn

SIZES = ((4, 50), (50, 20), (20, 20), (20, 50))  # (width, units) of each LSTM
WAYS = {"tanh": ("nn.LSTM", "script"), "relu": ("script",)}


class Plain(nn.Module):
    def __init__(self, lstm):
        super().__init__()
        self.lstm = lstm

    def forward(self, x):
        return self.lstm(x)[0]


class Loop(nn.Module):
    """The input's product for all steps at once, then step by step; gate order i, f, g, o, as nn.LSTM."""

    def __init__(self, lstm, relu):
        super().__init__()
        self.w = nn.Parameter(lstm.weight_ih_l0.detach().clone())
        self.r = nn.Parameter(lstm.weight_hh_l0.detach().clone())
        self.b = nn.Parameter((lstm.bias_ih_l0 + lstm.bias_hh_l0).detach())
        self.relu: bool = relu

    def act(self, x):
        return torch.relu(x) if self.relu else torch.tanh(x)

    def forward(self, x):
        n = self.r.shape[1]
        z = nn.functional.linear(x.transpose(0, 1), self.w, self.b)  # (T,B,4H)
        h = torch.zeros([x.shape[0], n])
        c = torch.zeros([x.shape[0], n])
        out = []
        for t in range(z.shape[0]):
            a = torch.addmm(z[t], h, self.r.t())
            i, f = torch.sigmoid(a[:, : 2 * n]).chunk(2, 1)
            c = f * c + i * self.act(a[:, 2 * n : 3 * n])
            h = torch.sigmoid(a[:, 3 * n :]) * self.act(c)
            out.append(h)
        return torch.stack(out, 1)


class Reference(nn.Module):
    def __init__(self, act, way):
        super().__init__()
        torch.manual_seed(1)
        self.plain = [nn.LSTM(w, n, batch_first=True) for w, n in SIZES]  # a list: not among the parameters
        self.dense = nn.Linear(50, 4)
        run = [Plain(p) if way == "nn.LSTM" else torch.jit.script(Loop(p, act == "relu")) for p in self.plain]
        self.lstm = nn.ModuleList(run)

    def forward(self, x):
        code = self.lstm[1](self.lstm[0](x))[:, -1:]
        return self.dense(self.lstm[3](self.lstm[2](code.expand(-1, x.shape[1], -1))))


def dense_autoencoder(columns):
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Linear(columns, 12),
        nn.ReLU(),
        nn.Linear(12, 6),
        nn.ReLU(),
        nn.Linear(6, 12),
        nn.ReLU(),
        nn.Linear(12, columns),
        nn.Sigmoid(),
    )


def windows(n, steps=10, features=4):
    return 0.5 * torch.randn(n, steps, features, generator=torch.Generator().manual_seed(2))


def scores(x, y):
    return ((y - x) ** 2).mean((1, 2))

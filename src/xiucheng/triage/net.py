"""The second opinion (第二意见): small nets over what messages have in common, for models with many lessons.

A message's vector is reduced to a few hundred directions in which lessons differ (latent semantic analysis); a few nets of one
hidden layer, each begun differently, read them and their opinions are averaged. They err on other messages than the linear model
does, so that both together are right more often.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from xiucheng.triage.lens import Vector
from xiucheng.triage.text import Values, unit

STRETCH: Final = 4.0
LEAST: Final = 1e-4
FIELDS: Final = ("columns", "directions", "inner", "inner_bias", "outer", "outer_bias")


@dataclass(frozen=True, slots=True)
class Net:
    """`directions` is (columns, directions); `inner` (nets, directions, hidden) and `outer` (nets, hidden, classes) are the layers."""

    columns: NDArray[np.int64]
    directions: NDArray[np.float16]
    inner: Values
    inner_bias: Values
    outer: Values
    outer_bias: Values

    def reads(self, vector: Vector) -> Values:
        """The logarithm of each class's chance, the mean of all nets."""
        places, weights = vector
        spots = np.searchsorted(self.columns, places)
        spots[spots == len(self.columns)] = 0
        known = self.columns[spots] == places
        seen = unit(weights[known] @ self.directions[spots[known]].astype(np.float32)) * np.float32(STRETCH)
        hidden = np.maximum(seen @ self.inner + self.inner_bias, 0.0)
        margins = np.einsum("nh,nhc->nc", hidden, self.outer) + self.outer_bias
        chances = np.exp(margins - margins.max(axis=1, keepdims=True))
        found: Values = np.log(chances / chances.sum(axis=1, keepdims=True) + LEAST).mean(axis=0).astype(np.float32)
        return found

    def parts(self) -> dict[str, NDArray[Any]]:
        """Its arrays by name, to be stored."""
        return {f"net_{name}": getattr(self, name) for name in FIELDS}


def from_parts(parts: Any) -> Net | None:
    """The net from what `parts` gave; None where the model has none."""
    return Net(*(parts[f"net_{name}"] for name in FIELDS)) if "net_columns" in parts else None


def study(rows: Any, codes: NDArray[Any], worth: Values, seed: int) -> Net:
    """Learn from `rows` (sparse, one lesson each, of length one) with their classes; `worth` chooses the columns to look at."""
    from sklearn.decomposition import TruncatedSVD

    columns = np.sort(np.argsort(-worth)[:COLUMNS])
    reducer = TruncatedSVD(DIRECTIONS, n_iter=2, random_state=seed)
    seen = reducer.fit_transform(rows[:, columns])
    seen *= STRETCH / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-9)
    layers = [_layers(seen, codes, seed + n) for n in range(NETS)]
    return Net(
        columns.astype(np.int64),
        reducer.components_.T.astype(np.float16),
        *(np.stack(part).astype(np.float32) for part in zip(*layers, strict=True)),
    )


def _layers(seen: Any, codes: NDArray[Any], seed: int) -> tuple[Any, Any, Any, Any]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    machine = MLPClassifier((HIDDEN,), alpha=1e-3, max_iter=ROUNDS, random_state=seed, batch_size=64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the rounds are counted: more would learn by heart
        machine.fit(seen, codes)
    (inner, outer), (inner_bias, outer_bias) = machine.coefs_, machine.intercepts_
    if outer.shape[1] == 1:
        outer, outer_bias = np.hstack([-outer / 2, outer / 2]), np.hstack([-outer_bias / 2, outer_bias / 2])
    return inner, inner_bias, outer, outer_bias


COLUMNS: Final = 40_000
DIRECTIONS: Final = 300
HIDDEN: Final = 256
ROUNDS: Final = 12
NETS: Final = 4

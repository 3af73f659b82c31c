"""The likelihood of a factor model as a function of its free parameters, and its minimum.

In units of its own: items less the first group's means, over the SD within groups. Mixed scales and large
codes then lose no digits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relsurvey.analysis.models.cfa_model import Estimates, Layout, Sample, Structure, triangle

if TYPE_CHECKING:
    import numpy as np

# Steps a start may take; the squared distance to the optimum, in standard errors of one answer, that ends it.
_STEPS, _NEAR = 100, 1e-17
# Standardised loadings beyond this run away: the likelihood rises for ever and has no maximum.
_RUNAWAY = 4.0


@dataclass(frozen=True)
class Point:
    """Values of the free parameters, and what each group's moments come to there."""

    x: np.ndarray
    value: float
    discrepancy: list[float]
    pieces: Sequence[tuple[np.ndarray, ...]]


@dataclass(frozen=True)
class Slope:
    """Derivatives of half the discrepancy, and each group's own information."""

    gradient: np.ndarray
    curvature: np.ndarray
    information: np.ndarray
    blocks: list[np.ndarray]


def halved(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the lower root of a positive definite matrix, and the root's inverse; None if it has none."""
    from scipy.linalg.lapack import dpotrf, dtrtri

    root, failed = dpotrf(matrix, lower=1)
    return None if failed else (root, dtrtri(root, lower=1)[0])


def _descent(matrix: np.ndarray, gradient: np.ndarray) -> np.ndarray | None:
    """Return the step that a positive definite matrix of second derivatives proposes; None if it is none."""
    import numpy as np
    from scipy.linalg.lapack import dposv

    diagonal = matrix.diagonal()
    if not (diagonal > 0).all():
        return None
    scale = 1 / np.sqrt(diagonal)
    _, step, failed = dposv(matrix * np.outer(scale, scale), scale * gradient)
    return None if failed or not np.isfinite(step).all() else scale * step


class Problem:
    """The discrepancy of a model as a function of its free parameters, in the engine's units."""

    def __init__(self, structure: Structure, samples: Sequence[Sample], layout: Layout) -> None:
        import numpy as np

        self.layout = layout
        self.p, self.m = len(structure.items), len(structure.factors)
        self.owner = np.array(structure.owner)
        self.places = np.arange(self.p)
        self.lower = triangle(self.m)
        n = np.array([sample.n for sample in samples], dtype=float)
        self.weights = n / n.sum()
        self.pooled = sum(w * s.covariance for w, s in zip(self.weights, samples, strict=True))
        self.sd = np.sqrt(np.diag(self.pooled))
        self.pooled = self.pooled / np.outer(self.sd, self.sd)
        self.origin = samples[0].mean
        self.covariances = [s.covariance / np.outer(self.sd, self.sd) for s in samples]
        self.means = [(s.mean - self.origin) / self.sd for s in samples]
        self.saturated = [np.linalg.slogdet(c)[1] + self.p for c in self.covariances]
        self.free = [row >= 0 for row in layout.index]
        self.halves = np.where(self.lower[0] == self.lower[1], 0.5, 1.0)
        self.places_of = [row[row >= 0] for row in layout.index]
        self.squares = [
            (np.ix_(place, place), np.ix_(free, free))
            for place, free in zip(self.places_of, self.free, strict=True)
        ]
        self.factor_of = np.concatenate([np.ones(self.p), np.full(self.p, 0.5), self.halves])
        self.products = np.outer(self.factor_of, self.factor_of)
        self.eye = np.eye(self.p)
        self.is_first = np.equal.outer(self.owner, self.lower[0])
        self.is_second = np.equal.outer(self.owner, self.lower[1])

    def full(self, x: np.ndarray) -> np.ndarray:
        """Return every group's parameters, the fixed ones too."""
        import numpy as np

        index = self.layout.index
        result: np.ndarray = np.where(index >= 0, x[index], self.layout.fixed)
        return result

    def parts(self, row: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return a group's λ, θ, Φ, ν, α from its parameters; ν and α empty without modelled means."""
        import numpy as np

        p, m = self.p, self.m
        end = 2 * p + len(self.halves)
        phi = np.empty((m, m))
        phi[self.lower] = row[2 * p : end]
        phi[self.lower[::-1]] = row[2 * p : end]
        return row[:p], row[p : 2 * p], phi, row[end : end + p], row[end + p :]

    def value(self, x: np.ndarray) -> Point | None:
        """Return the discrepancy; None where a covariance matrix is not positive definite."""
        import numpy as np

        found: list[float] = []
        pieces: list[tuple[np.ndarray, ...]] = []
        for g, row in enumerate(self.full(x)):
            loading, residual, phi, intercept, mean = self.parts(row)
            loadings = np.zeros((self.p, self.m))
            loadings[self.places, self.owner] = loading
            carried = loadings @ phi
            sigma = carried @ loadings.T
            sigma[self.places, self.places] += residual
            roots = halved(sigma)
            if roots is None:
                return None
            root, back = roots
            inverse = back.T @ back
            observed = self.covariances[g]
            off = mean[:0]
            if self.layout.means:
                off = self.means[g] - intercept - loadings @ mean
                observed = observed + np.outer(off, off)
            weighted = inverse @ observed
            f = 2 * np.log(root[self.places, self.places]).sum() + weighted.trace() - self.saturated[g]
            found.append(float(f))
            pieces.append((loadings, phi, carried, inverse, weighted, off, mean))
        total = float(self.weights @ np.array(found))
        return Point(x, total, found, pieces) if math.isfinite(total) else None

    def slope(self, point: Point) -> Slope:
        """Return the derivatives of half the discrepancy, the second ones exact and as expected.

        Notes
        -----
        Every derivative of Σ is c(uv' + vu'), so all traces are products of u'Wu, u'Wv and v'Wv, where W is
        Σ⁻¹ or Σ⁻¹SΣ⁻¹.
        """
        import numpy as np

        size = self.layout.size
        gradient, curvature, information = np.zeros(size), np.zeros((size, size)), np.zeros((size, size))
        blocks = []
        for g, piece in enumerate(point.pieces):
            free, place = self.free[g], self.places_of[g]
            half, bend, block = self._slope_of(*piece)
            blocks.append(block)
            square, inner = self.squares[g]
            gradient[place] += self.weights[g] * half[free]
            curvature[square] += self.weights[g] * bend[inner]
            information[square] += self.weights[g] * block[inner]
        return Slope(gradient, curvature, information, blocks)

    def _slope_of(
        self,
        loadings: np.ndarray,
        phi: np.ndarray,
        carried: np.ndarray,
        inverse: np.ndarray,
        weighted: np.ndarray,
        off: np.ndarray,
        mean: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return one group's gradient, second derivatives and expected information."""
        import numpy as np

        p, c = self.p, self.factor_of
        first, second = self.lower
        u = np.concatenate((self.eye, self.eye, loadings[:, first]), axis=1)
        v = np.concatenate((carried[:, self.owner], self.eye, loadings[:, second]), axis=1)
        seen = weighted @ inverse
        ut, vt, iv, sv = u.T, v.T, inverse @ v, seen @ v
        uv, uu, vv, suv = ut @ iv, ut @ inverse @ u, vt @ iv, ut @ sv
        block = self.products * (uv * uv.T + uu * vv)
        half = c * (uv.diagonal() - suv.diagonal())
        crossed = suv.T * uv
        bend = self.products * (crossed + crossed.T + (vt @ sv) * uu + (ut @ seen @ u) * vv) - block
        # What Σ bends by: loadings with loadings, and with the factors' covariances.
        rest = inverse - seen
        bend[:p, :p] += rest * phi[np.ix_(self.owner, self.owner)]
        pulled = rest @ loadings
        joint = self.halves * (self.is_first * pulled[:, second] + self.is_second * pulled[:, first])
        bend[:p, 2 * p : len(c)] += joint
        bend[2 * p : len(c), :p] += joint.T
        if not self.layout.means:
            return half, bend, block
        k = len(c)
        moved = np.concatenate(
            (self.eye * mean[self.owner], np.zeros((p, k - p)), self.eye, loadings), axis=1
        )
        im, pull = inverse @ moved, inverse @ off
        whole, curve = moved.T @ im, np.zeros((moved.shape[1], moved.shape[1]))
        shifted = c[:, None] * ((pull @ u)[:, None] * (vt @ im) + (pull @ v)[:, None] * (ut @ im))
        curve[:k] += shifted
        curve[:, :k] += shifted.T
        rows = np.arange(p)
        curve[rows, k + p + self.owner] -= pull
        curve[k + p + self.owner, rows] -= pull
        curve += whole
        curve[:k, :k] += bend
        whole[:k, :k] += block
        return np.concatenate((half, np.zeros(p + self.m))) - im.T @ off, curve, whole

    def minimise(self, start: np.ndarray) -> tuple[Point, Slope] | None:
        """Return the minimum reached from a start, and the derivatives there; None where none was reached."""
        import numpy as np

        point = self.value(start)
        loadings = self.layout.index[:, : self.p]
        for _ in range(_STEPS):
            if point is None or np.abs(point.x[loadings]).max() > _RUNAWAY:
                return None
            slope = self.slope(point)
            # The exact second derivatives where they point down, else the expected ones, else those held up.
            step = _descent(slope.curvature, slope.gradient)
            if step is None:
                step = _descent(slope.information, slope.gradient)
            if step is None:
                held = slope.information + np.diag(1e-3 * slope.information.diagonal() + 1e-9)
                step = _descent(held, slope.gradient)
            if step is None:
                return None
            gain = float(slope.gradient @ step)
            if gain < _NEAR:
                return point, slope
            point = self._along(point, step, gain)
        return None

    def _along(self, point: Point, step: np.ndarray, gain: float) -> Point | None:
        """Take the step, or so many halves of it that the discrepancy falls."""
        reach = 1.0
        for _ in range(40):
            new = self.value(point.x - reach * step)
            # Near the minimum the fall is under rounding: 1e-13 of slack.
            if new is not None and new.value <= point.value - 1e-3 * reach * gain + 1e-13 * (
                1 + abs(point.value)
            ):
                return new
            reach /= 2
        return None

    def starts(self) -> Iterator[np.ndarray]:
        """Give three starting points: common factors of each scale, equal loadings, and random ones."""
        import numpy as np

        loading = np.empty(self.p)
        for f in range(self.m):
            mine = np.flatnonzero(self.owner == f)
            r = self.pooled[np.ix_(mine, mine)].copy()
            # 1 / (R⁻¹)_ii is an item's residual variance given the others of its scale.
            unique = (1 - 0.5 / len(mine)) / np.diag(np.linalg.inv(r))
            r[np.diag_indices(len(mine))] -= unique
            values, vectors = np.linalg.eigh(r)
            upward = math.copysign(math.sqrt(max(values[-1], 0.05)), vectors[:, -1].sum())
            loading[mine] = vectors[:, -1] * upward
        sign = np.where(loading < 0, -1.0, 1.0)
        yield self._start(np.clip(loading, -0.95, 0.95))
        yield self._start(0.5 * sign)
        yield self._start(np.random.default_rng(1).uniform(0.3, 0.9, self.p) * sign)

    def _start(self, loading: np.ndarray) -> np.ndarray:
        import numpy as np

        x = np.zeros(self.layout.size)
        loadings = np.zeros((self.p, self.m))
        loadings[self.places, self.owner] = loading
        length = (loadings**2).sum(axis=0)
        shared = loadings.T @ self.pooled @ loadings
        sd = np.sqrt(shared.diagonal())
        # The weighted sums' correlations drawn halfway to zero: positive definite whatever the data.
        phi = 0.5 * shared / np.outer(sd, sd) + 0.5 * np.eye(self.m)
        for g, covariance in enumerate(self.covariances):
            variance = np.diag(covariance)
            residual = np.clip(variance - loading**2, 0.1 * variance, None)
            parts = [loading, residual, phi[self.lower]]
            if self.layout.means:
                intercept = self.means[0]
                parts += [intercept, loadings.T @ (self.means[g] - intercept) / length]
            free = self.free[g]
            x[self.layout.index[g][free]] = np.concatenate(parts)[free]
        return x

    def turned(self, x: np.ndarray) -> np.ndarray:
        """Return the same solution with every factor pointing where its loadings sum to more than zero."""
        import numpy as np

        signs = np.ones_like(self.layout.fixed)
        for g, row in enumerate(self.full(x)):
            total = np.bincount(self.owner, weights=row[: self.p], minlength=self.m)
            turn = np.where(total < 0, -1.0, 1.0)
            end = 2 * self.p + len(self.halves)
            signs[g, : self.p] = turn[self.owner]
            signs[g, 2 * self.p : end] = turn[self.lower[0]] * turn[self.lower[1]]
            if self.layout.means:
                signs[g, end + self.p :] = turn
        result = x.copy()
        for g, free in enumerate(self.free):
            place = self.layout.index[g][free]
            result[place] = x[place] * signs[g][free]
        return result

    def units(self) -> np.ndarray:
        """Return what turns each parameter into the units of the items."""
        import numpy as np

        row = [self.sd, self.sd**2, np.ones(len(self.halves))]
        row += [self.sd, np.ones(self.m)] if self.layout.means else []
        return np.tile(np.concatenate(row), (len(self.covariances), 1))

    def estimates(self, point: Point) -> list[Estimates]:
        """Return each group's solution in the units of the items."""
        import numpy as np

        found = []
        for g, row in enumerate(self.full(point.x)):
            loading, residual, phi, intercept, mean = self.parts(row)
            found.append(
                Estimates(
                    loading * self.sd,
                    residual * self.sd**2,
                    self.origin + self.sd * (intercept if self.layout.means else self.means[g]),
                    phi,
                    mean if self.layout.means else np.zeros(self.m),
                )
            )
        return found

"""Predictions for rows of data: expected outcomes, forecasts, and their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from hlm_teach._shared.arrays import Array

from .frame import ModelFrame
from .new_rows import design_for, known_labels
from .protocols import Engine
from .residuals import StructuredResiduals


def predictions(
    frame: ModelFrame,
    engine: Engine,
    data: pd.DataFrame,
    *,
    known_groups: bool,
    memory: bool,
    interval: str | None,
    level: float,
) -> pd.Series | pd.DataFrame:
    """See `LmmResult.predict`."""
    x, z = design_for(frame, data)
    value = x @ engine.params
    if known_groups:
        known_labels(frame, data)
        value = value + engine.random_part(data, z)
    if memory:
        if not (_remembers(engine) and known_groups and interval != "mean"):
            raise ValueError(
                "memory=True forecasts single outcomes of known groups: it needs a fit with "
                "residual='ar1' or 'car1', known_groups=True, and interval None or 'new'"
            )
        added, variance = engine.forecast(x, z, data)  # type: ignore[attr-defined]
        value = value + added
    elif interval is not None:
        variance = engine.prediction_variance(x, z, data if known_groups else None)
        if interval == "new":
            variance = variance + engine.residual_variance(data)
    if interval is None:
        return pd.Series(value, index=data.index, name="prediction")
    return _with_interval(value, variance, level, data.index)


def _remembers(engine: Engine) -> bool:
    """Are residuals of a group correlated over time?"""
    return isinstance(engine, StructuredResiduals) and engine.phi is not None


def _with_interval(value: Array, variance: Array, level: float, index: pd.Index) -> pd.DataFrame:
    """Predictions with normal intervals."""
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(variance)
    columns = {"prediction": value, "lower": value - half, "upper": value + half}
    return pd.DataFrame(columns, index=index)

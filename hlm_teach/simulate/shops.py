"""The file of chapter 14's "On your own data": `chapters/shops.csv`, shops of a chain over the years.

It stands for a reader's own panel: a row a shop and year, with gaps and with shops that open late or
close. It is simulated, so what is true of it is known: `TRUTH`.
``python -m hlm_teach.simulate.shops chapters/shops.csv`` writes it.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

TRUTH = {
    "ads": 0.10,  # elasticity of sales to advertising, within a shop
    "income": 0.40,  # elasticity of sales to the region's income
    "corr": 0.6,  # of a shop's own effect and its usual advertising
    "tau00": 0.16,  # variance of shops' own effects on log sales
    "region_year": 0.0025,  # variance of what a region's shops share in a year
    "sigma2": 0.01,
    "phi": 0.5,  # correlation of residuals of neighbouring years
}
YEARS = tuple(range(2015, 2024))
N_SHOPS, N_REGIONS = 72, 8
SEED = 1414


def simulate_shops() -> pd.DataFrame:
    """Yearly sales and advertising of shops in regions, as a chain's office would give them.

    Shops with a better site advertise more, which is what plain random effects assume away. Income
    belongs to a region and year. Some shops open after the first year, some close before the last.

    Returns
    -------
    DataFrame
        One row a shop and year: ``shop`` (integer id), ``region`` (1 to 8), ``year``, ``sales``
        (thousands of euros), ``ads`` (thousands of euros, with gaps), ``income`` (index of the
        region, 2015 = 100).

    >>> shops = simulate_shops()
    >>> shops["shop"].nunique(), list(shops.columns)
    (72, ['shop', 'region', 'year', 'sales', 'ads', 'income'])
    """
    rng, n = np.random.default_rng(SEED), len(YEARS)
    region = np.arange(N_SHOPS) % N_REGIONS
    growth = rng.normal(0.01, 0.03, (N_REGIONS, n)).cumsum(axis=1)
    income = growth - growth[:, :1]
    shared = np.sqrt(TRUTH["region_year"]) * rng.standard_normal((N_REGIONS, n))
    z = rng.standard_normal((2, N_SHOPS))
    u = np.sqrt(TRUTH["tau00"]) * (TRUTH["corr"] * z[0] + np.sqrt(1 - TRUTH["corr"] ** 2) * z[1])
    ads = 3.0 + 0.6 * z[0][:, None] + 0.25 * rng.standard_normal((N_SHOPS, n))
    sales = 6.5 + u[:, None] + TRUTH["ads"] * ads + _memory(rng, n)
    sales = sales + (TRUTH["income"] * income + shared)[region]
    first = np.where(rng.random(N_SHOPS) < 0.25, rng.integers(1, 5, N_SHOPS), 0)
    last = np.where(rng.random(N_SHOPS) < 0.2, rng.integers(5, n, N_SHOPS), n)
    place = np.arange(n)
    shop, year = np.nonzero((place >= first[:, None]) & (place < last[:, None]))
    gone = rng.random(len(shop)) < 0.03
    return pd.DataFrame(
        {
            "shop": 301 + shop,
            "region": 1 + region[shop],
            "year": np.array(YEARS)[year],
            "sales": np.exp(sales[shop, year]).round(1),
            "ads": np.where(gone, np.nan, np.exp(ads[shop, year]).round(1)),
            "income": (100 * np.exp(income[region[shop], year])).round(1),
        }
    )


def _memory(rng: np.random.Generator, n: int) -> np.ndarray:
    """Residuals, shops × years, whose neighbours correlate φ."""
    e = np.sqrt(TRUTH["sigma2"]) * rng.standard_normal((N_SHOPS, n))
    for t in range(1, n):
        e[:, t] = TRUTH["phi"] * e[:, t - 1] + np.sqrt(1 - TRUTH["phi"] ** 2) * e[:, t]
    return e


if __name__ == "__main__":
    simulate_shops().to_csv(Path(sys.argv[1]), index=False, lineterminator="\n")

"""The data of the cases: 25 groups of 8 rows, as a user has them."""

import numpy as np
import pandas as pd


def users_data(seed=5):
    rng = np.random.default_rng(seed)
    g, n = np.repeat(np.arange(25), 8), 200
    data = pd.DataFrame(
        {
            "g": g,
            "x": rng.normal(2, 1, n),
            "t": np.tile(np.arange(8), 25),
            "kind": rng.choice(list("abc"), n),
            "sex": rng.random(n) < 0.5,
            "w": np.repeat(rng.normal(size=25), 8),
        }
    )
    u = rng.normal(size=(25, 2)) * [1.0, 0.1]
    data["y"] = 1 + 0.6 * data.x + 0.3 * data.w + u[g, 0] + u[g, 1] * data.t
    data["y"] += rng.normal(size=n)
    return data

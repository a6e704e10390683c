"""Numbers that other software gave, stored with its versions, to be quoted beside our own.

`reference("kenward_roger")` and `reference("lme4")` read them. Nothing here is computed in
Python: each file says which program, in which version, gave its numbers, and how.
"""

import json
from importlib.resources import files

import pandas as pd

from hlm_teach._shared import guard
from hlm_teach._shared.guard import guarded

NAMES = ("kenward_roger", "lme4")


@guarded(name=guard.one_of(*NAMES))
def reference(name: str) -> pd.DataFrame:
    """Stored results of other software, one row a number or a few; ``attrs`` say where from.

    Parameters
    ----------
    name
        "kenward_roger": estimates, standard errors and degrees of freedom by Satterthwaite and
        by Kenward and Roger. "lme4": log-likelihoods of lme4's fits.

    Returns
    -------
    DataFrame
        ``attrs["made_with"]`` names program and versions, ``attrs["how"]`` the call.

    Raises
    ------
    ValueError
        For another name.

    >>> table = reference("kenward_roger")
    >>> table.attrs["made_with"]
    'R 4.2.2, lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2 (Debian 12)'
    >>> table.loc[table["data"] == "dyestuff2", "df_kenward_roger"].item()
    5.0
    """
    stored = json.loads((files(__package__) / f"{name}.json").read_text(encoding="utf-8"))
    table = pd.DataFrame(stored["rows"])
    table.attrs |= {"made_with": stored["made_with"], "how": stored["how"]}
    return table

"""A variance with its interval, and what is taken for it; what two reports claim wrongly."""

import re

import numpy as np
import pandas as pd

from hlm_teach.feedback.kinds.base import Numbers
from hlm_teach.feedback.reading import asserts
from hlm_teach.lmm.fit import fit_lmm


def variances(data: pd.DataFrame, outcome: str, group: str) -> Numbers:
    """Estimates and intervals of τ_00, and what is taken for them."""
    fit, ml = (fit_lmm(f"{outcome} ~ 1", data, groups=group, reml=reml) for reml in (True, False))
    tau00 = fit.vcomp.iloc[0]
    printed = 1.96 * float(fit.statsmodels.bse.iloc[-1] * np.sqrt(fit.sigma2))
    sd_low, sd_high = fit.profile_intervals.loc["sd(Intercept)"]
    rest_low, rest_high = fit.profile_intervals.loc["sd(residual)"] ** 2
    return {
        "reml": tau00,
        "ml": ml.vcomp.iloc[0],
        "sd": np.sqrt(tau00),
        "low": sd_low**2,
        "high": sd_high**2,
        "sd_low": sd_low,
        "sd_high": sd_high,
        "printed_low": tau00 - printed,
        "printed_high": tau00 + printed,
        "rest_low": rest_low,
        "rest_high": rest_high,
        "groups": fit.n_groups,
        "means": data.groupby(group)[outcome].mean().var(),
    }


def claims_alike(text: str) -> bool:
    """Tell whether a report takes a small estimate for a proof that groups don't differ."""
    text = re.sub(
        r"(?i)estimate\w*( \w+){0,3} that[^,.;]*|that [^,.;]*(can ?not|can't) be \w+|"
        r"alike in size",
        "",
        text,
    )  # estimated isn't claimed
    groups = r"\b(sectors?|batch(es)?|hospitals?|schools?|groups?)"
    return asserts(
        text,
        rf"{groups} (do|does|did)( not|n't)( (?!significant)\w+){{0,2}} "
        rf"(differ|matter|vary)(?! significant)|"
        rf"{groups} (are|were) (all |therefore |thus |hence )?(alike|the same|identical|equal|"
        r"homogeneous)|\b(un|not )related to|(do|does)( not|n't) depend on|"
        r"(is|are|was|were) (all )?the same (in|across|for) (all|every|each|the)|"
        r"there (is|are|was|were|can be|could be) no (\w+ )?(difference|variation|variance)|"
        r"no (\w+ )?(effect|influence)|mak(e|es|ing) no difference|"
        r"\b(the same|equal) (mean |average )?(size|mean)s?\b|accept (the|H)|"
        rf"{groups} (are|is|were|play|plays) (\w+ )?(irrelevant|unimportant|no role)|"
        r"\bno (sector|batch|hospital|school|group) differs|\bnothing to do with|"
        r"\b(disproved|refuted|disproves|refutes)\b|\bmeans (that )?there (is|are) none\b|"
        r"\b(evidence|proof) (of|for|that) (the )?(equality|sectors|no difference|homogen)|"
        r"\brul(es?|ed|ing) out (any |all |real |true |the )*(difference|variation|spread)|"
        r"\bexclud(es?|ed|ing) (any |all |real |true )*(difference|variation)|"
        r"\b(differences?|variation)( between \w+)? (can|could|may) be (excluded|ruled out)|"
        r"\b(certain|proven|proves|sure|clear|evident) that (the )?(SD|variance|sectors|there is no)",
    )


def profiles_reml(text: str) -> bool:
    """Tell whether the profile interval is said to come from REML's deviance."""
    return asserts(
        text,
        r"profile([- ]likelihood)?( interval)?,? ((by|from|of|with|using) )?(the )?REML|"
        r"REML[- ](profile|deviance)",
    )

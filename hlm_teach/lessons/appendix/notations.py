"""Each model of the course in the words of ten programs.

``MODELS`` holds the calls. Those of lme4 and nlme were run and their log-likelihoods stored
(`records`); ours are compared with them in the tests, and statsmodels' where its search arrives.
The others follow their documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from hlm_teach.display.show import Bundle

NO = "no such model"


@dataclass(frozen=True)
class Model:
    """A model: its name, its data set, what it is for, and its call in each program."""

    name: str
    data: str
    purpose: str
    calls: dict[str, str]


def _spss(fixed: str, random: str, outcome: str = "math", more: str = "") -> str:
    covariates = f" WITH {fixed.replace('*', ' ')}" if fixed else ""
    return (
        f"MIXED {outcome}{covariates}\n  /FIXED={fixed} | SSTYPE(3)\n  /METHOD=REML\n"
        + "".join(f"  /RANDOM={part}\n" for part in random.split(";"))
        + f"{more}  /PRINT=SOLUTION."
    )


def _sas(fixed: str, random: str, data: str, outcome: str = "math", classes: str = "school") -> str:
    return (
        f"proc mixed data={data} method=reml;\n  class {classes};\n"
        f"  model {outcome} = {fixed} / solution ddfm=kr;\n"
        + "".join(f"  {part};\n" for part in random.split(";"))
        + "run;"
    )


MODELS = (
    Model(
        "null model",
        "hsb",
        "how much varies between groups",
        {
            "hlm_teach": 'fit_lmm("math ~ 1", hsb, "school")',
            "statsmodels": 'smf.mixedlm("math ~ 1", hsb, groups="school").fit()',
            "lme4": "lmer(math ~ 1 + (1 | school), hsb)",
            "nlme": "lme(math ~ 1, hsb, random = ~ 1 | school)",
            "MixedModels.jl": "fit(MixedModel, @formula(math ~ 1 + (1 | school)), hsb; REML = true)",
            "Stata": "mixed math || school:, reml",
            "SPSS": _spss("", "INTERCEPT | SUBJECT(school)"),
            "SAS": _sas("", "random intercept / subject=school", "hsb"),
            "HLM": "MATH = β0 + r\nβ0 = γ00 + u0",
            "Bambi": 'bmb.Model("math ~ 1 + (1|school)", hsb)',
        },
    ),
    Model(
        "random intercept, within and between",
        "hsb",
        "one effect within groups, another between them",
        {
            "hlm_teach": 'fit_lmm("math ~ ses_within + ses_mean", hsb, "school")',
            "statsmodels": 'smf.mixedlm("math ~ ses_within + ses_mean", hsb, groups="school").fit()',
            "lme4": "lmer(math ~ ses_within + ses_mean + (1 | school), hsb)",
            "nlme": "lme(math ~ ses_within + ses_mean, hsb, random = ~ 1 | school)",
            "MixedModels.jl": "fit(MixedModel, @formula(math ~ ses_within + ses_mean + (1 | school)), hsb; REML = true)",
            "Stata": "mixed math ses_within ses_mean || school:, reml",
            "SPSS": _spss("ses_within ses_mean", "INTERCEPT | SUBJECT(school)"),
            "SAS": _sas("ses_within ses_mean", "random intercept / subject=school", "hsb"),
            "HLM": "MATH = β0 + β1·(SES, group centred) + r\nβ0 = γ00 + γ01·(MEANSES) + u0\nβ1 = γ10",
            "Bambi": 'bmb.Model("math ~ ses_within + ses_mean + (1|school)", hsb)',
        },
    ),
    Model(
        "random slope, correlated with the intercept",
        "hsb",
        "an effect that differs between groups",
        {
            "hlm_teach": 'fit_lmm("math ~ ses_within", hsb, "school", "1 + ses_within")',
            "statsmodels": 'smf.mixedlm("math ~ ses_within", hsb, groups="school", re_formula="1 + ses_within").fit()',
            "lme4": "lmer(math ~ ses_within + (1 + ses_within | school), hsb)",
            "nlme": "lme(math ~ ses_within, hsb, random = ~ ses_within | school)",
            "MixedModels.jl": "fit(MixedModel, @formula(math ~ ses_within + (1 + ses_within | school)), hsb; REML = true)",
            "Stata": "mixed math ses_within || school: ses_within, covariance(unstructured) reml",
            "SPSS": _spss("ses_within", "INTERCEPT ses_within | SUBJECT(school) COVTYPE(UN)"),
            "SAS": _sas(
                "ses_within", "random intercept ses_within / subject=school type=un", "hsb"
            ),
            "HLM": "MATH = β0 + β1·(SES, group centred) + r\nβ0 = γ00 + u0\nβ1 = γ10 + u1",
            "Bambi": "no such model: its group effects are independent (next model)",
        },
    ),
    Model(
        "random slope, not correlated",
        "hsb",
        "a random part that the data can carry",
        {
            "hlm_teach": 'fit_lmm("math ~ ses_within", hsb, "school", "1 + ses_within", correlated=False)',
            "statsmodels": 'smf.mixedlm("math ~ ses_within", hsb, groups="school", re_formula="1 + ses_within").fit(free=MixedLMParams.from_components(np.ones(2), np.eye(2)))',
            "lme4": "lmer(math ~ ses_within + (1 + ses_within || school), hsb)",
            "nlme": "lme(math ~ ses_within, hsb, random = list(school = pdDiag(~ ses_within)))",
            "MixedModels.jl": "fit(MixedModel, @formula(math ~ ses_within + zerocorr(1 + ses_within | school)), hsb; REML = true)",
            "Stata": "mixed math ses_within || school: ses_within, reml",
            "SPSS": _spss("ses_within", "INTERCEPT ses_within | SUBJECT(school) COVTYPE(VC)"),
            "SAS": _sas("ses_within", "random intercept ses_within / subject=school", "hsb"),
            "HLM": "no such model: its Tau is full, or a random effect is left out",
            "Bambi": 'bmb.Model("math ~ ses_within + (1 + ses_within|school)", hsb)',
        },
    ),
    Model(
        "cross-level interaction",
        "hsb",
        "what goes with steeper slopes",
        {
            "hlm_teach": 'fit_lmm("math ~ ses_within * catholic", hsb, "school", "1 + ses_within")',
            "statsmodels": 'smf.mixedlm("math ~ ses_within * catholic", hsb, groups="school", re_formula="1 + ses_within").fit()',
            "lme4": "lmer(math ~ ses_within * catholic + (1 + ses_within | school), hsb)",
            "nlme": "lme(math ~ ses_within * catholic, hsb, random = ~ ses_within | school)",
            "MixedModels.jl": "fit(MixedModel, @formula(math ~ ses_within * catholic + (1 + ses_within | school)), hsb; REML = true)",
            "Stata": "mixed math c.ses_within##i.catholic || school: ses_within, covariance(unstructured) reml",
            "SPSS": _spss(
                "ses_within catholic ses_within*catholic",
                "INTERCEPT ses_within | SUBJECT(school) COVTYPE(UN)",
            ).replace("WITH ses_within catholic ses_within catholic", "WITH ses_within catholic"),
            "SAS": _sas(
                "ses_within catholic ses_within*catholic",
                "random intercept ses_within / subject=school type=un",
                "hsb",
            ),
            "HLM": "MATH = β0 + β1·(SES, group centred) + r\nβ0 = γ00 + γ01·(CATHOLIC) + u0\nβ1 = γ10 + γ11·(CATHOLIC) + u1",
            "Bambi": 'bmb.Model("math ~ ses_within * catholic + (1 + ses_within|school)", hsb), slopes independent',
        },
    ),
    Model(
        "two crossed groupings",
        "scotssec",
        "pupils of a primary and of a secondary school; persons and words",
        {
            "hlm_teach": 'fit_lmm("attain ~ verbal", scotssec, ["primary", "second"])',
            "statsmodels": 'smf.mixedlm("attain ~ verbal", scotssec, groups=np.ones(len(scotssec)), vc_formula={"primary": "0 + C(primary)", "second": "0 + C(second)"}).fit()',
            "lme4": "lmer(attain ~ verbal + (1 | primary) + (1 | second), scotssec)",
            "nlme": "scotssec$all <- 1\nlme(attain ~ verbal, scotssec, random = list(all = pdBlocked(list(\n  pdIdent(~ factor(primary) - 1), pdIdent(~ factor(second) - 1)))))",
            "MixedModels.jl": "fit(MixedModel, @formula(attain ~ verbal + (1 | primary) + (1 | second)), scotssec; REML = true)",
            "Stata": "mixed attain verbal || _all: R.second || primary:, reml",
            "SPSS": _spss(
                "verbal", "INTERCEPT | SUBJECT(primary);INTERCEPT | SUBJECT(second)", "attain"
            ),
            "SAS": _sas(
                "verbal",
                "random intercept / subject=primary;random intercept / subject=second",
                "scotssec",
                "attain",
                "primary second",
            ),
            "HLM": "its module for cross-classified data (HCM2)",
            "Bambi": 'bmb.Model("attain ~ verbal + (1|primary) + (1|second)", scotssec)',
        },
    ),
    Model(
        "three levels",
        "egsingle",
        "scores in children in schools",
        {
            "hlm_teach": 'fit_lmm("math ~ year", egsingle, ["school", "child"])',
            "statsmodels": 'smf.mixedlm("math ~ year", egsingle, groups="school", re_formula="1", vc_formula={"child": "0 + C(child)"}).fit()',
            "lme4": "lmer(math ~ year + (1 | school/child), egsingle)",
            "nlme": "lme(math ~ year, egsingle, random = ~ 1 | school/child)",
            "MixedModels.jl": "fit(MixedModel, @formula(math ~ year + (1 | school) + (1 | child)), egsingle; REML = true)",
            "Stata": "mixed math year || school: || child:, reml",
            "SPSS": _spss("year", "INTERCEPT | SUBJECT(school);INTERCEPT | SUBJECT(school*child)"),
            "SAS": _sas(
                "year",
                "random intercept / subject=school;random intercept / subject=child(school)",
                "egsingle",
                classes="school child",
            ),
            "HLM": "MATH = π0 + π1·(YEAR) + e\nπ0 = β00 + r0,  π1 = β10\nβ00 = γ000 + u00,  β10 = γ100",
            "Bambi": 'bmb.Model("math ~ year + (1|school) + (1|child)", egsingle)',
        },
    ),
    Model(
        "residuals that remember, AR(1)",
        "sleepstudy",
        "measurements in a row",
        {
            "hlm_teach": 'fit_lmm("Reaction ~ Days", sleepstudy, "Subject", residual="ar1", time="Days")',
            "statsmodels": NO,
            "lme4": NO,
            "nlme": "lme(Reaction ~ Days, sleepstudy, random = ~ 1 | Subject,\n  correlation = corAR1(form = ~ Days | Subject))",
            "MixedModels.jl": NO,
            "Stata": "mixed Reaction Days || Subject:, residuals(ar 1, t(Days)) reml",
            "SPSS": _spss(
                "Days",
                "INTERCEPT | SUBJECT(Subject)",
                "Reaction",
                "  /REPEATED=Days | SUBJECT(Subject) COVTYPE(AR1)\n",
            ),
            "SAS": _sas(
                "Days",
                "random intercept / subject=Subject;repeated / subject=Subject type=ar(1)",
                "sleepstudy",
                "Reaction",
                "Subject",
            ),
            "HLM": "not in its two-level module",
            "Bambi": NO,
        },
    ),
    Model(
        "two residual variances",
        "medpar",
        "those who died scatter more",
        {
            "hlm_teach": 'fit_lmm("los ~ died", medpar, "hospital", residual_sd="died")',
            "statsmodels": NO,
            "lme4": NO,
            "nlme": "lme(los ~ died, medpar, random = ~ 1 | hospital,\n  weights = varIdent(form = ~ 1 | died))",
            "MixedModels.jl": NO,
            "Stata": "mixed los died || hospital:, residuals(independent, by(died)) reml",
            "SPSS": "no direct call",
            "SAS": _sas(
                "died",
                "random intercept / subject=hospital;repeated / group=died",
                "medpar",
                "los",
                "hospital died",
            ),
            "HLM": "not checked",
            "Bambi": 'bmb.Model(bmb.Formula("los ~ died + (1|hospital)", "sigma ~ died"), medpar)',
        },
    ),
)


def notations(models: tuple[Model, ...] = MODELS) -> Bundle:
    """The models in every program's words, to be displayed: one folded box a model.

    Parameters
    ----------
    models : tuple of Model
        Which ones.

    Returns
    -------
    Bundle
        HTML whose boxes open by keyboard too, and the same as plain text.
    """
    plain = "\n\n".join(_plain(model) for model in models)
    return Bundle({"text/plain": plain, "text/html": "\n".join(_box(model) for model in models)})


def _plain(model: Model) -> str:
    lines = [f"{model.name} ({model.data}): {model.purpose}"]
    lines += [f"  {program}: {call}" for program, call in model.calls.items()]
    return "\n".join(lines)


def _box(model: Model) -> str:
    rows = "".join(
        f'<tr><th scope="row" style="text-align: left; vertical-align: top">{program}</th>'
        f'<td style="text-align: left"><pre style="white-space: pre-wrap; margin: 0">'
        f"{escape(call)}</pre></td></tr>"
        for program, call in model.calls.items()
    )
    return (
        f"<details><summary><b>{escape(model.name)}</b> (<code>{model.data}</code>): "
        f"{escape(model.purpose)}</summary><table>{rows}</table></details>"
    )

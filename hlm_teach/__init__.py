"""Helpers for a course on multilevel linear models: data, simulation, fits, figures and labs.

Everything a reader needs is importable from here, figures from ``hlm_teach.plots``. Names are
loaded when first used, so that ``import hlm_teach`` costs next to nothing and never starts a
plotting or widget library. The rooms, in the order in which data flow through them::

    _shared -> data, simulate -> lmm -> balanced, bayes, measures -> display -> labs, feedback
            -> lessons -> classroom
"""

from typing import TYPE_CHECKING

from hlm_teach._shared.lazy import lazy_names

__version__ = "0.1.0"

_HOME = {
    "data.datasets": ("data_catalog", "load_data"),
    "data.reference": ("reference",),
    "simulate.two_level": ("simulate_two_level",),
    "simulate.crossed": ("simulate_crossed",),
    "simulate.growth": ("simulate_growth", "simulate_memory"),
    "simulate.trial": ("simulate_trial",),
    "lmm.fit": ("fit_lmm",),
    "lmm.result": ("LmmResult",),
    "lmm.few_groups": ("few_groups_table",),
    "lmm.deviance_curve": ("deviance_over_theta",),
    "lmm.many": ("fit_many",),
    "lmm.sampling": ("sampling_distribution",),
    "lmm.bootstrap": ("bootstrap_statistics",),
    "lmm.likelihood_ratio": ("likelihood_ratio_test",),
    "lmm.compare": ("compare",),
    "lmm.variance_shares": ("variance_shares",),
    "lmm.joint_tests": ("JointTest",),
    "lmm.marginal_means": ("contrasts", "marginal_means"),
    "lmm.mixture": ("chi2_tail", "critical_value"),
    "lmm.bare_statsmodels": ("attempt",),
    "balanced.sums": ("balanced_sums", "draw_slope_sums", "draw_sums"),
    "balanced.likelihood": ("balanced_llf", "maximum", "untruncated"),
    "balanced.estimators": ("estimator_law", "estimator_table", "simulated_table"),
    "balanced.intervals": (
        "interval_coverage",
        "profile_limits",
        "variance_intervals",
        "wald_interval",
    ),
    "balanced.null_distributions": (
        "intercept_rejection",
        "intercept_statistic",
        "slope_statistic",
        "zero_share",
    ),
    "balanced.false_positives": ("ols_rejection_rate",),
    "balanced.model_search": ("forward_search", "slope_strategies"),
    "balanced.crossed_studies": (
        "crossed_df",
        "crossed_rejection_rate",
        "simulate_crossed_studies",
    ),
    "balanced.crossed_power": ("crossed_power", "simulate_crossed_power"),
    "balanced.power_studies": ("simulate_power_studies",),
    "balanced.variance_law": ("interval_factors",),
    "balanced.slope_or_memory": ("correlation_by_lag", "slope_or_memory"),
    "balanced.panel_law": ("panel_law",),
    "balanced.omitted_slope": ("omitted_slope_rate", "simulate_slope_studies"),
    "balanced.broken_assumptions": ("broken_rates",),
    "balanced.studies": ("lowest_icc", "simulate_studies"),
    "measures.hausman": ("hausman",),
    "measures.within_slopes": ("within_slopes",),
    "measures.icc": ("icc", "icc_interval", "vpc"),
    "measures.anova_icc": ("anova_icc",),
    "measures.design_effect": (
        "design_effect",
        "effective_sample_size",
        "moulton_factor",
        "predictor_icc",
    ),
    "measures.reliability": ("mean_reliability", "slope_reliability"),
    "measures.cluster_robust": ("cluster_robust",),
    "measures.permutation": ("permutation_test",),
    "measures.wild_bootstrap": ("wild_bootstrap",),
    "measures.shrinkage": ("break_even_u", "errors_given_u", "held_out_errors", "pool"),
    "measures.rankings": ("comparison_factor", "rank_table"),
    "measures.contextual": ("contextual_of_samples", "shrunken_context"),
    "measures.random_slopes": (
        "move_origin",
        "intercept_slope_correlation",
        "between_variance",
        "calmest_x",
        "slope_range",
        "share_negative",
        "group_lines",
        "draw_group_lines",
        "fits_by_origin",
    ),
    "measures.simple_slopes": ("simple_slopes",),
    "measures.lineup": ("line_up", "slope_spread"),
    "measures.residual_checks": ("level_residuals", "linearity_check", "qq_check", "spread_check"),
    "measures.simulated_band": ("simulated_band",),
    "measures.residual_lineup": ("residual_line_up",),
    "measures.influence": ("bootstrap_groups", "influence"),
    "measures.robust_se": ("robust_se",),
    "measures.autocorrelation": ("lag_one_correlation",),
    "measures.what_can_vary": ("what_can_vary",),
    "measures.principal_components": ("principal_components",),
    "measures.imputation": ("fill_in", "pooled_fit"),
    "measures.growth": ("arm_slopes", "growth_slopes", "observed_means"),
    "measures.power": ("effect_se", "groups_needed", "power"),
    "measures.budget": ("best_group_size", "budget_power", "budget_table"),
    "measures.plan_study": ("plan_study",),
    "measures.study_plan": ("StudyPlan",),
    "measures.try_analysis": ("try_analysis",),
    "measures.published_table": ("check_table", "groups_behind_se", "size_behind_se"),
    "bayes.priors": ("Prior", "sd_prior"),
    "bayes.posterior": ("GridPosterior",),
    "bayes.grid_posterior": ("balanced_posterior", "grid_posterior"),
    "bayes.known_errors": ("known_error_posterior",),
    "bayes.penalised": ("penalised_reml",),
    "bayes.calibration": ("posterior_calibration",),
    "bayes.beside_reml": ("beside_reml",),
    "bayes.sampler": ("compare_with_grid", "sampled_posterior"),
    "display.model_table": ("model_table",),
    "display.show": ("say", "show", "show_number"),
    "labs.predict": ("predict_first",),
    "lessons.ch01_independence.lab_independence": ("independence_lab",),
    "lessons.ch02_icc.lab_icc": ("icc_lab",),
    "lessons.ch03_random_intercepts.lab_endogeneity": ("endogeneity_lab",),
    "lessons.ch03_random_intercepts.lab_poolings": ("poolings_lab",),
    "lessons.ch04_random_slopes.lab_omitted_slope": ("omitted_slope_lab",),
    "lessons.ch04_random_slopes.lab_slopes": ("slopes_lab",),
    "lessons.ch05_estimation.lab_likelihood_surface": ("likelihood_surface_lab",),
    "lessons.ch06_model_comparison.lab_likelihood_ratio": ("likelihood_ratio_lab",),
    "lessons.ch07_crossed.lab_crossed": ("crossed_lab",),
    "lessons.ch08_sample_size.lab_power": ("power_lab",),
    "lessons.ch09_bayes.lab_prior": ("prior_lab",),
    "lessons.ch10_growth.lab_dropout": ("dropout_lab",),
    "lessons.ch10_growth.lab_slope_or_memory": ("slope_or_memory_lab",),
    "lessons.ch11_checking.lab_assumptions": ("assumptions_lab",),
    "lessons.ch12_schools.lab_table_detective": ("table_detective_lab",),
    "lessons.ch13_patients.lab_who_leaves": ("who_leaves_lab",),
    "lessons.ch14_firms.lab_panel": ("panel_lab",),
    "feedback.checking": ("check", "hint", "is_right"),
    "feedback.own_data": ("my_data",),
    "feedback.progress": ("progress",),
    "classroom.installation": ("check_installation",),
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOME)

if TYPE_CHECKING:  # what editors and type checkers see; written by classroom/names.py
    from hlm_teach.balanced.broken_assumptions import broken_rates as broken_rates
    from hlm_teach.balanced.crossed_power import crossed_power as crossed_power
    from hlm_teach.balanced.crossed_power import simulate_crossed_power as simulate_crossed_power
    from hlm_teach.balanced.crossed_studies import crossed_df as crossed_df
    from hlm_teach.balanced.crossed_studies import crossed_rejection_rate as crossed_rejection_rate
    from hlm_teach.balanced.crossed_studies import (
        simulate_crossed_studies as simulate_crossed_studies,
    )
    from hlm_teach.balanced.estimators import estimator_law as estimator_law
    from hlm_teach.balanced.estimators import estimator_table as estimator_table
    from hlm_teach.balanced.estimators import simulated_table as simulated_table
    from hlm_teach.balanced.false_positives import ols_rejection_rate as ols_rejection_rate
    from hlm_teach.balanced.intervals import interval_coverage as interval_coverage
    from hlm_teach.balanced.intervals import profile_limits as profile_limits
    from hlm_teach.balanced.intervals import variance_intervals as variance_intervals
    from hlm_teach.balanced.intervals import wald_interval as wald_interval
    from hlm_teach.balanced.likelihood import balanced_llf as balanced_llf
    from hlm_teach.balanced.likelihood import maximum as maximum
    from hlm_teach.balanced.likelihood import untruncated as untruncated
    from hlm_teach.balanced.model_search import forward_search as forward_search
    from hlm_teach.balanced.model_search import slope_strategies as slope_strategies
    from hlm_teach.balanced.null_distributions import intercept_rejection as intercept_rejection
    from hlm_teach.balanced.null_distributions import intercept_statistic as intercept_statistic
    from hlm_teach.balanced.null_distributions import slope_statistic as slope_statistic
    from hlm_teach.balanced.null_distributions import zero_share as zero_share
    from hlm_teach.balanced.omitted_slope import omitted_slope_rate as omitted_slope_rate
    from hlm_teach.balanced.omitted_slope import simulate_slope_studies as simulate_slope_studies
    from hlm_teach.balanced.panel_law import panel_law as panel_law
    from hlm_teach.balanced.power_studies import simulate_power_studies as simulate_power_studies
    from hlm_teach.balanced.slope_or_memory import correlation_by_lag as correlation_by_lag
    from hlm_teach.balanced.slope_or_memory import slope_or_memory as slope_or_memory
    from hlm_teach.balanced.studies import lowest_icc as lowest_icc
    from hlm_teach.balanced.studies import simulate_studies as simulate_studies
    from hlm_teach.balanced.sums import balanced_sums as balanced_sums
    from hlm_teach.balanced.sums import draw_slope_sums as draw_slope_sums
    from hlm_teach.balanced.sums import draw_sums as draw_sums
    from hlm_teach.balanced.variance_law import interval_factors as interval_factors
    from hlm_teach.bayes.beside_reml import beside_reml as beside_reml
    from hlm_teach.bayes.calibration import posterior_calibration as posterior_calibration
    from hlm_teach.bayes.grid_posterior import balanced_posterior as balanced_posterior
    from hlm_teach.bayes.grid_posterior import grid_posterior as grid_posterior
    from hlm_teach.bayes.known_errors import known_error_posterior as known_error_posterior
    from hlm_teach.bayes.penalised import penalised_reml as penalised_reml
    from hlm_teach.bayes.posterior import GridPosterior as GridPosterior
    from hlm_teach.bayes.priors import Prior as Prior
    from hlm_teach.bayes.priors import sd_prior as sd_prior
    from hlm_teach.bayes.sampler import compare_with_grid as compare_with_grid
    from hlm_teach.bayes.sampler import sampled_posterior as sampled_posterior
    from hlm_teach.classroom.installation import check_installation as check_installation
    from hlm_teach.data.datasets import data_catalog as data_catalog
    from hlm_teach.data.datasets import load_data as load_data
    from hlm_teach.data.reference import reference as reference
    from hlm_teach.display.model_table import model_table as model_table
    from hlm_teach.display.show import say as say
    from hlm_teach.display.show import show as show
    from hlm_teach.display.show import show_number as show_number
    from hlm_teach.feedback.checking import check as check
    from hlm_teach.feedback.checking import hint as hint
    from hlm_teach.feedback.checking import is_right as is_right
    from hlm_teach.feedback.own_data import my_data as my_data
    from hlm_teach.feedback.progress import progress as progress
    from hlm_teach.labs.predict import predict_first as predict_first
    from hlm_teach.lessons.ch01_independence.lab_independence import (
        independence_lab as independence_lab,
    )
    from hlm_teach.lessons.ch02_icc.lab_icc import icc_lab as icc_lab
    from hlm_teach.lessons.ch03_random_intercepts.lab_endogeneity import (
        endogeneity_lab as endogeneity_lab,
    )
    from hlm_teach.lessons.ch03_random_intercepts.lab_poolings import poolings_lab as poolings_lab
    from hlm_teach.lessons.ch04_random_slopes.lab_omitted_slope import (
        omitted_slope_lab as omitted_slope_lab,
    )
    from hlm_teach.lessons.ch04_random_slopes.lab_slopes import slopes_lab as slopes_lab
    from hlm_teach.lessons.ch05_estimation.lab_likelihood_surface import (
        likelihood_surface_lab as likelihood_surface_lab,
    )
    from hlm_teach.lessons.ch06_model_comparison.lab_likelihood_ratio import (
        likelihood_ratio_lab as likelihood_ratio_lab,
    )
    from hlm_teach.lessons.ch07_crossed.lab_crossed import crossed_lab as crossed_lab
    from hlm_teach.lessons.ch08_sample_size.lab_power import power_lab as power_lab
    from hlm_teach.lessons.ch09_bayes.lab_prior import prior_lab as prior_lab
    from hlm_teach.lessons.ch10_growth.lab_dropout import dropout_lab as dropout_lab
    from hlm_teach.lessons.ch10_growth.lab_slope_or_memory import (
        slope_or_memory_lab as slope_or_memory_lab,
    )
    from hlm_teach.lessons.ch11_checking.lab_assumptions import assumptions_lab as assumptions_lab
    from hlm_teach.lessons.ch12_schools.lab_table_detective import (
        table_detective_lab as table_detective_lab,
    )
    from hlm_teach.lessons.ch13_patients.lab_who_leaves import who_leaves_lab as who_leaves_lab
    from hlm_teach.lessons.ch14_firms.lab_panel import panel_lab as panel_lab
    from hlm_teach.lmm.bare_statsmodels import attempt as attempt
    from hlm_teach.lmm.bootstrap import bootstrap_statistics as bootstrap_statistics
    from hlm_teach.lmm.compare import compare as compare
    from hlm_teach.lmm.deviance_curve import deviance_over_theta as deviance_over_theta
    from hlm_teach.lmm.few_groups import few_groups_table as few_groups_table
    from hlm_teach.lmm.fit import fit_lmm as fit_lmm
    from hlm_teach.lmm.joint_tests import JointTest as JointTest
    from hlm_teach.lmm.likelihood_ratio import likelihood_ratio_test as likelihood_ratio_test
    from hlm_teach.lmm.many import fit_many as fit_many
    from hlm_teach.lmm.marginal_means import contrasts as contrasts
    from hlm_teach.lmm.marginal_means import marginal_means as marginal_means
    from hlm_teach.lmm.mixture import chi2_tail as chi2_tail
    from hlm_teach.lmm.mixture import critical_value as critical_value
    from hlm_teach.lmm.result import LmmResult as LmmResult
    from hlm_teach.lmm.sampling import sampling_distribution as sampling_distribution
    from hlm_teach.lmm.variance_shares import variance_shares as variance_shares
    from hlm_teach.measures.anova_icc import anova_icc as anova_icc
    from hlm_teach.measures.autocorrelation import lag_one_correlation as lag_one_correlation
    from hlm_teach.measures.budget import best_group_size as best_group_size
    from hlm_teach.measures.budget import budget_power as budget_power
    from hlm_teach.measures.budget import budget_table as budget_table
    from hlm_teach.measures.cluster_robust import cluster_robust as cluster_robust
    from hlm_teach.measures.contextual import contextual_of_samples as contextual_of_samples
    from hlm_teach.measures.contextual import shrunken_context as shrunken_context
    from hlm_teach.measures.design_effect import design_effect as design_effect
    from hlm_teach.measures.design_effect import effective_sample_size as effective_sample_size
    from hlm_teach.measures.design_effect import moulton_factor as moulton_factor
    from hlm_teach.measures.design_effect import predictor_icc as predictor_icc
    from hlm_teach.measures.growth import arm_slopes as arm_slopes
    from hlm_teach.measures.growth import growth_slopes as growth_slopes
    from hlm_teach.measures.growth import observed_means as observed_means
    from hlm_teach.measures.hausman import hausman as hausman
    from hlm_teach.measures.icc import icc as icc
    from hlm_teach.measures.icc import icc_interval as icc_interval
    from hlm_teach.measures.icc import vpc as vpc
    from hlm_teach.measures.imputation import fill_in as fill_in
    from hlm_teach.measures.imputation import pooled_fit as pooled_fit
    from hlm_teach.measures.influence import bootstrap_groups as bootstrap_groups
    from hlm_teach.measures.influence import influence as influence
    from hlm_teach.measures.lineup import line_up as line_up
    from hlm_teach.measures.lineup import slope_spread as slope_spread
    from hlm_teach.measures.permutation import permutation_test as permutation_test
    from hlm_teach.measures.plan_study import plan_study as plan_study
    from hlm_teach.measures.power import effect_se as effect_se
    from hlm_teach.measures.power import groups_needed as groups_needed
    from hlm_teach.measures.power import power as power
    from hlm_teach.measures.principal_components import principal_components as principal_components
    from hlm_teach.measures.published_table import check_table as check_table
    from hlm_teach.measures.published_table import groups_behind_se as groups_behind_se
    from hlm_teach.measures.published_table import size_behind_se as size_behind_se
    from hlm_teach.measures.random_slopes import between_variance as between_variance
    from hlm_teach.measures.random_slopes import calmest_x as calmest_x
    from hlm_teach.measures.random_slopes import draw_group_lines as draw_group_lines
    from hlm_teach.measures.random_slopes import fits_by_origin as fits_by_origin
    from hlm_teach.measures.random_slopes import group_lines as group_lines
    from hlm_teach.measures.random_slopes import (
        intercept_slope_correlation as intercept_slope_correlation,
    )
    from hlm_teach.measures.random_slopes import move_origin as move_origin
    from hlm_teach.measures.random_slopes import share_negative as share_negative
    from hlm_teach.measures.random_slopes import slope_range as slope_range
    from hlm_teach.measures.rankings import comparison_factor as comparison_factor
    from hlm_teach.measures.rankings import rank_table as rank_table
    from hlm_teach.measures.reliability import mean_reliability as mean_reliability
    from hlm_teach.measures.reliability import slope_reliability as slope_reliability
    from hlm_teach.measures.residual_checks import level_residuals as level_residuals
    from hlm_teach.measures.residual_checks import linearity_check as linearity_check
    from hlm_teach.measures.residual_checks import qq_check as qq_check
    from hlm_teach.measures.residual_checks import spread_check as spread_check
    from hlm_teach.measures.residual_lineup import residual_line_up as residual_line_up
    from hlm_teach.measures.robust_se import robust_se as robust_se
    from hlm_teach.measures.shrinkage import break_even_u as break_even_u
    from hlm_teach.measures.shrinkage import errors_given_u as errors_given_u
    from hlm_teach.measures.shrinkage import held_out_errors as held_out_errors
    from hlm_teach.measures.shrinkage import pool as pool
    from hlm_teach.measures.simple_slopes import simple_slopes as simple_slopes
    from hlm_teach.measures.simulated_band import simulated_band as simulated_band
    from hlm_teach.measures.study_plan import StudyPlan as StudyPlan
    from hlm_teach.measures.try_analysis import try_analysis as try_analysis
    from hlm_teach.measures.what_can_vary import what_can_vary as what_can_vary
    from hlm_teach.measures.wild_bootstrap import wild_bootstrap as wild_bootstrap
    from hlm_teach.measures.within_slopes import within_slopes as within_slopes
    from hlm_teach.simulate.crossed import simulate_crossed as simulate_crossed
    from hlm_teach.simulate.growth import simulate_growth as simulate_growth
    from hlm_teach.simulate.growth import simulate_memory as simulate_memory
    from hlm_teach.simulate.trial import simulate_trial as simulate_trial
    from hlm_teach.simulate.two_level import simulate_two_level as simulate_two_level

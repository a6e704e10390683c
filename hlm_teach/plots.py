"""All figures: functions that take data and an Axes (``ax=None``) and return the Axes.

Each is drawn in its chapter's folder, ``lessons/chNN_…/figures.py`` or a ``figures_of_….py``
beside it, and loaded when first used.
"""

from typing import TYPE_CHECKING

from hlm_teach._shared.lazy import lazy_names

_HOME = {
    "display.style": ("ROLE", "Role", "axes_or_new", "course_style", "figure"),
    "lessons.ch00_start_here.figures": (
        "school_lines",
        "group_strips",
        "group_paths",
        "two_answers",
    ),
    "lessons.ch01_independence.figures": (
        "dots_by_arm",
        "taken_apart",
        "claims_and_truth",
        "interval_ladder",
        "false_alarms_over_rho_x",
        "rates_by_groups",
        "more_pupils_or_more_schools",
        "three_slopes",
        "claimed_against_honest",
    ),
    "lessons.ch02_icc.figures": (
        "sorted_group_means",
        "anatomy_of_a_score",
        "luck_in_means",
        "scores_in_pairs",
        "share_against_correlation",
        "variance_bars",
        "vpc_curve",
    ),
    "lessons.ch02_icc.figures_of_estimates": (
        "estimates_by_size",
        "icc_intervals",
        "pivot_and_f",
        "design_effect_curves",
        "reliability_curves",
    ),
    "lessons.ch03_random_intercepts.figures": (
        "covariance_map",
        "caterpillar",
        "prediction_bars",
        "within_and_between",
    ),
    "lessons.ch03_random_intercepts.figures_of_poolings": (
        "shrinkage_balance",
        "pooling_arrows",
        "pooling_errors",
        "errors_over_u",
    ),
    "lessons.ch03_random_intercepts.figures_of_ranks": (
        "funnel",
        "ranking_redrawn",
        "rank_intervals",
        "comparison_bars",
    ),
    "lessons.ch04_random_slopes.figures": (
        "own_lines",
        "slope_distribution",
        "shrunken_lines",
        "line_up_panels",
    ),
    "lessons.ch04_random_slopes.figures_of_variances": (
        "variance_function",
        "by_origin",
        "slope_bands",
        "false_positive_curves",
        "reliabilities",
    ),
    "lessons.ch05_estimation.figures": (
        "values_by_batch",
        "covariance_heat_map",
        "estimates_with_zeros",
        "law_against_groups",
        "interval_bars",
    ),
    "lessons.ch05_estimation.figures_of_likelihood": (
        "deviance_curves",
        "newton_steps",
        "likelihood_map",
        "integrated_likelihood",
    ),
    "lessons.ch06_model_comparison.figures": (
        "null_histogram",
        "tail_curves",
        "rates_against_groups",
        "counts_of_picks",
        "slope_and_correlation",
    ),
    "lessons.ch07_crossed.figures": (
        "design_grids",
        "crossing",
        "variance_stacks",
        "effect_by_model",
        "growth_at_two_levels",
        "crossed_profiles",
    ),
    "lessons.ch08_sample_size.figures": (
        "estimates_by_groups",
        "factors_by_groups",
        "rates_by_method",
        "power_curves",
        "choices_tried",
    ),
    "lessons.ch09_bayes.figures": (
        "posterior_of_tau",
        "groups_over_tau",
        "densities",
        "places_of_truth",
        "sampler_funnel",
    ),
    "lessons.ch10_growth.figures": (
        "growth_answers",
        "arms_over_time",
        "correlation_curves",
        "slopes_over_dial",
        "filled_in",
    ),
    "lessons.ch11_checking.figures": (
        "two_residuals",
        "check_plot",
        "residual_panels",
        "influence_plot",
        "what_suffers",
    ),
    "lessons.ch12_schools.figures": (
        "phantom_rates",
        "groups_wanted",
        "lines_of_schools",
        "against_the_normal",
    ),
    "lessons.ch13_patients.figures": ("paths_by_end", "medians_by_arm", "back_in_units"),
    "lessons.ch13_patients.figures_of_reports": (
        "without_each",
        "means_with_and_without",
        "differences_by_age",
    ),
    "lessons.ch14_firms.figures": (
        "shares_of_levels",
        "firm_slopes",
        "slopes_with_intervals",
        "slope_by_horizon",
    ),
}
__getattr__, __dir__, __all__ = lazy_names(__name__, _HOME)

if TYPE_CHECKING:  # what editors and type checkers see; written by classroom/names.py
    from hlm_teach.display.style import ROLE as ROLE
    from hlm_teach.display.style import Role as Role
    from hlm_teach.display.style import axes_or_new as axes_or_new
    from hlm_teach.display.style import course_style as course_style
    from hlm_teach.display.style import figure as figure
    from hlm_teach.lessons.ch00_start_here.figures import group_paths as group_paths
    from hlm_teach.lessons.ch00_start_here.figures import group_strips as group_strips
    from hlm_teach.lessons.ch00_start_here.figures import school_lines as school_lines
    from hlm_teach.lessons.ch00_start_here.figures import two_answers as two_answers
    from hlm_teach.lessons.ch01_independence.figures import (
        claimed_against_honest as claimed_against_honest,
    )
    from hlm_teach.lessons.ch01_independence.figures import claims_and_truth as claims_and_truth
    from hlm_teach.lessons.ch01_independence.figures import dots_by_arm as dots_by_arm
    from hlm_teach.lessons.ch01_independence.figures import (
        false_alarms_over_rho_x as false_alarms_over_rho_x,
    )
    from hlm_teach.lessons.ch01_independence.figures import interval_ladder as interval_ladder
    from hlm_teach.lessons.ch01_independence.figures import (
        more_pupils_or_more_schools as more_pupils_or_more_schools,
    )
    from hlm_teach.lessons.ch01_independence.figures import rates_by_groups as rates_by_groups
    from hlm_teach.lessons.ch01_independence.figures import taken_apart as taken_apart
    from hlm_teach.lessons.ch01_independence.figures import three_slopes as three_slopes
    from hlm_teach.lessons.ch02_icc.figures import anatomy_of_a_score as anatomy_of_a_score
    from hlm_teach.lessons.ch02_icc.figures import luck_in_means as luck_in_means
    from hlm_teach.lessons.ch02_icc.figures import scores_in_pairs as scores_in_pairs
    from hlm_teach.lessons.ch02_icc.figures import (
        share_against_correlation as share_against_correlation,
    )
    from hlm_teach.lessons.ch02_icc.figures import sorted_group_means as sorted_group_means
    from hlm_teach.lessons.ch02_icc.figures import variance_bars as variance_bars
    from hlm_teach.lessons.ch02_icc.figures import vpc_curve as vpc_curve
    from hlm_teach.lessons.ch02_icc.figures_of_estimates import (
        design_effect_curves as design_effect_curves,
    )
    from hlm_teach.lessons.ch02_icc.figures_of_estimates import (
        estimates_by_size as estimates_by_size,
    )
    from hlm_teach.lessons.ch02_icc.figures_of_estimates import icc_intervals as icc_intervals
    from hlm_teach.lessons.ch02_icc.figures_of_estimates import pivot_and_f as pivot_and_f
    from hlm_teach.lessons.ch02_icc.figures_of_estimates import (
        reliability_curves as reliability_curves,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures import caterpillar as caterpillar
    from hlm_teach.lessons.ch03_random_intercepts.figures import covariance_map as covariance_map
    from hlm_teach.lessons.ch03_random_intercepts.figures import prediction_bars as prediction_bars
    from hlm_teach.lessons.ch03_random_intercepts.figures import (
        within_and_between as within_and_between,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_poolings import (
        errors_over_u as errors_over_u,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_poolings import (
        pooling_arrows as pooling_arrows,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_poolings import (
        pooling_errors as pooling_errors,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_poolings import (
        shrinkage_balance as shrinkage_balance,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_ranks import (
        comparison_bars as comparison_bars,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_ranks import funnel as funnel
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_ranks import (
        rank_intervals as rank_intervals,
    )
    from hlm_teach.lessons.ch03_random_intercepts.figures_of_ranks import (
        ranking_redrawn as ranking_redrawn,
    )
    from hlm_teach.lessons.ch04_random_slopes.figures import line_up_panels as line_up_panels
    from hlm_teach.lessons.ch04_random_slopes.figures import own_lines as own_lines
    from hlm_teach.lessons.ch04_random_slopes.figures import shrunken_lines as shrunken_lines
    from hlm_teach.lessons.ch04_random_slopes.figures import (
        slope_distribution as slope_distribution,
    )
    from hlm_teach.lessons.ch04_random_slopes.figures_of_variances import by_origin as by_origin
    from hlm_teach.lessons.ch04_random_slopes.figures_of_variances import (
        false_positive_curves as false_positive_curves,
    )
    from hlm_teach.lessons.ch04_random_slopes.figures_of_variances import (
        reliabilities as reliabilities,
    )
    from hlm_teach.lessons.ch04_random_slopes.figures_of_variances import slope_bands as slope_bands
    from hlm_teach.lessons.ch04_random_slopes.figures_of_variances import (
        variance_function as variance_function,
    )
    from hlm_teach.lessons.ch05_estimation.figures import covariance_heat_map as covariance_heat_map
    from hlm_teach.lessons.ch05_estimation.figures import (
        estimates_with_zeros as estimates_with_zeros,
    )
    from hlm_teach.lessons.ch05_estimation.figures import interval_bars as interval_bars
    from hlm_teach.lessons.ch05_estimation.figures import law_against_groups as law_against_groups
    from hlm_teach.lessons.ch05_estimation.figures import values_by_batch as values_by_batch
    from hlm_teach.lessons.ch05_estimation.figures_of_likelihood import (
        deviance_curves as deviance_curves,
    )
    from hlm_teach.lessons.ch05_estimation.figures_of_likelihood import (
        integrated_likelihood as integrated_likelihood,
    )
    from hlm_teach.lessons.ch05_estimation.figures_of_likelihood import (
        likelihood_map as likelihood_map,
    )
    from hlm_teach.lessons.ch05_estimation.figures_of_likelihood import newton_steps as newton_steps
    from hlm_teach.lessons.ch06_model_comparison.figures import counts_of_picks as counts_of_picks
    from hlm_teach.lessons.ch06_model_comparison.figures import null_histogram as null_histogram
    from hlm_teach.lessons.ch06_model_comparison.figures import (
        rates_against_groups as rates_against_groups,
    )
    from hlm_teach.lessons.ch06_model_comparison.figures import (
        slope_and_correlation as slope_and_correlation,
    )
    from hlm_teach.lessons.ch06_model_comparison.figures import tail_curves as tail_curves
    from hlm_teach.lessons.ch07_crossed.figures import crossed_profiles as crossed_profiles
    from hlm_teach.lessons.ch07_crossed.figures import crossing as crossing
    from hlm_teach.lessons.ch07_crossed.figures import design_grids as design_grids
    from hlm_teach.lessons.ch07_crossed.figures import effect_by_model as effect_by_model
    from hlm_teach.lessons.ch07_crossed.figures import growth_at_two_levels as growth_at_two_levels
    from hlm_teach.lessons.ch07_crossed.figures import variance_stacks as variance_stacks
    from hlm_teach.lessons.ch08_sample_size.figures import choices_tried as choices_tried
    from hlm_teach.lessons.ch08_sample_size.figures import (
        estimates_by_groups as estimates_by_groups,
    )
    from hlm_teach.lessons.ch08_sample_size.figures import factors_by_groups as factors_by_groups
    from hlm_teach.lessons.ch08_sample_size.figures import power_curves as power_curves
    from hlm_teach.lessons.ch08_sample_size.figures import rates_by_method as rates_by_method
    from hlm_teach.lessons.ch09_bayes.figures import densities as densities
    from hlm_teach.lessons.ch09_bayes.figures import groups_over_tau as groups_over_tau
    from hlm_teach.lessons.ch09_bayes.figures import places_of_truth as places_of_truth
    from hlm_teach.lessons.ch09_bayes.figures import posterior_of_tau as posterior_of_tau
    from hlm_teach.lessons.ch09_bayes.figures import sampler_funnel as sampler_funnel
    from hlm_teach.lessons.ch10_growth.figures import arms_over_time as arms_over_time
    from hlm_teach.lessons.ch10_growth.figures import correlation_curves as correlation_curves
    from hlm_teach.lessons.ch10_growth.figures import filled_in as filled_in
    from hlm_teach.lessons.ch10_growth.figures import growth_answers as growth_answers
    from hlm_teach.lessons.ch10_growth.figures import slopes_over_dial as slopes_over_dial
    from hlm_teach.lessons.ch11_checking.figures import check_plot as check_plot
    from hlm_teach.lessons.ch11_checking.figures import influence_plot as influence_plot
    from hlm_teach.lessons.ch11_checking.figures import residual_panels as residual_panels
    from hlm_teach.lessons.ch11_checking.figures import two_residuals as two_residuals
    from hlm_teach.lessons.ch11_checking.figures import what_suffers as what_suffers
    from hlm_teach.lessons.ch12_schools.figures import against_the_normal as against_the_normal
    from hlm_teach.lessons.ch12_schools.figures import groups_wanted as groups_wanted
    from hlm_teach.lessons.ch12_schools.figures import lines_of_schools as lines_of_schools
    from hlm_teach.lessons.ch12_schools.figures import phantom_rates as phantom_rates
    from hlm_teach.lessons.ch13_patients.figures import back_in_units as back_in_units
    from hlm_teach.lessons.ch13_patients.figures import medians_by_arm as medians_by_arm
    from hlm_teach.lessons.ch13_patients.figures import paths_by_end as paths_by_end
    from hlm_teach.lessons.ch13_patients.figures_of_reports import (
        differences_by_age as differences_by_age,
    )
    from hlm_teach.lessons.ch13_patients.figures_of_reports import (
        means_with_and_without as means_with_and_without,
    )
    from hlm_teach.lessons.ch13_patients.figures_of_reports import without_each as without_each
    from hlm_teach.lessons.ch14_firms.figures import firm_slopes as firm_slopes
    from hlm_teach.lessons.ch14_firms.figures import shares_of_levels as shares_of_levels
    from hlm_teach.lessons.ch14_firms.figures import slope_by_horizon as slope_by_horizon
    from hlm_teach.lessons.ch14_firms.figures import slopes_with_intervals as slopes_with_intervals

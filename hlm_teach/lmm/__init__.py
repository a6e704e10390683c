"""The engine: linear mixed models by profiled likelihood, and all that a fit is asked for.

Where to look, each file once; one term is one grouping, several terms are crossed or nested::

    formula and data:    formula_names, formula_reader, variables, columns, random_terms, terms,
                         frame, framing, new_rows, refusals, what_fits, variation
    fit and result:      fit, protocols, estimates, result, fixed_effects, prediction
    many data sets:      many, many_kenward_roger, sampling
    one term:            one_term, design, group_sums, response, likelihood, theta, optimum,
                         symmetric, packed_products, random_effects, deviance_curve,
                         redrawn, weighted_groups
    several terms:       several_terms, blocks, working_term, coupling, block_arithmetic,
                         blocked_cholesky, blocked_optimum, blocked_fit, blocked_pieces
    one and several:     newton, singular, matrices
    memory, unequal SDs: residuals, residual_spec, residual_structure, residual_likelihood,
                         residual_search, residual_curvature, residual_profile, residual_notes
    tests of effects:    df_methods, degrees_of_freedom, kenward_roger, variance_pieces,
                         term_at_optimum, joint_tests, marginal_means, reference_grid, few_groups
    models compared:     compare, comparable, likelihood_ratio, bootstrap, mixture
    intervals, shares:   profile, valley, working_coordinates, variance_intervals,
                         variance_shares, share_intervals, r_squared
    words, statsmodels:  notes, report, to_statsmodels, bare_statsmodels
"""

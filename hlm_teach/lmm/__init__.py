"""The engine: linear mixed models by profiled likelihood, and all that a fit is asked for."""

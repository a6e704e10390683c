"""What is said in more than one exercise, in the same words."""

# ---- shares and roots --------------------------------------------------------------------

BETWEEN_BY_WITHIN = "This divides between by within. A share divides by the total of both."
YOUR_ICC_IS_A_RATIO = "Your ICC divides between by within. A share divides by the total."
YOUR_SD_IS_A_VARIANCE = "Your sd is a variance: take its root."
YOUR_REML_IS_AN_SD = "Your reml is a standard deviation: square it."

# ---- REML and ML -------------------------------------------------------------------------

FITTED_BY_ML = "This is fitted by ML. Leave reml as it is: REML is asked for."
YOUR_ML_IS_BY_REML = (
    "Your ml is the REML estimate, which `fit_lmm` gives if you don't say otherwise."
)

# ---- intervals ---------------------------------------------------------------------------

OUTSIDE_ITS_INTERVAL = (
    "An estimate stands before an interval that doesn't hold it. Which numbers belong together?"
)
LOST_MINUS = (
    "One end of your interval has lost its minus, or got one that isn't its own: as it stands, it "
    "has zero in it."
)
ANOTHER_S_INTERVAL = "An estimate stands before the interval of another. Which belong together?"
INTERVALS_ARE_95 = "Asked for are 95 % intervals."
PROFILE_IS_OF_ML = "profile_intervals goes down from the ML deviance, whatever the fit."

# ---- comparing models --------------------------------------------------------------------

D_NOT_DOUBLED = "Your D is the bare difference of the log-likelihoods."
D_IS_NEGATIVE = "Your D is negative: full and reduced are the other way round."
MIXTURE_TOO_HIGH = (
    "Your mixture takes one degree of freedom more. Start from the number of parameters added: "
    "that is the larger of the two."
)
ONE_VARIANCE_TESTED = (
    "You tested one variance alone. A random slope that may correlate brings a covariance along."
)
AIC_FOR_BIC = "AIC and BIC have changed places. Which of them charges more?"

# ---- reports -----------------------------------------------------------------------------

VARIANCES_CALLED_SDS = "You call the variances standard deviations."
ANOTHER_UNIT = "A number stands in a unit that isn't its own. Of what, and in which time?"
SAYS_NO_CHANGE = "Your words say that there is no difference, and your numbers that there is. Look at the interval."
TURNED_ROUND = "The comparison is turned round: what is compared with what, and which way?"
OTHER_WAY = "Which way does it go? The estimate has a sign, and your words say the other."
LEVELS_EXCHANGED = "Two levels have changed places: which number lies within, which between?"
NOT_BY_REML = "Asked for are estimates by REML. Your report says that they are others."
NOT_CREDIBLE = "These are confidence intervals: no prior stands behind them, and no posterior."
SD_CALLED_SE = (
    "You call a standard deviation a standard error. One says how far groups lie apart, the other how "
    "well a mean is known."
)
NAMES_A_CAUSE = (
    "Your report names a cause. Was anything assigned? Say what goes along with what, and what stays "
    "open."
)
SAYS_DEALT_OUT = "Your report says that somebody dealt them out. Did anybody?"
P_ABOVE_ONE = "A p above one is some other number: a t, perhaps?"

"""Right reports, as a learner writes them, by the exercise that asks for one."""

REPORT = {
    "01.9": "Schools with more than 40 % minority pupils scored 2.63 points lower than the others "
    "(95 % CI 1.63 to 3.63); variance between schools 7.23, within schools 39.15; 7,185 pupils, "
    "160 schools, REML.",
    "02.9": "The ICC of log wages was 0.88 (95 % CI 0.85 to 0.91; 140 firms, 1,031 observations; "
    "REML; variance between firms 0.059, within firms 0.008).",
    "03.9": "Log bilirubin was 0.60 lower per g/dl of albumin within patients (95 % CI 0.54 to "
    "0.65), 1.49 lower between patients (95 % CI 1.20 to 1.78); variances 0.784 between and 0.257 "
    "within; marginal R² 0.22, conditional R² 0.81; 1,945 visits of 312 patients; REML.",
}

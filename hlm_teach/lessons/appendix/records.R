# Fits of the appendix in lme4 and nlme: Rscript records.R FOLDER, called by records.py, which
# writes the tables into FOLDER and reads the answers from there.
folder <- commandArgs(trailingOnly = TRUE)[1]
options(width = 72)
suppressMessages({library(nlme); library(lme4)})
for (name in c("hsb", "scotssec", "egsingle", "sleepstudy", "medpar", "deaths"))
  assign(name, read.csv(file.path(folder, paste0(name, ".csv"))))
sink_text <- function(program, lines)
  writeLines(sub("\\s+$", "", lines), file.path(folder, paste0(program, ".txt")))

sleep4 <- lmer(Reaction ~ Days + (Days | Subject), sleepstudy)
sink_text("lme4", capture.output(print(summary(sleep4), correlation = FALSE)))
sink_text("nlme", capture.output(summary(lme(Reaction ~ Days, sleepstudy, random = ~ Days | Subject))))

calls <- read.csv(file.path(folder, "calls.csv"))
calls$loglik <- sapply(calls$call, function(text) as.numeric(logLik(eval(parse(text = text)))))
write.csv(calls[c("program", "model", "loglik")], file.path(folder, "loglik.csv"), row.names = FALSE)

binary <- glmer(died ~ age80 + (1 | hospital), deaths, binomial, nAGQ = 25,
                control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-12))
write.csv(data.frame(name = c(names(fixef(binary)), "tau00", "logLik"),
                     value = c(fixef(binary), VarCorr(binary)$hospital[1], logLik(binary))),
          file.path(folder, "binary.csv"), row.names = FALSE)
versions <- c(R = as.character(getRversion()), lme4 = as.character(packageVersion("lme4")),
              nlme = as.character(packageVersion("nlme")))
write.csv(data.frame(name = names(versions), version = versions), file.path(folder, "versions.csv"), row.names = FALSE)

"""What the reports of these exercises have in common."""

# That nobody was assigned, in one of many ways to say it; with its 'not' inside.
NOT_ASSIGNED = (
    r"(not|n't|never|nobody|no one)( \w+){0,2} (assign|allocat|random|deal|dealt)|observational|"
    r"\bcho(se|ose|ice)|\bno(t an|ne of \w+ is an)? (causal )?effect|(not|n't) (be )?caus"
)

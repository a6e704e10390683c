"""Settings of every test: no learner's progress is read or written, no progress bar shows, no sampler runs."""

import os

os.environ["HLM_TEACH_PROGRESS"] = "off"
os.environ["TQDM_DISABLE"] = "1"  # stored outputs must not depend on how fast a machine is
os.environ["HLM_TEACH_BAMBI"] = (
    "stored"  # the record, where Bambi is installed too: .ci/run tries that
)

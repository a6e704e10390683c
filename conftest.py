"""Settings of every test: no learner's progress is read or written, no progress bar shows."""

import os

os.environ["HLM_TEACH_PROGRESS"] = "off"
os.environ["TQDM_DISABLE"] = "1"  # stored outputs must not depend on how fast a machine is

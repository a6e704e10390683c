"""Settings of every test: no learner's progress is read or written."""

import os

os.environ["HLM_TEACH_PROGRESS"] = "off"

"""The one array type of the numerics."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

"""How chapter 07 draws the variances of two groupings: the course's purple, light and dark."""

from hlm_teach.display.style import ROLE, Role

SECOND = Role("#7B3F68", hatch="xx")  # the second grouping: between groups too, so purple
PARTS = (ROLE["between"], SECOND, ROLE["within"])

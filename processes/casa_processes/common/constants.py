"""Physical constants in SI units.

The defining constants are exact (SI Brochure, 9th edition, 2019); the others name their source.
"""

from typing import Final

SPEED_OF_LIGHT: Final = 299_792_458.0
"""[m s-1], exact."""

PLANCK: Final = 6.626_070_15e-34
"""[J s], exact."""

BOLTZMANN: Final = 1.380_649e-23
"""[J K-1], exact."""

AVOGADRO: Final = 6.022_140_76e23
"""[mol-1], exact."""

GAS_CONSTANT: Final = AVOGADRO * BOLTZMANN
"""[J mol-1 K-1], exact."""

STANDARD_GRAVITY: Final = 9.806_65
"""[m s-2], exact by convention (CGPM 1901)."""

STANDARD_ATMOSPHERE: Final = 101_325.0
"""[Pa], exact by convention."""

EARTH_RADIUS: Final = 6_371_008.771_4
"""[m], mean radius of the WGS 84 ellipsoid (Moritz, 2000)."""

ASTRONOMICAL_UNIT: Final = 149_597_870_700.0
"""[m], exact (IAU 2012 resolution B2)."""

MOLAR_MASS_DRY_AIR: Final = 28.9647e-3
"""[kg mol-1], Picard et al. (2008) composition with 400 ppm of CO2, rounded."""

MOLAR_MASS_CARBON: Final = 12.011e-3
"""[kg mol-1], CIAAW abridged standard atomic weight."""

MOLAR_MASS_CARBON_DIOXIDE: Final = 44.009e-3
"""[kg mol-1], CIAAW abridged standard atomic weights."""

MOLAR_MASS_WATER: Final = 18.015e-3
"""[kg mol-1], CIAAW abridged standard atomic weights."""

OXYGEN_MOLE_FRACTION: Final = 0.20935
"""[mol mol-1] of dry air, the constant value of TCCON (Wunch et al., 2011)."""

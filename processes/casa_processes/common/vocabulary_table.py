"""The rows of the vocabulary.

Standard names are those of the CF standard name table, version 93; variables without one have none.
"""

from typing import Any

_XCO2 = "dry_atmosphere_mole_fraction_of_carbon_dioxide"
_SIF = "toa_outgoing_radiance_per_unit_wavelength_due_to_solar_induced_fluorescence"
_RADIANCE = "W m-2 um-1 sr-1"
_FLUX = "kg m-2 s-1"

_MODES = ((0, "nadir"), (1, "glint"), (2, "target"), (3, "transition"), (4, "area_map"))
_AK_FLAGS = (
    (-2, "clamped_to_min_slant_xgas"),
    (-1, "extrapolated_below_lowest_slant_xgas_bin"),
    (0, "interpolated_normally"),
    (1, "extrapolated_above_largest_slant_xgas_bin"),
    (2, "clamped_to_max_slant_xgas"),
)
_GOOD = ((0, "good"), (1, "bad"))
_SURFACES = ((0, "ocean"), (1, "land"))
_WATERS = ((0, "land"), (1, "ocean"), (2, "inland_water"), (3, "mixed"))
_CLASSES = ((-1, "not_investigated"), (0, "best"), (1, "good"), (2, "bad"))
_FITS = ((0, "fitted"), (1, "bad_spectrum"), (2, "no_training"), (3, "singular"))
_CLOUDS = ((0, "clear"), (1, "cloudy"), (2, "not_decided"))
_OUTCOMES = (
    (1, "converged"),
    (2, "converged_high_chi_squared"),
    (3, "too_many_steps"),
    (4, "too_many_rejected_steps"),
    (5, "screened"),
    (6, "bad_input"),
    (7, "failed"),
)
_RETRIEVAL_TESTS = tuple(
    (1 << bit, name)
    for bit, name in enumerate(
        (
            "cloud",
            "chi_squared_o2a",
            "chi_squared_wco2",
            "chi_squared_sco2",
            "not_converged",
            "sun_too_low",
            "aerosol_too_thick",
            "surface_pressure_differs",
            "signal_too_low_or_saturated",
            "bad_geometry",
            "outside_tables",
            "failed",
            "builtin_spectroscopy",
            "averaging_kernel_abnormal",
            "co2_or_h2o_ratio",
            "single_scattering",
        )
    )
)


def _row(name: str, units: str, en: str, zh: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "units": units, "en": en, "zh": zh, **more}


def _within(low: float, high: float, **more: Any) -> dict[str, Any]:
    return {"valid_min": low, "valid_max": high, **more}


def _text(name: str, en: str, zh: str) -> dict[str, Any]:
    return _row(name, "", en, zh, dtype="str")


def _flag(name: str, en: str, zh: str, flags: Any, **more: Any) -> dict[str, Any]:
    codes = [code for code, _ in flags]
    limits = _within(min(codes), max(codes))
    return _row(name, "1", en, zh, dtype="int8", flags=flags, **limits, **more)


def _whole(name: str, en: str, zh: str, dtype: str, low: float, high: float) -> dict[str, Any]:
    return _row(name, "1", en, zh, dtype=dtype, valid_min=low, valid_max=high)


def _angle(name: str, en: str, zh: str, low: float, high: float, cf: str | None) -> dict[str, Any]:
    return _row(name, "degrees", en, zh, standard_name=cf, valid_min=low, valid_max=high)


def _co2(name: str, en: str, zh: str, uncertainty: str | None = None) -> dict[str, Any]:
    """A column-averaged dry-air mole fraction of carbon dioxide."""
    more: dict[str, Any] = {"standard_name": _XCO2, "uncertainty": uncertainty}
    return _row(name, "ppm", en, zh, valid_min=300, valid_max=550, **more)


def _error(name: str, en: str, zh: str) -> dict[str, Any]:
    """A standard uncertainty of a column of carbon dioxide."""
    return _row(name, "ppm", en, zh, valid_min=0, valid_max=100, colour_map="magma")


def _sif(name: str, en: str, zh: str, uncertainty: str | None = None) -> dict[str, Any]:
    """A fluorescence; negative values are noise about zero and belong to the mean."""
    more: dict[str, Any] = {"standard_name": _SIF, "uncertainty": uncertainty}
    return _row(name, _RADIANCE, en, zh, valid_min=-50, valid_max=50, colour_map="YlGn", **more)


def _sif_error(name: str, en: str, zh: str) -> dict[str, Any]:
    return _row(name, _RADIANCE, en, zh, valid_min=0, valid_max=50, colour_map="magma")


def _window(name: str, en: str, zh: str) -> tuple[dict[str, Any], ...]:
    """What a window of fluorescence has beside fluorescence itself."""
    return (
        _row(
            f"sif_{name}_relative",
            "1",
            f"SIF over continuum radiance, {en}",
            f"{zh}荧光与连续谱辐亮度之比",
            **_within(-1, 1),
        ),
        _number(
            f"chi2_sif_{name}",
            f"Reduced chi-squared of the fit of SIF, {en}",
            f"{zh}荧光拟合卡方",
            0,
            1e6,
        ),
        _sif(
            f"zero_level_sif_{name}",
            f"Zero level that was subtracted from SIF, {en}",
            f"{zh}荧光零点订正量",
        ),
    )


def _continuum(name: str, en: str, zh: str) -> dict[str, Any]:
    limits = _within(0, 1000)
    return _row(f"continuum_radiance_{name}", _RADIANCE, en, zh, **limits)


def _number(name: str, en: str, zh: str, low: float, high: float) -> dict[str, Any]:
    return _row(name, "1", en, zh, valid_min=low, valid_max=high)


ROWS: tuple[dict[str, Any], ...] = (
    # What every sounding has.
    _text("sounding_id", "Sounding identifier", "观测标识"),
    _row(
        "time",
        "",
        "Time of observation (UTC)",
        "观测时间",
        standard_name="time",
        dtype="datetime64[ns]",
    ),
    _row(
        "latitude",
        "degrees_north",
        "Latitude",
        "纬度",
        standard_name="latitude",
        dtype="float64",
        **_within(-90, 90),
    ),
    _row(
        "longitude",
        "degrees_east",
        "Longitude",
        "经度",
        standard_name="longitude",
        dtype="float64",
        **_within(-180, 180),
    ),
    # Vertical coordinates of grids.
    _row(
        "pressure", "hPa", "Air pressure", "气压", standard_name="air_pressure", **_within(0, 1100)
    ),
    _row(
        "altitude",
        "m",
        "Altitude above mean sea level",
        "海拔高度",
        standard_name="altitude",
        **_within(-1000, 200000),
    ),
    _row("level", "1", "Model level, counted from the surface", "模式层"),
    # Where and how.
    _row(
        "latitude_vertices",
        "degrees_north",
        "Latitude of the footprint's corners",
        "足迹角点纬度",
        shape="vertex",
        dtype="float64",
        **_within(-90, 90),
    ),
    _row(
        "longitude_vertices",
        "degrees_east",
        "Longitude of the footprint's corners",
        "足迹角点经度",
        shape="vertex",
        dtype="float64",
        **_within(-180, 180),
    ),
    _flag("mode", "Observation mode", "观测模式", _MODES),
    _whole("footprint", "Footprint across the track", "足迹序号", "int8", 1, 127),
    _whole("orbit", "Orbit number", "轨道号", "int32", 0, 2**31 - 1),
    _text("site", "Name of the ground station", "地面站名称"),
    _text("target_id", "Identifier of the target", "目标标识"),
    _text("target_name", "Name of the target", "目标名称"),
    _text("gain", "Gain of the detector (H high, M medium)", "探测器增益"),
    _angle("solar_zenith_angle", "Solar zenith angle", "太阳天顶角", 0, 180, "solar_zenith_angle"),
    _angle(
        "solar_azimuth_angle",
        "Solar azimuth angle, clockwise from north",
        "太阳方位角",
        -180,
        360,
        "solar_azimuth_angle",
    ),
    _angle(
        "sensor_zenith_angle",
        "Zenith angle of the sensor",
        "传感器天顶角",
        0,
        90,
        "sensor_zenith_angle",
    ),
    _angle(
        "sensor_azimuth_angle",
        "Azimuth angle of the sensor, clockwise from north",
        "传感器方位角",
        -180,
        360,
        "sensor_azimuth_angle",
    ),
    _angle("phase_angle", "Angle between the sun and the sensor", "相位角", -180, 180, None),
    _angle("glint_angle", "Angle from the direction of glint", "耀斑角", 0, 180, None),
    _number("airmass", "Air mass: sum of the secants of both zenith angles", "大气质量", 0, 100),
    _row(
        "surface_altitude",
        "m",
        "Altitude of the surface above mean sea level",
        "地表海拔",
        standard_name="surface_altitude",
        colour_map="terrain",
        **_within(-1000, 10000),
    ),
    _row(
        "observer_altitude",
        "m",
        "Altitude of the observer above mean sea level",
        "观测点海拔",
        standard_name="altitude",
        **_within(-1000, 10000),
    ),
    _row(
        "land_fraction",
        "1",
        "Fraction of the footprint that is land",
        "陆地比例",
        standard_name="land_area_fraction",
        **_within(0, 1),
    ),
    _flag("surface_type", "Surface that the retrieval assumed", "反演地表类型", _SURFACES),
    _flag("land_water", "Land or water in the footprint", "水陆标识", _WATERS),
    # Columns of carbon dioxide.
    _co2(
        "xco2",
        "Column-averaged dry-air mole fraction of CO2",
        "二氧化碳柱平均干空气混合比",
        "xco2_uncertainty",
    ),
    _error("xco2_uncertainty", "Standard uncertainty of XCO2", "二氧化碳柱浓度不确定度"),
    _co2(
        "xco2_x2019",
        "Column-averaged dry-air mole fraction of CO2 (WMO scale X2019)",
        "二氧化碳柱平均干空气混合比（WMO X2019 标度）",
        "xco2_x2019_uncertainty",
    ),
    _error(
        "xco2_x2019_uncertainty",
        "Standard uncertainty of XCO2 on the scale X2019",
        "二氧化碳柱浓度不确定度（X2019）",
    ),
    _co2("xco2_raw", "XCO2 before bias correction", "偏差订正前二氧化碳柱浓度"),
    _co2("xco2_apriori", "A priori XCO2", "先验二氧化碳柱浓度"),
    _co2(
        "xco2_smoothed",
        "XCO2 that the retrieval would report of a given profile",
        "给定廓线经平均核平滑的二氧化碳柱浓度",
    ),
    _co2("xco2_profile", "XCO2 of a given profile itself", "给定廓线的二氧化碳柱浓度"),
    _co2("xco2_x2019_apriori", "A priori XCO2 on the scale X2019", "先验二氧化碳柱浓度（X2019）"),
    _flag("quality_flag", "Quality flag", "质量标志", _GOOD, standard_name="quality_flag"),
    _whole(
        "quality_bits",
        "Tests of the quality flag that failed, one bit each",
        "质量检验位",
        "int64",
        0,
        2.0**63,
    ),
    _whole(
        "quality_simple_bits",
        "Groups of quality tests that failed, one bit each",
        "质量检验组位",
        "int16",
        0,
        255,
    ),
    _row(
        "xco2_averaging_kernel",
        "1",
        "Column averaging kernel of XCO2, normalised by the pressure weight",
        "二氧化碳柱平均核",
        shape="level",
        **_within(-2, 5),
    ),
    _flag(
        "averaging_kernel_flag",
        "How the averaging kernel was found in the table",
        "平均核插值标识",
        _AK_FLAGS,
    ),
    _row(
        "pressure_levels",
        "hPa",
        "Pressure of the levels, from the surface to the top",
        "各层气压（自地表向上）",
        standard_name="air_pressure",
        shape="level",
        **_within(0, 1100),
    ),
    _row(
        "pressure_weight",
        "1",
        "Weight of each level in the column average",
        "气压权重函数",
        shape="level",
        **_within(0, 1),
    ),
    _row(
        "co2_profile_apriori",
        "ppm",
        "A priori CO2 mole fraction; the attribute "
        "co2_profile_apriori_basis says whether of dry or of wet air",
        "先验二氧化碳廓线",
        shape="level",
        **_within(0, 1000),
    ),
    # What the retrieval of this facility says beside that.
    _row(
        "co2_profile",
        "ppm",
        "Retrieved CO2 mole fraction of dry air",
        "反演二氧化碳廓线",
        shape="level",
        uncertainty="co2_profile_uncertainty",
        **_within(0, 1000),
    ),
    _row(
        "co2_profile_uncertainty",
        "ppm",
        "Standard uncertainty of the retrieved CO2 mole fraction",
        "反演二氧化碳廓线不确定度",
        shape="level",
        **_within(0, 1000),
    ),
    _co2("xco2_true", "XCO2 of the atmosphere that was simulated", "模拟大气的二氧化碳柱浓度"),
    _flag("outcome_flag", "How the retrieval ended", "反演结果标识", _OUTCOMES),
    _row(
        "retrieval_tests",
        "1",
        "Tests of the retrieval that failed, one bit each",
        "反演检验位",
        dtype="int32",
        masks=_RETRIEVAL_TESTS,
        **_within(0, 2**15 - 1),
    ),
    _number("dof_co2", "Degrees of freedom of the CO2 profile", "二氧化碳廓线自由度", 0, 20),
    _number("dof_all", "Degrees of freedom of the whole state", "状态向量自由度", 0, 100),
    _row(
        "information_content",
        "1",
        "Shannon information of the measurement on the state, in nat",
        "信息量",
        **_within(0, 1000),
    ),
    _whole("iterations", "Steps of the search that were accepted", "迭代次数", "int16", 0, 1000),
    _whole(
        "diverging_steps", "Steps of the search that were refused", "发散步数", "int16", 0, 1000
    ),
    _number("h2o_scale", "Retrieved by a priori column of water vapour", "水汽标度因子", 0, 20),
    _row(
        "temperature_offset",
        "K",
        "Retrieved minus a priori temperature, all levels",
        "温度偏移",
        **_within(-50, 50),
    ),
    # Beside the column of carbon dioxide.
    _row(
        "surface_pressure",
        "hPa",
        "Surface pressure",
        "地面气压",
        standard_name="surface_air_pressure",
        **_within(300, 1100),
    ),
    _row(
        "surface_pressure_apriori",
        "hPa",
        "A priori surface pressure",
        "先验地面气压",
        standard_name="surface_air_pressure",
        **_within(300, 1100),
    ),
    _row(
        "surface_temperature",
        "K",
        "Air temperature at the station",
        "站点气温",
        standard_name="air_temperature",
        **_within(150, 350),
    ),
    _row(
        "wind_speed",
        "m s-1",
        "Wind speed near the surface",
        "近地面风速",
        standard_name="wind_speed",
        **_within(0, 150),
    ),
    _row(
        "water_vapour_column",
        "kg m-2",
        "Column of water vapour",
        "水汽柱总量",
        standard_name="atmosphere_mass_content_of_water_vapor",
        **_within(0, 120),
    ),
    _number(
        "aod_total", "Optical depth of cloud and aerosol at 755 nm", "云和气溶胶总光学厚度", 0, 20
    ),
    _number("aod_ice", "Optical depth of ice cloud at 755 nm", "冰云光学厚度", 0, 20),
    _number("aod_water", "Optical depth of water cloud at 755 nm", "水云光学厚度", 0, 20),
    _number("aod_dust", "Optical depth of dust at 755 nm", "沙尘光学厚度", 0, 20),
    _number("aod_seasalt", "Optical depth of sea salt at 755 nm", "海盐光学厚度", 0, 20),
    _number("aod", "Optical depth of aerosol", "气溶胶光学厚度", 0, 20),
    _number("cod", "Optical depth of cloud", "云光学厚度", 0, 1000),
    _number("albedo_o2a", "Albedo in the O2 A band", "氧A带反照率", -0.1, 3),
    _number("albedo_wco2", "Albedo in the weak CO2 band", "弱二氧化碳带反照率", -0.1, 3),
    _number("albedo_sco2", "Albedo in the strong CO2 band", "强二氧化碳带反照率", -0.1, 3),
    _number("chi2_o2a", "Reduced chi-squared of the fit in the O2 A band", "氧A带拟合卡方", 0, 1e6),
    _number(
        "chi2_wco2",
        "Reduced chi-squared of the fit in the weak CO2 band",
        "弱二氧化碳带拟合卡方",
        0,
        1e6,
    ),
    _number(
        "chi2_sco2",
        "Reduced chi-squared of the fit in the strong CO2 band",
        "强二氧化碳带拟合卡方",
        0,
        1e6,
    ),
    _row(
        "co2_gradient",
        "ppm",
        "Change of the vertical CO2 gradient by the retrieval",
        "二氧化碳垂直梯度变化",
        **_within(-1000, 1000),
    ),
    _row(
        "pressure_difference",
        "hPa",
        "Retrieved minus a priori surface pressure, A band only",
        "地面气压差",
        **_within(-500, 500),
    ),
    _number(
        "co2_ratio", "Ratio of single-band CO2 columns, strong by weak", "二氧化碳单带比", 0, 10
    ),
    _number("h2o_ratio", "Ratio of single-band H2O columns, strong by weak", "水汽单带比", 0, 10),
    _number("o2_ratio", "Ratio of retrieved and expected O2 columns", "氧气柱比", 0, 10),
    # Parts of the error budget that some missions give.
    _error("xco2_smoothing_error", "Smoothing error of XCO2", "二氧化碳柱浓度平滑误差"),
    _error("xco2_retrieval_noise", "Measurement noise of XCO2", "二氧化碳柱浓度反演噪声"),
    _error("xco2_interference_error", "Interference error of XCO2", "二氧化碳柱浓度干扰误差"),
    _error(
        "xco2_external_error", "Error of XCO2 from outside the retrieval", "二氧化碳柱浓度外部误差"
    ),
    _row(
        "co2_column",
        "mol m-2",
        "Column of CO2",
        "二氧化碳柱总量",
        uncertainty=None,
        **_within(0, 300),
    ),
    _row(
        "co2_mid_troposphere",
        "ppm",
        "CO2 mole fraction of the middle troposphere",
        "对流层中层二氧化碳",
        standard_name="mole_fraction_of_carbon_dioxide_in_dry_air",
        uncertainty="co2_mid_troposphere_uncertainty",
        **_within(300, 550),
    ),
    _error(
        "co2_mid_troposphere_uncertainty",
        "Standard uncertainty of the CO2 mole fraction of the middle troposphere",
        "对流层中层二氧化碳不确定度",
    ),
    # Fluorescence.
    _sif(
        "sif_740",
        "Solar-induced fluorescence at 740 nm",
        "740 nm 日光诱导荧光",
        "sif_740_uncertainty",
    ),
    _sif_error(
        "sif_740_uncertainty",
        "Standard uncertainty of SIF at 740 nm",
        "740 nm 日光诱导荧光不确定度",
    ),
    _sif(
        "sif_757",
        "Solar-induced fluorescence at 757 nm",
        "757 nm 日光诱导荧光",
        "sif_757_uncertainty",
    ),
    _sif_error(
        "sif_757_uncertainty",
        "Standard uncertainty of SIF at 757 nm",
        "757 nm 日光诱导荧光不确定度",
    ),
    _sif(
        "sif_771",
        "Solar-induced fluorescence at 771 nm",
        "771 nm 日光诱导荧光",
        "sif_771_uncertainty",
    ),
    _sif_error(
        "sif_771_uncertainty",
        "Standard uncertainty of SIF at 771 nm",
        "771 nm 日光诱导荧光不确定度",
    ),
    _sif("sif_740_true", "SIF at 740 nm that was simulated", "模拟的 740 nm 日光诱导荧光"),
    _sif("sif_757_true", "SIF at 757 nm that was simulated", "模拟的 757 nm 日光诱导荧光"),
    _sif("sif_771_true", "SIF at 771 nm that was simulated", "模拟的 771 nm 日光诱导荧光"),
    _sif("sif_740_daily", "Daily mean of SIF at 740 nm", "740 nm 日均日光诱导荧光"),
    _sif("sif_757_daily", "Daily mean of SIF at 757 nm", "757 nm 日均日光诱导荧光"),
    _sif("sif_771_daily", "Daily mean of SIF at 771 nm", "771 nm 日均日光诱导荧光"),
    _number(
        "daily_correction_factor",
        "Daily mean by instantaneous SIF, from geometry",
        "日订正因子",
        0,
        5,
    ),
    _row(
        "continuum_radiance_757",
        _RADIANCE,
        "Continuum radiance at 757 nm",
        "757 nm 连续谱辐亮度",
        **_within(0, 1000),
    ),
    _row(
        "continuum_radiance_771",
        _RADIANCE,
        "Continuum radiance at 771 nm",
        "771 nm 连续谱辐亮度",
        **_within(0, 1000),
    ),
    _sif(
        "sif_740_wide_window_daily",
        "Daily mean of SIF at 740 nm, from the window 735-758 nm",
        "740 nm 日均日光诱导荧光（735-758 nm 窗口）",
    ),
    _sif(
        "sif_685",
        "Solar-induced fluorescence at 685 nm",
        "685 nm 日光诱导荧光",
        "sif_685_uncertainty",
    ),
    _sif_error(
        "sif_685_uncertainty",
        "Standard uncertainty of SIF at 685 nm",
        "685 nm 日光诱导荧光不确定度",
    ),
    _sif("sif_685_daily", "Daily mean of SIF at 685 nm", "685 nm 日均日光诱导荧光"),
    _continuum("740", "Continuum radiance at 740 nm", "740 nm 连续谱辐亮度"),
    _continuum(
        "740_wide_window", "Continuum radiance of the window 735-758 nm", "735-758 nm 连续谱辐亮度"
    ),
    _continuum("685", "Continuum radiance at 685 nm", "685 nm 连续谱辐亮度"),
    *_window("757", "757 nm", "757 nm "),
    *_window("771", "771 nm", "771 nm "),
    *_window("740", "740 nm", "740 nm "),
    *_window("740_wide_window", "window 735-758 nm", "735-758 nm 窗口"),
    *_window("685", "685 nm", "685 nm "),
    _flag("sif_outcome", "How the fit of SIF ended", "荧光拟合结果标识", _FITS),
    _flag(
        "sif_quality_class",
        "Quality class of SIF",
        "荧光质量等级",
        _CLASSES,
        standard_name="quality_flag",
    ),
    _flag("cloud_flag", "Cloud flag of the A-band preprocessor", "云标识", _CLOUDS),
    _whole("igbp_class", "IGBP land cover class", "IGBP 地表覆盖类型", "int16", 0, 255),
    _number("cloud_fraction", "Cloud fraction", "云量", 0, 1),
    _row(
        "ndvi",
        "1",
        "Normalised difference vegetation index",
        "归一化植被指数",
        standard_name="normalized_difference_vegetation_index",
        colour_map="YlGn",
        **_within(-1, 1),
    ),
    _number("nirv", "Near-infrared reflectance of vegetation", "植被近红外反射率", -1, 2),
    # Fields on grids.
    _row(
        "xco2_standard_deviation",
        "ppm",
        "Standard deviation of XCO2 in the cell",
        "格点二氧化碳柱浓度标准差",
        colour_map="magma",
        **_within(0, 100),
    ),
    _row(
        "sif_740_standard_deviation",
        _RADIANCE,
        "Standard deviation of SIF at 740 nm in the cell",
        "格点内 740 nm 日光诱导荧光标准差",
        colour_map="magma",
        **_within(0, 50),
    ),
    _whole(
        "sounding_count", "Number of soundings in the cell", "格点内观测数", "int32", 0, 2**31 - 1
    ),
    _row(
        "co2",
        "ppm",
        "Mole fraction of CO2 in dry air",
        "二氧化碳干空气混合比",
        standard_name="mole_fraction_of_carbon_dioxide_in_dry_air",
        **_within(150, 3000),
    ),
    _row(
        "co2_flux",
        _FLUX,
        "Flux of CO2 from the surface to the air",
        "二氧化碳地表通量",
        colour_map="RdBu_r",
        uncertainty="co2_flux_uncertainty",
    ),
    _row(
        "co2_flux_uncertainty",
        _FLUX,
        "Standard uncertainty of the flux of CO2 from the surface to the air",
        "二氧化碳地表通量不确定度",
        colour_map="magma",
        valid_min=0,
    ),
    _row(
        "co2_flux_biosphere",
        _FLUX,
        "Flux of CO2 from the land biosphere to the air",
        "陆地生物圈二氧化碳通量",
        colour_map="RdBu_r",
        uncertainty="co2_flux_biosphere_uncertainty",
    ),
    _row(
        "co2_flux_ocean",
        _FLUX,
        "Flux of CO2 from the ocean to the air",
        "海洋二氧化碳通量",
        colour_map="RdBu_r",
        uncertainty="co2_flux_ocean_uncertainty",
    ),
    _row(
        "co2_flux_fossil",
        _FLUX,
        "Flux of CO2 from fossil fuels to the air",
        "化石燃料二氧化碳排放",
        colour_map="inferno",
        uncertainty="co2_flux_fossil_uncertainty",
    ),
    _row(
        "co2_flux_fire",
        _FLUX,
        "Flux of CO2 from fires to the air",
        "火灾二氧化碳排放",
        colour_map="inferno",
        uncertainty="co2_flux_fire_uncertainty",
    ),
    *(
        _row(
            f"co2_flux_{part}_uncertainty",
            _FLUX,
            f"Standard uncertainty of the flux of CO2 from {english} to the air",
            f"{chinese}不确定度",
            colour_map="magma",
            valid_min=0,
        )
        for part, english, chinese in (
            ("biosphere", "the land biosphere", "陆地生物圈二氧化碳通量"),
            ("ocean", "the ocean", "海洋二氧化碳通量"),
            ("fossil", "fossil fuels", "化石燃料二氧化碳排放"),
            ("fire", "fires", "火灾二氧化碳排放"),
        )
    ),
    _row(
        "gross_primary_production",
        _FLUX,
        "Gross primary production, as mass of CO2",
        "总初级生产力",
        colour_map="YlGn",
    ),
    # The second window of TROPOSIF.
    _sif(
        "sif_740_wide_window",
        "Solar-induced fluorescence at 740 nm, from the window 735-758 nm",
        "740 nm 日光诱导荧光（735-758 nm 窗口）",
        "sif_740_wide_window_uncertainty",
    ),
    _sif_error(
        "sif_740_wide_window_uncertainty",
        "Standard uncertainty of SIF at 740 nm, from the window 735-758 nm",
        "740 nm 日光诱导荧光不确定度（735-758 nm 窗口）",
    ),
    # Inventories, and fluxes summed along parallels; all are masses of CO2.
    _row(
        "co2_emission_flux",
        _FLUX,
        "Emission of CO2 by human activity",
        "人为二氧化碳排放通量",
        standard_name="tendency_of_atmosphere_mass_content_of_carbon_dioxide_due_to_emission",
        colour_map="inferno",
        valid_min=0,
    ),
    _row(
        "co2_emission_rate",
        "kg s-1",
        "Emission rate of CO2 of a region and sector",
        "区域与部门二氧化碳排放速率",
        colour_map="inferno",
        uncertainty="co2_emission_rate_uncertainty",
    ),
    _row(
        "co2_emission_rate_uncertainty",
        "kg s-1",
        "Standard uncertainty of the emission rate of CO2 of a region and sector",
        "区域与部门二氧化碳排放速率不确定度",
        colour_map="magma",
        valid_min=0,
    ),
    _row(
        "co2_emission_mass",
        "kg",
        "Mass of CO2 that a region and sector emitted in the period",
        "区域与部门在时段内排放的二氧化碳质量",
        colour_map="inferno",
    ),
    _text(
        "region", "Region: ISO 3166-1 alpha-3 code or label", "区域：ISO 3166-1 三字母代码或标签"
    ),
    _text("region_kind", "Kind of region: country, group, rest or world", "区域类型"),
    _text("sector", "Sector of the economy, Total for all", "经济部门"),
    _flag(
        "partition",
        "Whether the row is one of those that add up without overlap",
        "是否属于互不重叠的划分",
        ((0, "overlaps_other_rows"), (1, "part_of_the_partition")),
    ),
    _flag(
        "period_complete",
        "Whether the data cover the whole period",
        "数据是否覆盖整个时段",
        ((0, "incomplete"), (1, "complete")),
    ),
    _row(
        "co2_zonal_flux",
        "kg s-1 degree-1",
        "Flux of CO2 from the surface to the air per degree of latitude, all longitudes",
        "每纬度全纬圈二氧化碳地表通量",
        colour_map="RdBu_r",
    ),
    _row(
        "co2_zonal_flux_ocean",
        "kg s-1 degree-1",
        "Flux of CO2 from the ocean per degree of latitude, all longitudes",
        "每纬度全纬圈海洋二氧化碳通量",
        colour_map="RdBu_r",
    ),
    _row(
        "co2_zonal_flux_land",
        "kg s-1 degree-1",
        "Flux of CO2 from land biosphere and fires per degree of latitude, all longitudes",
        "每纬度全纬圈陆地二氧化碳通量（生物圈与火灾）",
        colour_map="RdBu_r",
    ),
    _row(
        "co2_zonal_flux_fossil",
        "kg s-1 degree-1",
        "Flux of CO2 from fossil fuels per degree of latitude, all longitudes",
        "每纬度全纬圈化石燃料二氧化碳排放",
        colour_map="inferno",
    ),
)

"""Variables of the OCO, ACOS, OpenGHG and TCCON files: path, type, dimensions, units, mark.

The mark of missing values is -999999 for `f`, 127 for `b`, -9999 for `i`, 0 for `u`, NaN for `q`,
none for `n`. Units that hold blanks have short names, which `UNITS` spells out.
"""

UNITS = {
    "s1970T": "seconds since 1970-01-01 00:00:00",
    "s1990T": "seconds since 1990-01-01 00:00:00",
    "s1970": "seconds since 1970-01-01",
    "azimuth": "degrees East of North",
}

LITE = """
sounding_id                         uint64  sounding_id           YYYYMMDDhhmmssmf        u
time                                float64 sounding_id           s1970T f
latitude                            float32 sounding_id           degrees_north           f
longitude                           float32 sounding_id           degrees_east            f
xco2                                float32 sounding_id           ppm                     f
xco2_uncertainty                    float32 sounding_id           ppm                     f
xco2_apriori                        float32 sounding_id           ppm                     f
xco2_quality_flag                   int8    sounding_id           none                    b
xco2_qf_bitflag                     int32   sounding_id           none                    i
pressure_levels                     float32 sounding_id,levels    hPa                     f
pressure_weight                     float32 sounding_id,levels    none                    f
xco2_averaging_kernel               float32 sounding_id,levels    none                    f
co2_profile_apriori                 float32 sounding_id,levels    ppm                     f
solar_zenith_angle                  float32 sounding_id           degrees                 f
sensor_zenith_angle                 float32 sounding_id           degrees                 f
vertex_latitude                     float32 sounding_id,vertices  degrees_north           f
vertex_longitude                    float32 sounding_id,vertices  degrees_east            f
Sounding/operation_mode             int8    sounding_id           none                    b
Sounding/footprint                  int8    sounding_id           none                    b
Sounding/orbit                      int32   sounding_id           none                    i
Sounding/glint_angle                float32 sounding_id           degrees                 f
Sounding/land_fraction              int8    sounding_id           percent                 b
Sounding/land_water_indicator       int8    sounding_id           none                    b
Sounding/altitude                   float32 sounding_id           meters                  f
Sounding/airmass                    float32 sounding_id           degrees                 f
Sounding/solar_azimuth_angle        float32 sounding_id           azimuth   f
Sounding/sensor_azimuth_angle       float32 sounding_id           azimuth   f
Meteorology/psurf_apriori           float32 sounding_id           hPa                     f
Preprocessors/dp_abp                float32 sounding_id           hPa                     f
Preprocessors/co2_ratio             float32 sounding_id           dimensionless           f
Preprocessors/h2o_ratio             float32 sounding_id           dimensionless           f
Retrieval/xco2_raw                  float32 sounding_id           ppm                     f
Retrieval/psurf                     float32 sounding_id           hPa                     f
Retrieval/surface_type              int8    sounding_id           0=ocean;1=land          b
Retrieval/windspeed                 float32 sounding_id           m/s                     f
Retrieval/tcwv                      float32 sounding_id           kg/m^2                  f
Retrieval/co2_grad_del              float32 sounding_id           ppm                     f
Retrieval/aod_total                 float32 sounding_id           dimensionless           f
Retrieval/aod_ice                   float32 sounding_id           dimensionless           f
Retrieval/aod_water                 float32 sounding_id           dimensionless           f
Retrieval/aod_dust                  float32 sounding_id           dimensionless           f
Retrieval/aod_seasalt               float32 sounding_id           dimensionless           f
Retrieval/albedo_o2a                float32 sounding_id           none                    f
Retrieval/albedo_wco2               float32 sounding_id           none                    f
Retrieval/albedo_sco2               float32 sounding_id           none                    f
Retrieval/chi2_o2a                  float32 sounding_id           dimensionless           f
Retrieval/chi2_wco2                 float32 sounding_id           dimensionless           f
Retrieval/chi2_sco2                 float32 sounding_id           dimensionless           f
"""

NEWER = """
xco2_x2019                          float32 sounding_id           ppm                     f
xco2_qf_simple_bitflag              uint8   sounding_id           none                    n
"""

SIF = """
Delta_Time                          float64 sounding_dim          s1990T f
Latitude                            float32 sounding_dim          degrees_north           f
Longitude                           float32 sounding_dim          degrees_east            f
Latitude_Corners                    float32 sounding_dim,vertex_dim degrees_north         f
Longitude_Corners                   float32 sounding_dim,vertex_dim degrees_east          f
SZA                                 float32 sounding_dim          degrees                 f
SAz                                 float32 sounding_dim          degrees                 f
VZA                                 float32 sounding_dim          degrees                 f
VAz                                 float32 sounding_dim          degrees                 f
SIF_740nm                           float32 sounding_dim          W/m^2/sr/µm             f
SIF_Uncertainty_740nm               float32 sounding_dim          W/m^2/sr/µm             f
Daily_SIF_740nm                     float32 sounding_dim          W/m^2/sr/µm             f
Daily_SIF_757nm                     float32 sounding_dim          W/m^2/sr/µm             f
Daily_SIF_771nm                     float32 sounding_dim          W/m^2/sr/µm             f
Quality_Flag                        int8    sounding_dim          none                    n
Science/SIF_757nm                   float32 sounding_dim          W/m^2/sr/µm             f
Science/SIF_Uncertainty_757nm       float32 sounding_dim          W/m^2/sr/µm             f
Science/SIF_771nm                   float32 sounding_dim          W/m^2/sr/µm             f
Science/SIF_Uncertainty_771nm       float32 sounding_dim          W/m^2/sr/µm             f
Science/continuum_radiance_757nm    float32 sounding_dim          W/m^2/sr/µm             f
Science/continuum_radiance_771nm    float32 sounding_dim          W/m^2/sr/µm             f
Science/daily_correction_factor     float32 sounding_dim          dimensionless           f
Science/sounding_land_fraction      float32 sounding_dim          percent                 f
Science/IGBP_index                  int8    sounding_dim          none                    n
Metadata/SoundingId                 uint64  sounding_dim          none                    n
Metadata/FootprintId                int64   sounding_dim          none                    n
Metadata/OrbitId                    int32   sounding_dim          none                    n
Metadata/MeasurementMode            int8    sounding_dim          none                    n
Cloud/cloud_flag_abp                int8    sounding_dim          none                    n
Cloud/o2_ratio                      float32 sounding_dim          dimensionless           f
Cloud/co2_ratio                     float32 sounding_dim          dimensionless           f
"""

TCCON = """
time                                float64 time                  s1970 q
prior_altitude                      float32 prior_altitude        km                      q
ak_altitude                         float32 ak_altitude           km                      q
ak_pressure                         float32 ak_altitude           hPa                     q
lat                                 float32 time                  degrees_north           q
long                                float32 time                  degrees_east            q
zobs                                float32 time                  km                      q
solzen                              float32 time                  degrees                 q
azim                                float32 time                  degrees                 q
airmass                             float32 time                  -                       q
pout                                float32 time                  hPa                     q
tout                                float32 time                  degrees_Celsius         q
wspd                                float32 time                  m.s-1                   q
xco2                                float32 time                  ppm                     q
xco2_error                          float32 time                  ppm                     q
xco2_x2019                          float32 time                  ppm                     q
xco2_error_x2019                    float32 time                  ppm                     q
prior_xco2                          float32 time                  ppm                     q
prior_xco2_x2019                    float32 time                  ppm                     q
prior_pressure                      float32 time,prior_altitude   atm                     q
prior_co2                           float32 time,prior_altitude   ppm                     q
integration_operator                float32 time,prior_altitude   1                       q
ak_xco2                             float32 time,ak_altitude      1                       q
extrapolation_flags_ak_xco2         int8    time                  -                       n
"""

OPENGHG = """
time                                float64 time                  s1970 q
lat                                 float32 time                  degrees_north           q
lon                                 float32 time                  degrees_east            q
lev                                 int16   lev                   -                       n
xco2                                float32 time                  ppm                     q
xco2_uncertainty                    float32 time                  ppm                     q
pressure_levels                     float32 time,lev              hPa                     q
pressure_weights                    float32 time,lev              none                    q
xco2_averaging_kernel               float32 time,lev              none                    q
co2_profile_apriori                 float32 time,lev              ppm                     q
"""

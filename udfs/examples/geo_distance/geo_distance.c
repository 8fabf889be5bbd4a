// Distance on the globe: a filter by radius, and a scorer whose scores decay with the distance.

#include "quidditch.h"

static const double PI = 3.14159265358979323846;
static const double RADIANS = 3.14159265358979323846 / 180.0;  // of a degree
static const double EARTH_RADIUS_KM = 6371.0088;               // mean radius, IUGG

// The smaller one, with `b` for NaN. The C library's `fmin` is a call.
static inline double least(double a, double b) { return a < b ? a : b; }

// ---- Trigonometry --------------------------------------------------------------------------------------------------
//
// All angles are in -pi/2 .. pi/2, so the Taylor series needs no range reduction. Its error is less than 1e-11, a
// tenth of a millimetre on the ground, and it is faster and smaller than the C library's functions.

static inline double sine(double x) {
  double square = x * x;
  double sum = 1.0 / 1307674368000.0;  // 1 / 15!
  sum = 1.0 / 6227020800.0 - square * sum;
  sum = 1.0 / 39916800.0 - square * sum;
  sum = 1.0 / 362880.0 - square * sum;
  sum = 1.0 / 5040.0 - square * sum;
  sum = 1.0 / 120.0 - square * sum;
  sum = 1.0 / 6.0 - square * sum;
  return x * (1.0 - square * sum);
}

// The cosine of an angle in -pi/2 .. pi/2, from the sine of its half, for which a shorter series is as exact.
static inline double cosine(double x) {
  double half = x / 2, square = half * half;
  double sum = 1.0 / 39916800.0;  // 1 / 11!
  sum = 1.0 / 362880.0 - square * sum;
  sum = 1.0 / 5040.0 - square * sum;
  sum = 1.0 / 120.0 - square * sum;
  sum = 1.0 / 6.0 - square * sum;
  double sine_of_half = half * (1.0 - square * sum);
  return 1.0 - 2.0 * sine_of_half * sine_of_half;
}

// The angle in 0 .. pi/2 whose sine is x. For small x it uses the series, with a relative error of less than 1e-11;
// otherwise the approximation 4.4.46 of Abramowitz and Stegun's handbook, with an error of less than 3e-8, which is
// 20 cm in more than 1,000 km.
static inline double arc_sine(double x) {
  if (x < 0.1) {
    double square = x * x;
    double sum = 35.0 / 1152.0;
    sum = 5.0 / 112.0 + square * sum;
    sum = 3.0 / 40.0 + square * sum;
    sum = 1.0 / 6.0 + square * sum;
    return x * (1.0 + square * sum);
  }
  double sum = -0.0012624911;
  sum = 0.0066700901 + x * sum;
  sum = -0.0170881256 + x * sum;
  sum = 0.0308918810 + x * sum;
  sum = -0.0501743046 + x * sum;
  sum = 0.0889789874 + x * sum;
  sum = -0.2145988016 + x * sum;
  sum = 1.5707963050 + x * sum;
  return PI / 2 - sqrt(1.0 - x) * sum;
}

// The exponent below which e^x is 0 as a float.
static const double LEAST_EXPONENT = -104.0;

// e^x for x <= 0, as 2^n x e^rest with a small rest. The relative error is less than 1e-9, far below the precision of
// a float.
static inline double exponential(double x) {
  if (x < LEAST_EXPONENT) return 0.0;
  const double LN_2 = 0.69314718055994530942;
  int64_t n = (int64_t)(x / LN_2 - 0.5);
  double rest = x - (double)n * LN_2;  // -0.35 .. 0.35
  double sum = 1.0 / 40320.0;
  sum = 1.0 / 5040.0 + rest * sum;
  sum = 1.0 / 720.0 + rest * sum;
  sum = 1.0 / 120.0 + rest * sum;
  sum = 1.0 / 24.0 + rest * sum;
  sum = 1.0 / 6.0 + rest * sum;
  sum = 0.5 + rest * sum;
  sum = 1.0 + rest * sum;
  sum = 1.0 + rest * sum;
  uint64_t bits = (uint64_t)(1023 + n) << 52;  // 2^n
  double power;
  memcpy(&power, &bits, sizeof power);
  return power * sum;
}

// ln x for 0 < x < 1. With x = 2^n x m, ln m = 2 artanh((m - 1) / (m + 1)), whose series has an error of less than 1e-12
// for m in 0.7 .. 1.4.
QD_ONCE static double logarithm(double x) {
  const double LN_2 = 0.69314718055994530942;
  double n = 0.0;
  for (; x < 0.7; x *= 2.0) n -= 1.0;
  double ratio = (x - 1.0) / (x + 1.0), square = ratio * ratio, sum = 0.0;
  for (double divisor = 13.0; divisor > 0.0; divisor -= 2.0) sum = sum * square + 1.0 / divisor;
  return n * LN_2 + 2.0 * ratio * sum;
}

// ---- A point, and the distance to it -------------------------------------------------------------------------------

typedef struct {
  double lat;  // degrees
  double lon;
  double cos_lat;
} origin_t;

// Degrees from one meridian to the other, the short way: 0 .. 180.
static inline double lon_difference(double a, double b) {
  double difference = fabs(a - b);
  return difference > 180.0 ? 360.0 - difference : difference;
}

// The haversine of the angle between two points: the square of the sine of half the angle. It grows with the
// distance, so the filter compares it with the haversine of the radius and needs no inverse.
static inline double haversine(const origin_t *origin, double lat, double lon) {
  double half_lat = sine((lat - origin->lat) * (RADIANS / 2));
  double half_lon = sine(lon_difference(lon, origin->lon) * (RADIANS / 2));
  return half_lat * half_lat + origin->cos_lat * cosine(lat * RADIANS) * half_lon * half_lon;
}

// The part that the filter and the scorer share: the point to measure from, and the columns of the field.

// The value of a float parameter, or NaN, for which every comparison is false, if it was not given.
static double number(const qd_clause *clause, const char *name) {
  return qd_has(clause, name) ? qd_get_float(clause, name) : NAN;
}

QD_ONCE static const qd_error *bind_origin(origin_t *origin, qd_clause *clause) {
  double lat = qd_get_float(clause, "lat"), lon = qd_get_float(clause, "lon");
  if (!(lat >= -90.0 && lat <= 90.0)) return qd_invalid_argument("parameter [lat] must be from -90 to 90");
  if (!(lon >= -180.0 && lon <= 180.0)) return qd_invalid_argument("parameter [lon] must be from -180 to 180");
  // The cosine, exact also near the poles.
  *origin = (origin_t){lat, lon, sine((90.0 - fabs(lat)) * RADIANS)};
  const char *field = qd_get_text(clause, "field");
  qd_request(clause, qd_concat(field, ".lat"), QD_FLOATS);
  qd_request(clause, qd_concat(field, ".lon"), QD_FLOATS);
  return NULL;
}

enum { LAT, LON };  // the columns; the same positions of both are one location

// ---- The filter ----------------------------------------------------------------------------------------------------

typedef struct {
  origin_t origin;
  double haversine;  // of the radius
  // The bounding box of the circle, in degrees: most documents are outside of it, and need no trigonometry.
  double lat_difference, lon_difference;
} circle_t;

QD_ONCE static const qd_error *bind_circle(circle_t *circle, qd_clause *clause) {
  double radius = number(clause, "radius_km");
  if (!(radius >= 0.0)) return qd_invalid_argument("a filter needs parameter [radius_km], 0 or more");
  const qd_error *error = bind_origin(&circle->origin, clause);
  if (error) return error;

  const origin_t *origin = &circle->origin;
  double angle = least(radius / EARTH_RADIUS_KM, PI);
  double half = sine(angle / 2);
  double lat_difference = angle / RADIANS;
  // The largest difference in longitude: sin(difference) = sin(angle) / cos(lat), unless the circle contains a pole. The
  // errors of the series must not make the circle smaller, neither here nor below.
  bool has_pole = fabs(origin->lat) + lat_difference >= 90.0;
  double ratio = has_pole ? 1.0 : sine(angle) / origin->cos_lat + 1e-10;
  double lon_difference = 180.0;
  if (ratio < 1.0) {
    // By bisection: `arc_sine` would be a second time in the program, and less exact.
    double difference = 0.0;
    for (double step = PI / 4; step > 1e-10; step /= 2)
      if (sine(difference + step) <= ratio) difference += step;
    lon_difference = difference / RADIANS;
  }
  circle->haversine = half * half + 1e-15;
  circle->lat_difference = lat_difference + 1e-9;
  circle->lon_difference = lon_difference + 1e-7;

  // The bounding box, for the host: it need not pass documents outside of it. The longitudes may go across the date
  // line.
  qd_announce_range(clause, LAT, origin->lat - circle->lat_difference, origin->lat + circle->lat_difference);
  if (circle->lon_difference < 180.0) {
    double west = origin->lon - circle->lon_difference, east = origin->lon + circle->lon_difference;
    qd_announce_range(clause, LON, west < -180.0 ? west + 360.0 : west, east > 180.0 ? east - 360.0 : east);
  }
  return NULL;
}

static inline bool is_inside(const circle_t *circle, double lat, double lon) {
  const origin_t *origin = &circle->origin;
  if (fabs(lat - origin->lat) > circle->lat_difference) return false;
  if (lon_difference(lon, origin->lon) > circle->lon_difference) return false;
  return haversine(origin, lat, lon) <= circle->haversine;
}

static const qd_error *keep(const circle_t *circle, const qd_batch *batch, bool *keep) {
  const qd_column lat = batch->columns[LAT], lon = batch->columns[LON];
  for (size_t i = 0; i < batch->len; i++) {
    size_t location = qd_begin(&lat, i), end = qd_end(&lat, i);
    bool inside = false;
    for (; location < end && !inside; location++) {
      inside = is_inside(circle, lat.floats[location], lon.floats[location]);
    }
    keep[i] = inside;
  }
  return NULL;
}

// ---- The scorer ----------------------------------------------------------------------------------------------------

typedef struct {
  origin_t origin;
  double offset;          // kilometres
  double exponent;        // per square of a kilometre beyond the offset
  double lat_difference;  // in degrees; beyond it, the score is 0
} decay_t;

QD_ONCE static const qd_error *bind_decay(decay_t *decay, qd_clause *clause) {
  double scale = number(clause, "scale_km"), at_scale = qd_get_float(clause, "decay");
  decay->offset = qd_get_float(clause, "offset_km");
  if (!(scale > 0.0)) return qd_invalid_argument("a scorer needs parameter [scale_km], greater than 0");
  if (!(decay->offset >= 0.0)) return qd_invalid_argument("parameter [offset_km] must not be negative");
  if (!(at_scale > 0.0 && at_scale < 1.0)) return qd_invalid_argument("parameter [decay] must be between 0 and 1");

  // exp(-d^2 / 2 sigma^2) with sigma^2 = -scale^2 / (2 ln decay): the score is `decay` at the distance `scale`.
  decay->exponent = logarithm(at_scale) / (scale * scale);
  double farthest = decay->offset + sqrt(LEAST_EXPONENT / decay->exponent);
  decay->lat_difference = farthest / EARTH_RADIUS_KM / RADIANS + 1e-9;
  return bind_origin(&decay->origin, clause);
}

static inline float score_at(const decay_t *decay, double lat, double lon) {
  if (fabs(lat - decay->origin.lat) > decay->lat_difference) return 0.0f;
  double root = sqrt(least(haversine(&decay->origin, lat, lon), 1.0));
  double beyond = 2.0 * EARTH_RADIUS_KM * arc_sine(root) - decay->offset;
  if (!(beyond > 0.0)) beyond = 0.0;
  return (float)exponential(beyond * beyond * decay->exponent);
}

static const qd_error *score(const decay_t *decay, const qd_batch *batch, float *scores) {
  const qd_column lat = batch->columns[LAT], lon = batch->columns[LON];
  for (size_t i = 0; i < batch->len; i++) {
    float best = 0.0f;
    for (size_t location = qd_begin(&lat, i), end = qd_end(&lat, i); location < end; location++) {
      float at_location = score_at(decay, lat.floats[location], lon.floats[location]);
      if (at_location > best) best = at_location;
    }
    scores[i] = best;
  }
  return NULL;
}

// The score at the point itself.
static float max_score(const decay_t *decay, float score_so_far) {
  (void)decay, (void)score_so_far;
  return 1.0f;
}

// ---- Description ---------------------------------------------------------------------------------------------------

QD_FUNCTION("Distance on the globe: a filter by radius, and a scorer whose score is 1 at the point and decreases with "
            "the distance.",
            QD_REQUIRED("field", FIELD, "The geo point field to measure to."),
            QD_REQUIRED("lat", FLOAT, "Latitude to measure from, in degrees."),
            QD_REQUIRED("lon", FLOAT, "Longitude to measure from, in degrees."),
            QD_OPTIONAL("radius_km", FLOAT, "The maximum distance to keep; required by the filter."),
            QD_OPTIONAL("scale_km", FLOAT,
                        "The distance beyond the offset at which the score is `decay`; required by the scorer."),
            QD_DEFAULT("offset_km", FLOAT, 0.0, "Up to this distance the score is 1; only for the scorer."),
            QD_DEFAULT("decay", FLOAT, 0.5, "The score at `scale_km`; only for the scorer."));

QD_FILTER(circle_t, .bind = bind_circle, .keep = keep);
QD_SCORER(decay_t, .bind = bind_decay, .score = score, .max_score = max_score);

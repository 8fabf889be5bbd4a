// Distance on the globe: a filter by radius, and a scorer whose scores decay with the distance.
//
// wit-bindgen generates `filter_and_scorer_udf.h` from `wit/`. Its rules of ownership: arguments belong to the callee, which frees them
// with the `*_free` functions; results are on the heap, and the generated code frees them after the host has read them.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter_and_scorer_udf.h"

typedef filter_and_scorer_udf_string_t string_t;
typedef quidditch_udf_types_argument_t argument_t;
typedef quidditch_udf_types_batch_t batch_t;
typedef quidditch_udf_types_column_t column_t;
typedef quidditch_udf_types_column_request_t column_request_t;
typedef quidditch_udf_types_error_t error_t;
typedef exports_quidditch_udf_metadata_parameter_t parameter_t;

static const double PI = 3.14159265358979323846;
static const double RADIANS = 3.14159265358979323846 / 180.0;  // of a degree
static const double EARTH_RADIUS_KM = 6371.0088;               // mean radius, IUGG

// ---- Trigonometry -------------------------------------------------------------------------------------------------------
//
// All angles are in -pi/2 .. pi/2, so the Taylor series needs no range reduction. Its error is less than 1e-11, a tenth of a millimetre
// on the ground, and it is faster and smaller than the C library's functions.

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

// The angle in 0 .. pi/2 whose sine is x. For small x it uses the series, with a relative error of less than 1e-11; otherwise the
// approximation 4.4.46 of Abramowitz and Stegun's handbook, with an error of less than 3e-8, which is 20 cm in more than 1,000 km.
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

// e^x for x <= 0, as 2^n x e^rest with a small rest. The relative error is less than 1e-9, far below the precision of a float.
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

// ln x for 0 < x < 1, by Newton's method on the exponential function, and as exact as that.
static double logarithm(double x) {
  double y = 0.0;
  for (int i = 0; i < 1000; i++) {
    double step = x / exponential(y) - 1.0;
    y += step;
    if (fabs(step) < 1e-15) break;
  }
  return y;
}

// ---- A point, and the distance to it ------------------------------------------------------------------------------------

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

// The haversine of the angle between two points: the square of the sine of half the angle. It grows with the distance, so the
// filter compares it with the haversine of the radius and needs no inverse.
static inline double haversine(const origin_t *origin, double lat, double lon) {
  double half_lat = sine((lat - origin->lat) * (RADIANS / 2));
  double half_lon = sine(lon_difference(lon, origin->lon) * (RADIANS / 2));
  return half_lat * half_lat + origin->cos_lat * cosine(lat * RADIANS) * half_lon * half_lon;
}

// ---- Texts and errors ---------------------------------------------------------------------------------------------------

static string_t text(const char *literal) {
  string_t copy;
  filter_and_scorer_udf_string_dup(&copy, literal);
  return copy;
}

static bool refuse(error_t *error, const char *message) {
  error->tag = QUIDDITCH_UDF_TYPES_ERROR_INVALID_ARGUMENT;
  error->val.invalid_argument = text(message);
  return false;
}

// ---- Arguments ----------------------------------------------------------------------------------------------------------

typedef struct {
  const argument_t *items;
  size_t len;
} arguments_t;

static const argument_t *find(arguments_t arguments, const char *name) {
  for (size_t i = 0; i < arguments.len; i++) {
    const string_t *given = &arguments.items[i].name;
    if (given->len == strlen(name) && memcmp(given->ptr, name, given->len) == 0) return &arguments.items[i];
  }
  return NULL;
}

// The host has checked that the argument is a number. A missing argument is NaN, for which every comparison is false.
static double number(arguments_t arguments, const char *name) {
  const argument_t *argument = find(arguments, name);
  return argument ? argument->value.val.float_ : NAN;
}

// The part that the filter and the scorer share: the field, and the point to measure from.
typedef struct {
  string_t field;
  origin_t origin;
} place_t;

static bool bind_place(arguments_t arguments, place_t *place, error_t *error) {
  double lat = number(arguments, "lat"), lon = number(arguments, "lon");
  if (!(lat >= -90.0 && lat <= 90.0)) return refuse(error, "parameter [lat] must be from -90 to 90");
  if (!(lon >= -180.0 && lon <= 180.0)) return refuse(error, "parameter [lon] must be from -180 to 180");
  place->origin = (origin_t){lat, lon, cosine(lat * RADIANS)};
  const string_t *field = &find(arguments, "field")->value.val.text;
  filter_and_scorer_udf_string_dup_n(&place->field, (const char *)field->ptr, field->len);
  return true;
}

// ---- Columns ------------------------------------------------------------------------------------------------------------

static string_t with_suffix(const string_t *field, const char *suffix) {
  size_t suffix_len = strlen(suffix);
  string_t name = {malloc(field->len + suffix_len), field->len + suffix_len};
  if (!name.ptr) abort();
  memcpy(name.ptr, field->ptr, field->len);
  memcpy(name.ptr + field->len, suffix, suffix_len);
  return name;
}

static column_request_t *request_columns(const place_t *place) {
  column_request_t *requests = malloc(2 * sizeof *requests);
  if (!requests) abort();
  requests[0] = (column_request_t){with_suffix(&place->field, ".lat"), QUIDDITCH_UDF_TYPES_KIND_FLOATS};
  requests[1] = (column_request_t){with_suffix(&place->field, ".lon"), QUIDDITCH_UDF_TYPES_KIND_FLOATS};
  return requests;
}

typedef struct {
  size_t len;
  const double *lat, *lon;
  const uint32_t *starts;  // NULL if every document has exactly one location
} points_t;

// The same positions of both columns are one location.
static points_t read_points(const batch_t *batch) {
  const column_t *lat = &batch->columns.ptr[0], *lon = &batch->columns.ptr[1];
  return (points_t){batch->len, lat->values.val.floats.ptr, lon->values.val.floats.ptr,
                    lat->starts.len ? lat->starts.ptr : NULL};
}

// The locations of document `i` are those from `first_location` of it to that of the next one.
static inline size_t first_location(const points_t *points, size_t i) {
  return points->starts ? points->starts[i] : i;
}

// ---- The filter ---------------------------------------------------------------------------------------------------------

struct exports_quidditch_udf_filter_bound_filter_t {
  place_t place;
  double haversine;  // of the radius
  // The bounding box of the circle, in degrees: most documents are outside of it, and need no trigonometry.
  double lat_difference, lon_difference;
};

bool exports_quidditch_udf_filter_static_bound_filter_bind(exports_quidditch_udf_filter_list_argument_t *given,
                                                           exports_quidditch_udf_filter_own_bound_filter_t *ret, error_t *err) {
  arguments_t arguments = {given->ptr, given->len};
  exports_quidditch_udf_filter_bound_filter_t bound;
  double radius = number(arguments, "radius_km");
  bool valid = radius >= 0.0 ? bind_place(arguments, &bound.place, err)
                             : refuse(err, "a filter needs parameter [radius_km], 0 or more");
  if (valid) {
    double angle = fmin(radius / EARTH_RADIUS_KM, PI);
    double half = sine(angle / 2);
    bound.haversine = half * half;
    bound.lat_difference = angle / RADIANS;
    // The largest difference in longitude: sin(difference) = sin(angle) / cos(lat), unless the circle contains a pole.
    bool has_pole = fabs(bound.place.origin.lat) + bound.lat_difference >= 90.0;
    double ratio = has_pole ? 1.0 : sine(angle) / bound.place.origin.cos_lat;
    bound.lon_difference = ratio < 1.0 ? asin(ratio) / RADIANS : 180.0;
    // The errors of the series must not make the circle smaller.
    bound.haversine += 1e-15;
    bound.lat_difference += 1e-9;
    bound.lon_difference += 1e-9;
    exports_quidditch_udf_filter_bound_filter_t *filter = malloc(sizeof *filter);
    if (!filter) abort();
    *filter = bound;
    *ret = exports_quidditch_udf_filter_bound_filter_new(filter);
  }
  exports_quidditch_udf_filter_list_argument_free(given);
  return valid;
}

void exports_quidditch_udf_filter_method_bound_filter_columns(exports_quidditch_udf_filter_borrow_bound_filter_t self,
                                                              exports_quidditch_udf_filter_list_column_request_t *ret) {
  ret->ptr = request_columns(&self->place);
  ret->len = 2;
}

// The bounding box, for the host: it need not pass documents outside of it. The longitudes may go across the date line.
void exports_quidditch_udf_filter_method_bound_filter_ranges(exports_quidditch_udf_filter_borrow_bound_filter_t self,
                                                             exports_quidditch_udf_filter_list_range_t *ret) {
  const origin_t *origin = &self->place.origin;
  double west = origin->lon - self->lon_difference, east = origin->lon + self->lon_difference;
  ret->ptr = malloc(2 * sizeof *ret->ptr);
  if (!ret->ptr) abort();
  ret->ptr[0] = (exports_quidditch_udf_filter_range_t){0, origin->lat - self->lat_difference, origin->lat + self->lat_difference};
  ret->ptr[1] = (exports_quidditch_udf_filter_range_t){1, west < -180.0 ? west + 360.0 : west, east > 180.0 ? east - 360.0 : east};
  ret->len = self->lon_difference < 180.0 ? 2 : 1;
}

static inline bool is_inside(const exports_quidditch_udf_filter_bound_filter_t *circle, double lat, double lon) {
  const origin_t *origin = &circle->place.origin;
  if (fabs(lat - origin->lat) > circle->lat_difference) return false;
  if (lon_difference(lon, origin->lon) > circle->lon_difference) return false;
  return haversine(origin, lat, lon) <= circle->haversine;
}

bool exports_quidditch_udf_filter_method_bound_filter_keep(exports_quidditch_udf_filter_borrow_bound_filter_t self,
                                                           batch_t *batch, filter_and_scorer_udf_list_u8_t *ret, error_t *err) {
  (void)err;
  points_t points = read_points(batch);
  uint8_t *keep = malloc(points.len);
  if (!keep && points.len) abort();
  for (size_t i = 0; i < points.len; i++) {
    size_t location = first_location(&points, i), end = first_location(&points, i + 1);
    bool inside = false;
    for (; location < end && !inside; location++) inside = is_inside(self, points.lat[location], points.lon[location]);
    keep[i] = inside;
  }
  *ret = (filter_and_scorer_udf_list_u8_t){keep, points.len};
  quidditch_udf_types_batch_free(batch);
  return true;
}

void exports_quidditch_udf_filter_bound_filter_destructor(exports_quidditch_udf_filter_bound_filter_t *self) {
  filter_and_scorer_udf_string_free(&self->place.field);
  free(self);
}

// ---- The scorer ---------------------------------------------------------------------------------------------------------

struct exports_quidditch_udf_scorer_bound_scorer_t {
  place_t place;
  double offset;          // kilometres
  double exponent;        // per square of a kilometre beyond the offset
  double lat_difference;  // in degrees; beyond it, the score is 0
};

bool exports_quidditch_udf_scorer_static_bound_scorer_bind(exports_quidditch_udf_scorer_list_argument_t *given,
                                                           exports_quidditch_udf_scorer_own_bound_scorer_t *ret, error_t *err) {
  arguments_t arguments = {given->ptr, given->len};
  exports_quidditch_udf_scorer_bound_scorer_t bound;
  double scale = number(arguments, "scale_km"), decay = number(arguments, "decay");
  bound.offset = number(arguments, "offset_km");
  bool valid = true;
  if (!(scale > 0.0)) valid = refuse(err, "a scorer needs parameter [scale_km], greater than 0");
  else if (!(bound.offset >= 0.0)) valid = refuse(err, "parameter [offset_km] must not be negative");
  else if (!(decay > 0.0 && decay < 1.0)) valid = refuse(err, "parameter [decay] must be between 0 and 1");
  else valid = bind_place(arguments, &bound.place, err);
  if (valid) {
    // exp(-d^2 / 2 sigma^2) with sigma^2 = -scale^2 / (2 ln decay): the score is `decay` at the distance `scale`.
    bound.exponent = logarithm(decay) / (scale * scale);
    bound.lat_difference = (bound.offset + sqrt(LEAST_EXPONENT / bound.exponent)) / EARTH_RADIUS_KM / RADIANS + 1e-9;
    exports_quidditch_udf_scorer_bound_scorer_t *scorer = malloc(sizeof *scorer);
    if (!scorer) abort();
    *scorer = bound;
    *ret = exports_quidditch_udf_scorer_bound_scorer_new(scorer);
  }
  exports_quidditch_udf_scorer_list_argument_free(given);
  return valid;
}

void exports_quidditch_udf_scorer_method_bound_scorer_columns(exports_quidditch_udf_scorer_borrow_bound_scorer_t self,
                                                              exports_quidditch_udf_scorer_list_column_request_t *ret) {
  ret->ptr = request_columns(&self->place);
  ret->len = 2;
}

bool exports_quidditch_udf_scorer_method_bound_scorer_needs_score(exports_quidditch_udf_scorer_borrow_bound_scorer_t self) {
  (void)self;
  return false;
}

// The score at the point itself.
float exports_quidditch_udf_scorer_method_bound_scorer_max_score(exports_quidditch_udf_scorer_borrow_bound_scorer_t self,
                                                                 float score_so_far) {
  (void)self;
  (void)score_so_far;
  return 1.0f;
}

static inline float score(const exports_quidditch_udf_scorer_bound_scorer_t *scorer, double lat, double lon) {
  if (fabs(lat - scorer->place.origin.lat) > scorer->lat_difference) return 0.0f;
  double root = sqrt(fmin(haversine(&scorer->place.origin, lat, lon), 1.0));
  double beyond = fmax(0.0, 2.0 * EARTH_RADIUS_KM * arc_sine(root) - scorer->offset);
  return (float)exponential(beyond * beyond * scorer->exponent);
}

bool exports_quidditch_udf_scorer_method_bound_scorer_score(exports_quidditch_udf_scorer_borrow_bound_scorer_t self, batch_t *batch,
                                                            filter_and_scorer_udf_list_f32_t *ret, error_t *err) {
  (void)err;
  points_t points = read_points(batch);
  float *scores = malloc(points.len * sizeof *scores);
  if (!scores && points.len) abort();
  for (size_t i = 0; i < points.len; i++) {
    size_t location = first_location(&points, i), end = first_location(&points, i + 1);
    float best = 0.0f;
    for (; location < end; location++) {
      float at_location = score(self, points.lat[location], points.lon[location]);
      if (at_location > best) best = at_location;
    }
    scores[i] = best;
  }
  *ret = (filter_and_scorer_udf_list_f32_t){scores, points.len};
  quidditch_udf_types_batch_free(batch);
  return true;
}

void exports_quidditch_udf_scorer_bound_scorer_destructor(exports_quidditch_udf_scorer_bound_scorer_t *self) {
  filter_and_scorer_udf_string_free(&self->place.field);
  free(self);
}

// ---- Metadata -----------------------------------------------------------------------------------------------------------

#define KIND(name) EXPORTS_QUIDDITCH_UDF_METADATA_PARAMETER_KIND_##name

static const struct {
  const char *name;
  uint8_t kind;
  bool required;
  double default_value;  // NAN for none
  const char *summary;
} PARAMETERS[] = {
    {"field", KIND(FIELD), true, NAN, "The geo point field to measure to."},
    {"lat", KIND(FLOAT), true, NAN, "Latitude to measure from, in degrees."},
    {"lon", KIND(FLOAT), true, NAN, "Longitude to measure from, in degrees."},
    {"radius_km", KIND(FLOAT), false, NAN, "The maximum distance to keep; required by the filter."},
    {"scale_km", KIND(FLOAT), false, NAN, "The distance beyond the offset at which the score is `decay`; required by the scorer."},
    {"offset_km", KIND(FLOAT), false, 0.0, "Up to this distance the score is 1; only for the scorer."},
    {"decay", KIND(FLOAT), false, 0.5, "The score at `scale_km`; only for the scorer."},
};

enum { PARAMETER_COUNT = sizeof PARAMETERS / sizeof *PARAMETERS };

void exports_quidditch_udf_metadata_summary(string_t *ret) {
  *ret = text("Distance on the globe: a filter by radius, and a scorer whose score is 1 at the point and decreases with "
              "the distance.");
}

uint32_t exports_quidditch_udf_metadata_memory_mib(void) { return 0; }  // the host's default is enough

void exports_quidditch_udf_metadata_parameters(exports_quidditch_udf_metadata_list_parameter_t *ret) {
  ret->len = PARAMETER_COUNT;
  ret->ptr = calloc(PARAMETER_COUNT, sizeof *ret->ptr);
  if (!ret->ptr) abort();
  for (size_t i = 0; i < PARAMETER_COUNT; i++) {
    parameter_t *parameter = &ret->ptr[i];
    parameter->name = text(PARAMETERS[i].name);
    parameter->kind = PARAMETERS[i].kind;
    parameter->required = PARAMETERS[i].required;
    parameter->default_.is_some = !isnan(PARAMETERS[i].default_value);
    parameter->default_.val.tag = QUIDDITCH_UDF_TYPES_VALUE_FLOAT;
    parameter->default_.val.val.float_ = PARAMETERS[i].default_value;
    parameter->summary = text(PARAMETERS[i].summary);
  }
}

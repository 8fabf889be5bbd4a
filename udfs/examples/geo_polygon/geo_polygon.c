// Keeps documents with a location inside of a polygon.

#include "quidditch.h"

// An edge, from its lower end to its upper end, so that two polygons that share an edge compute the same for it. It has
// latitudes from `bottom` to before `top`. Horizontal edges have none, and are left out.
typedef struct {
  double bottom, top;
  double lon;    // at the bottom
  double slope;  // degrees of longitude per degree of latitude
} edge_t;

typedef struct {
  double south, north;
  // Longitudes are continuous along the polygon: if it crosses the date line, some are beyond 180 or -180.
  double west, east;
  size_t edge_count;
  edge_t *edges;
} polygon_t;

enum { LAT, LON };  // the columns; the same positions of both are one location

static void add_edge(polygon_t *polygon, double lat, double lon, double next_lat, double next_lon) {
  if (lat == next_lat) return;
  double slope = (next_lon - lon) / (next_lat - lat);
  polygon->edges[polygon->edge_count++] =
      lat < next_lat ? (edge_t){lat, next_lat, lon, slope} : (edge_t){next_lat, lat, next_lon, slope};
}

// The longitude that is at most 180 degrees away from another one.
static double near(double lon, double other) {
  if (lon - other > 180.0) return lon - 360.0;
  if (lon - other < -180.0) return lon + 360.0;
  return lon;
}

static const qd_error *bind(polygon_t *polygon, qd_clause *clause) {
  qd_floats lats = qd_get_floats(clause, "lats"), lons = qd_get_floats(clause, "lons");
  size_t count = lats.len;
  if (count < 3) return qd_invalid_argument("parameter [lats] must have at least 3 corners");
  if (lons.len != count) return qd_invalid_argument("parameter [lons] must have as many corners as [lats]");
  for (size_t i = 0; i < count; i++) {
    if (fabs(lats.items[i]) > 90.0) return qd_invalid_argument("parameter [lats] must be from -90 to 90");
    if (fabs(lons.items[i]) > 180.0) return qd_invalid_argument("parameter [lons] must be from -180 to 180");
  }

  double lat = lats.items[0], lon = lons.items[0];
  polygon->south = polygon->north = lat;
  polygon->west = polygon->east = lon;
  polygon->edges = qd_alloc(count * sizeof *polygon->edges);
  for (size_t i = 1; i <= count; i++) {
    double next_lat = lats.items[i % count], next_lon = lons.items[i % count];
    // How often the polygon went around so far, from the corner before; then the short way to the next one.
    double turns = 360.0 * round((lon - lons.items[i - 1]) / 360.0);
    next_lon = near(next_lon, lons.items[i - 1]) + turns;
    add_edge(polygon, lat, lon, next_lat, next_lon);
    lat = next_lat;
    lon = next_lon;
    polygon->south = fmin(polygon->south, lat);
    polygon->north = fmax(polygon->north, lat);
    polygon->west = fmin(polygon->west, lon);
    polygon->east = fmax(polygon->east, lon);
  }
  if (lon != lons.items[0]) return qd_invalid_argument("parameter [lons] must not go around a pole");
  if (polygon->east - polygon->west > 360.0) return qd_invalid_argument("parameter [lons] must span at most 360 degrees");

  const char *field = qd_get_text(clause, "field");
  qd_request(clause, qd_concat(field, ".lat"), QD_FLOATS);
  qd_request(clause, qd_concat(field, ".lon"), QD_FLOATS);
  qd_announce_range(clause, LAT, polygon->south, polygon->north);
  // A little wider, because 180 and -180 are the same meridian, and because adding 360 rounds. If the box crosses the
  // date line, its western end is greater than its eastern end, as the host expects.
  double west = polygon->west - 1e-9, east = polygon->east + 1e-9;
  if (east - west < 360.0) {
    qd_announce_range(clause, LON, west < -180.0 ? west + 360.0 : west, east > 180.0 ? east - 360.0 : east);
  }
  return NULL;
}

// Whether a line from the point to the east crosses the polygon an odd number of times.
static inline bool is_inside(const polygon_t *polygon, double lat, double lon) {
  if (lon < polygon->west) lon += 360.0;
  if (lon >= polygon->west + 360.0) lon -= 360.0;
  if (lat < polygon->south || lat > polygon->north || lon > polygon->east) return false;
  bool inside = false;
  for (const edge_t *edge = polygon->edges, *end = edge + polygon->edge_count; edge < end; edge++) {
    // `&` and not `&&`: most edges do not have the latitude, but which ones is hard to predict for the processor.
    inside ^= (lat >= edge->bottom) & (lat < edge->top) & (edge->lon + (lat - edge->bottom) * edge->slope > lon);
  }
  return inside;
}

static const qd_error *keep(const polygon_t *polygon, const qd_batch *batch, bool *keep) {
  const qd_column lat = batch->columns[LAT], lon = batch->columns[LON];
  for (size_t i = 0; i < batch->len; i++) {
    size_t location = qd_begin(&lat, i), end = qd_end(&lat, i);
    bool inside = false;
    for (; location < end && !inside; location++) {
      inside = is_inside(polygon, lat.floats[location], lon.floats[location]);
    }
    keep[i] = inside;
  }
  return NULL;
}

QD_FUNCTION("Keeps documents with a location inside of a polygon, whose edges are straight lines in degrees.",
            QD_REQUIRED("field", FIELD, "The geo point field to read."),
            QD_REQUIRED("lats", FLOATS, "The latitudes of the corners, in degrees."),
            QD_REQUIRED("lons", FLOATS, "The longitudes of the corners, in degrees, in the same order."));

QD_FILTER(polygon_t, .bind = bind, .keep = keep);

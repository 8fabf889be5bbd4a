/**
 * What may be where in a search request, as far as completion offers it. It is a selection of docs/search-api.md: the server
 * knows more, and has the last word.
 */

/** Names that depend on the index and on the functions. */
export type Names = "fields" | "columns" | "filters" | "scorers" | "valueFunctions" | "parameters";

/** A kind of value. Lists have the kind of their items. */
export interface Kind {
  /** The keys of an object. */
  keys?: () => Record<string, Kind>;
  /** Keys that are names, and what they lead to. */
  named?: { names: Names; kind: Kind };
  /** The values that are known. */
  values?: readonly string[] | Names;
  /** What a key of this kind begins with: `|` is where the cursor goes. */
  start: string;
}

const NUMBER: Kind = { start: "|" };
const TEXT: Kind = { start: '"|"' };
const VALUES: Kind = { start: "[|]" };
const SWITCH: Kind = { start: "true|", values: ["true", "false"] };
const FREE: Kind = { start: "{ | }" };
const FIELD: Kind = { start: '"|"', values: "fields" };
const COLUMN: Kind = { start: '"|"', values: "columns" };
const FIELDS: Kind = { start: '["|"]', values: "fields" };

function oneOf(...values: string[]): Kind {
  return { start: '"|"', values };
}

const OBJECT = '{ "|" }';

function object(keys: () => Record<string, Kind>, start = OBJECT): Kind {
  return { start, keys };
}

/** An object whose only key is a field. */
function ofField(kind: Kind): Kind {
  return { start: OBJECT, named: { names: "fields", kind } };
}

/** Most such queries need no options: a value takes the place of the object. */
function ofFieldWith(options: Record<string, Kind>): Kind {
  return ofField(object(() => options, '"|"'));
}

function words(options: Record<string, Kind> = {}): Kind {
  return ofFieldWith({ query: TEXT, boost: NUMBER, ...options });
}

const QUERY: Kind = { start: OBJECT, keys: () => QUERIES };
const QUERY_LIST: Kind = { ...QUERY, start: '[{ "|" }]' };

function call(names: Names, more: Record<string, Kind> = {}): Kind {
  const keys: Record<string, Kind> = {
    name: { start: '"|"', values: names },
    parameters: { start: OBJECT, named: { names: "parameters", kind: { start: "|", values: "columns" } } },
    version: TEXT,
    ...more,
  };
  return object(() => ({ ...keys, chain: object(() => keys, '[{ "name": "|" }]') }), '{ "name": "|" }');
}

const ON_ERROR = oneOf("fail", "include", "exclude");
const FILTER_CALL = call("filters", { on_error: ON_ERROR, boost: NUMBER });
const SCORER_CALL = call("scorers", { on_error: NUMBER, min_score: NUMBER });
const SCRIPT = object(() => ({ source: TEXT, lang: oneOf("painless", "expression", "wasm"), params: FREE, id: TEXT }));

const SCORING_FUNCTIONS: Record<string, Kind> = {
  wasm_udf: SCORER_CALL,
  script_score: object(() => ({ script: SCRIPT, wasm_udf: SCORER_CALL })),
  field_value_factor: object(() => ({
    field: COLUMN,
    factor: NUMBER,
    modifier: oneOf("none", "log1p", "ln1p", "sqrt"),
    missing: NUMBER,
  })),
  gauss: ofField(object(() => ({ origin: TEXT, scale: TEXT, offset: TEXT, decay: NUMBER }))),
  exp: ofField(object(() => ({ origin: TEXT, scale: TEXT, offset: TEXT, decay: NUMBER }))),
  linear: ofField(object(() => ({ origin: TEXT, scale: TEXT, offset: TEXT, decay: NUMBER }))),
  random_score: object(() => ({ seed: NUMBER, field: TEXT })),
  weight: NUMBER,
};

const COMBINE = ["multiply", "sum", "avg", "max", "min"];
const PATTERN = ofFieldWith({ value: TEXT, case_insensitive: SWITCH, boost: NUMBER });

const QUERIES: Record<string, Kind> = {
  match: words({ operator: oneOf("or", "and"), fuzziness: oneOf("AUTO"), minimum_should_match: TEXT, analyzer: TEXT }),
  multi_match: object(
    () => ({
      query: TEXT,
      fields: FIELDS,
      type: oneOf("best_fields", "most_fields", "cross_fields", "phrase", "phrase_prefix", "bool_prefix"),
      operator: oneOf("or", "and"),
      fuzziness: oneOf("AUTO"),
      tie_breaker: NUMBER,
      minimum_should_match: TEXT,
    }),
    '{ "query": "|" }',
  ),
  match_phrase: words({ slop: NUMBER, analyzer: TEXT }),
  match_phrase_prefix: words({ slop: NUMBER, max_expansions: NUMBER }),
  match_bool_prefix: words({ operator: oneOf("or", "and"), fuzziness: oneOf("AUTO") }),
  match_all: object(() => ({ boost: NUMBER }), "{}|"),
  match_none: object(() => ({}), "{}|"),
  term: ofFieldWith({ value: TEXT, boost: NUMBER, case_insensitive: SWITCH }),
  terms: ofField(VALUES),
  range: ofField(
    object(() => ({ gte: NUMBER, lte: NUMBER, gt: NUMBER, lt: NUMBER, format: TEXT, time_zone: TEXT, boost: NUMBER })),
  ),
  exists: object(() => ({ field: FIELD }), '{ "field": "|" }'),
  ids: object(() => ({ values: VALUES }), '{ "values": ["|"] }'),
  prefix: PATTERN,
  wildcard: PATTERN,
  regexp: PATTERN,
  fuzzy: ofFieldWith({ value: TEXT, fuzziness: oneOf("AUTO"), prefix_length: NUMBER, boost: NUMBER }),
  query_string: object(
    () => ({ query: TEXT, fields: FIELDS, default_field: FIELD, default_operator: oneOf("or", "and") }),
    '{ "query": "|" }',
  ),
  simple_query_string: object(
    () => ({ query: TEXT, fields: FIELDS, default_operator: oneOf("or", "and"), flags: TEXT }),
    '{ "query": "|" }',
  ),
  bool: object(() => ({
    must: QUERY_LIST,
    filter: QUERY_LIST,
    should: QUERY_LIST,
    must_not: QUERY_LIST,
    minimum_should_match: NUMBER,
    boost: NUMBER,
  })),
  dis_max: object(() => ({ queries: QUERY_LIST, tie_breaker: NUMBER }), '{ "queries": [{ "|" }] }'),
  boosting: object(() => ({ positive: QUERY, negative: QUERY, negative_boost: NUMBER })),
  constant_score: object(() => ({ filter: QUERY, boost: NUMBER }), '{ "filter": { "|" } }'),
  nested: object(
    () => ({ path: TEXT, query: QUERY, score_mode: oneOf("avg", "max", "min", "sum", "none"), inner_hits: FREE }),
    '{ "path": "|" }',
  ),
  geo_distance: { ...ofField(FREE), keys: () => ({ distance: TEXT, ignore_unmapped: SWITCH }) },
  geo_bounding_box: ofField(object(() => ({ top_left: FREE, bottom_right: FREE }))),
  geo_polygon: ofField(object(() => ({ points: VALUES }))),
  distance_feature: object(() => ({ field: COLUMN, origin: TEXT, pivot: TEXT }), '{ "field": "|" }'),
  more_like_this: object(
    () => ({ fields: FIELDS, like: TEXT, min_term_freq: NUMBER, min_doc_freq: NUMBER, max_query_terms: NUMBER }),
    '{ "like": "|" }',
  ),
  wasm_udf: FILTER_CALL,
  script: object(() => ({ script: SCRIPT }), '{ "script": { "source": "|" } }'),
  script_score: object(() => ({
    query: QUERY,
    wasm_udf: SCORER_CALL,
    script: SCRIPT,
    min_score: NUMBER,
    boost: NUMBER,
  })),
  function_score: object(() => ({
    query: QUERY,
    functions: object(() => ({ filter: QUERY, ...SCORING_FUNCTIONS }), '[{ "|" }]'),
    ...SCORING_FUNCTIONS,
    score_mode: oneOf(...COMBINE, "first"),
    boost_mode: oneOf(...COMBINE, "replace"),
    max_boost: NUMBER,
    min_score: NUMBER,
  })),
};

const OF_FIELD = object(() => ({ field: COLUMN, missing: TEXT }), '{ "field": "|" }');
const RANGES = object(
  () => ({ field: COLUMN, ranges: object(() => ({ from: NUMBER, to: NUMBER, key: TEXT }), "[{ | }]") }),
  '{ "field": "|" }',
);
const FIGURES = [
  "avg",
  "sum",
  "min",
  "max",
  "stats",
  "extended_stats",
  "value_count",
  "cardinality",
  "percentiles",
  "missing",
  "geo_bounds",
  "geo_centroid",
];

const AGGREGATION: Kind = object(() => ({
  terms: object(
    () => ({
      field: COLUMN,
      size: NUMBER,
      order: FREE,
      min_doc_count: NUMBER,
      include: TEXT,
      exclude: TEXT,
      missing: TEXT,
    }),
    '{ "field": "|" }',
  ),
  histogram: object(
    () => ({ field: COLUMN, interval: NUMBER, offset: NUMBER, min_doc_count: NUMBER }),
    '{ "field": "|" }',
  ),
  date_histogram: object(
    () => ({
      field: COLUMN,
      calendar_interval: oneOf("minute", "hour", "day", "week", "month", "quarter", "year"),
      fixed_interval: TEXT,
      time_zone: TEXT,
    }),
    '{ "field": "|" }',
  ),
  range: RANGES,
  date_range: RANGES,
  filter: QUERY,
  filters: object(() => ({ filters: FREE, other_bucket: SWITCH })),
  geotile_grid: object(() => ({ field: COLUMN, precision: NUMBER, size: NUMBER }), '{ "field": "|" }'),
  significant_terms: object(() => ({ field: COLUMN, size: NUMBER }), '{ "field": "|" }'),
  top_hits: object(() => ({ size: NUMBER, sort: SORT, _source: FIELDS })),
  ...Object.fromEntries(FIGURES.map((name) => [name, OF_FIELD])),
  aggs: AGGREGATIONS,
}));
/** The names of aggregations are those of the author. */
const AGGREGATIONS: Kind = { start: OBJECT, named: { names: "columns", kind: AGGREGATION } };

const ORDER = oneOf("asc", "desc");
const SORT: Kind = {
  start: '[{ "|" }]',
  keys: () => ({
    _score: ORDER,
    _geo_distance: { ...ofField(FREE), keys: () => ({ order: ORDER, unit: oneOf("km", "m", "mi") }) },
  }),
  named: {
    names: "columns",
    kind: {
      ...ORDER,
      keys: () => ({
        order: ORDER,
        missing: oneOf("_first", "_last"),
        mode: oneOf("min", "max", "avg", "sum", "median"),
      }),
    },
  },
  values: "columns",
};

/** Fields of the request have names of the author, often those of their function. */
const DERIVED: Kind = {
  start: "{ | }",
  named: {
    names: "valueFunctions",
    kind: object(
      () => ({
        type: oneOf("boolean", "date", "double", "geo_point", "ip", "keyword", "long"),
        wasm_udf: call("valueFunctions"),
        script: SCRIPT,
        format: TEXT,
      }),
      '{ "type": "|" }',
    ),
  },
};

const HIGHLIGHT = object(
  () => ({
    fields: {
      start: OBJECT,
      named: {
        names: "fields",
        kind: object(() => ({ number_of_fragments: NUMBER, fragment_size: NUMBER, no_match_size: NUMBER }), "{}|"),
      },
    },
    number_of_fragments: NUMBER,
    fragment_size: NUMBER,
    order: oneOf("score"),
    require_field_match: SWITCH,
  }),
  '{ "fields": { "|" } }',
);

/** The body of a search. */
export const BODY: Kind = object(() => ({
  query: QUERY,
  size: NUMBER,
  from: NUMBER,
  sort: SORT,
  aggs: AGGREGATIONS,
  highlight: HIGHLIGHT,
  _source: FIELDS,
  fields: FIELDS,
  docvalue_fields: { ...FIELDS, values: "columns" },
  derived: DERIVED,
  runtime_mappings: DERIVED,
  post_filter: QUERY,
  rescore: object(() => ({
    window_size: NUMBER,
    query: object(() => ({
      rescore_query: QUERY,
      query_weight: NUMBER,
      rescore_query_weight: NUMBER,
      score_mode: oneOf("total", ...COMBINE.filter((mode) => mode !== "sum")),
    })),
  })),
  collapse: object(() => ({ field: COLUMN, inner_hits: FREE }), '{ "field": "|" }'),
  script_fields: FREE,
  suggest: FREE,
  search_after: VALUES,
  min_score: NUMBER,
  track_total_hits: SWITCH,
  track_scores: SWITCH,
  terminate_after: NUMBER,
  timeout: TEXT,
  explain: SWITCH,
  profile: SWITCH,
  version: SWITCH,
}));

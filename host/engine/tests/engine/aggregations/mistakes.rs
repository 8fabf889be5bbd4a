//! What is wrong with aggregations is said where it is.

use quidditch_function::error_chain;
use serde_json::{Value as Json, json};

use super::indexed;
use crate::support::{functions, search};

fn refused(aggs: Json) -> String {
    let snapshot = indexed(10, 10);
    error_chain(&search(&snapshot, &functions(), &json!({"size": 0, "aggs": aggs})).expect_err("refused"))
}

#[test]
fn fields_must_fit() {
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "tag"}}})), @"field [tag] of type [keyword] is not supported for aggregation [min]");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "text"}}})), @"field [text] is analyzed text and has no column, use a keyword field");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "place"}}})), @"field [place] of type [geo_point] is not supported for aggregation [terms]");
    insta::assert_snapshot!(refused(json!({"a": {"sum": {"field": "n", "missing": "x"}}})), @r#"[missing] of the field [n] must be a number, got ["x"]"#);
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n", "include": "1.*"}}})), @"the pattern [1.*] in [include] or [exclude] can only be used for keywords: list the values instead");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n", "order": {"b": "asc"}}}})), @"[order] of aggregation [a]: invalid path [b]: no aggregation [b] inside of it");
    insta::assert_snapshot!(refused(json!({"a": {"date_range": {"field": "at", "ranges": [{"to": "soon"}]}}})), @r#""soon" is not a date in the format [strict_date_optional_time||epoch_millis]"#);
}

#[test]
fn mistakes_say_where_they_are() {
    insta::assert_snapshot!(refused(json!({"a": {"mni": {"field": "n"}}})), @"unknown aggregation type [mni] (at aggs.a.mni)");
    insta::assert_snapshot!(refused(json!({"a": {}})), @"missing definition for aggregation [a] (at aggs.a)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n"}, "max": {"field": "n"}}})), @"found two types of the aggregation [a]: [min] and [max] (at aggs.a.max)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n"}, "aggs": {"b": {"min": {"field": "n"}}}}})), @"aggregation [a] of type [min] cannot have aggregations inside (at aggs.a.aggs)");
    insta::assert_snapshot!(refused(json!({"a>b": {"min": {"field": "n"}}})), @"invalid aggregation name [a>b]: it must not be empty and must not contain [, ] or > (at aggs.a>b)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n", "foo": 1}}})), @"[min] aggregation does not support [foo] (at aggs.a.min.foo)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {}}})), @"[min] aggregation requires [field] (at aggs.a.min)");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n"}, "aggs": {"b": {"global": {}}}}})), @"aggregation [a] cannot have the global aggregation [b] inside: [global] is only allowed at the top (at aggs.a)");
    insta::assert_snapshot!(refused(json!({"a": {"histogram": {"field": "n", "interval": 0}}})), @"[interval] must be greater than 0, got [0] (at aggs.a.histogram.interval)");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n", "size": 0}}})), @"[size] must be greater than 0 (at aggs.a.terms.size)");
}

#[test]
fn pipelines_say_where_they_are_wrong() {
    let inside =
        |pipeline: Json| refused(json!({"h": {"histogram": {"field": "n", "interval": 2}, "aggs": {"p": pipeline}}}));
    insta::assert_snapshot!(inside(json!({"derivative": {}})), @"[derivative] aggregation requires [buckets_path] (at aggs.h.aggs.p.derivative)");
    insta::assert_snapshot!(inside(json!({"derivative": {"buckets_path": "s"}})), @"no aggregation found for the path [s] (at aggs.h.aggs)");
    insta::assert_snapshot!(inside(json!({"derivative": {"buckets_path": "s["}})), @"invalid path to buckets [s[]: a name is followed by [.value], [[value]] or [['key']] (at aggs.h.aggs.p.derivative.buckets_path)");
    insta::assert_snapshot!(inside(json!({"derivative": {"buckets_path": "p"}})), @"the pipeline aggregation [p] reads itself (at aggs.h.aggs)");
    insta::assert_snapshot!(inside(json!({"bucket_sort": {}})), @"[bucket_sort] requires at least one of [sort], [from] and [size] (at aggs.h.aggs.p.bucket_sort)");
    insta::assert_snapshot!(inside(json!({"bucket_script": {"buckets_path": "_count", "script": "x +"}})), @"a user function failed: function x + failed to bind: unexpected end of script. (at byte 3 of the script)");
    insta::assert_snapshot!(refused(json!({"a": {"max_bucket": {"buckets_path": "b"}}})), @"no aggregation found for the path [b] (at aggs)");
    insta::assert_snapshot!(refused(json!({"a": {"terms": {"field": "n"}, "aggs": {"p": {"derivative": {"buckets_path": "_count"}}}}})), @"the pipeline aggregation [p] must be inside of a histogram, date_histogram or auto_date_histogram (at aggs.a.aggs)");
    insta::assert_snapshot!(refused(json!({"a": {"min": {"field": "n"}}, "p": {"max_bucket": {"buckets_path": "a"}}})), @"the path of the pipeline aggregation [p] must begin with an aggregation next to it that has several buckets (at aggs)");
}

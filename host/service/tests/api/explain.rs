//! `/{index}/_explain/{id}`.

use crate::library::Library;

#[test]
fn explains_the_score_of_a_document() {
    let library = Library::new();
    library.check(
        r#"GET /lib-a/_explain/1 {"query":{"match":{"name":"fox"}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"1","matched":true,"explanation":{"value":0.49917626,"description":"weight(name:fox in 0) [PerFieldSimilarity], result of:","details":[{"value":0.49917626,"description":"score(freq=1.0), computed as boost * idf * tf from:","details":[{"value":2.2,"description":"boost","details":[]},{"value":0.47000363,"description":"idf, computed as log(1 + (N - n + 0.5) / (n + 0.5)) from:","details":[{"value":2,"description":"n, number of documents containing term","details":[]},{"value":3,"description":"N, total number of documents with field","details":[]}]},{"value":0.48275858,"description":"tf, computed as freq / (freq + k1 * (1 - b + b * dl / avgdl)) from:","details":[{"value":1.0,"description":"freq, occurrences of term within document","details":[]},{"value":1.2,"description":"k1, term saturation parameter","details":[]},{"value":0.75,"description":"b, length normalization parameter","details":[]},{"value":2.0,"description":"dl, length of field","details":[]},{"value":2.3333333,"description":"avgdl, average length of field","details":[]}]}]}]}}"#,
    );
    library.check(
        r#"POST /lib-a/_explain/1?filter_path=-explanation.details {"query":{"match":{"name":"fox"}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"1","matched":true,"explanation":{"value":0.49917626,"description":"weight(name:fox in 0) [PerFieldSimilarity], result of:"}}"#,
    );
    library.check(
        r#"GET /lib-ro/_explain/7 {"query":{"match_all":{}}}"#,
        200,
        r#"{"_index":"lib-c","_id":"7","matched":true,"explanation":{"value":1.0,"description":"*:*","details":[]}}"#,
    );
    library.check(
        r#"GET /lib-a/_explain/1?routing=a&preference=_local {"query":{"match_all":{}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"1","matched":true,"explanation":{"value":1.0,"description":"*:*","details":[]}}"#,
    );
}

#[test]
fn says_whether_a_document_matches_and_is_there() {
    let library = Library::new();
    library.check(
        r#"GET /lib-a/_explain/9 {"query":{"match":{"name":"fox"}}}"#,
        404,
        r#"{"_index":"lib-a","_id":"9","matched":false}"#,
    );
    library.check(
        r#"GET /lib-a/_explain/9?_source=true {"query":{"match":{"name":"fox"}}}"#,
        404,
        r#"{"_index":"lib-a","_id":"9","matched":false}"#,
    );
    let matched = |request: &str| library.json(request)["matched"].as_bool();
    assert_eq!(matched(r#"GET /lib-a/_explain/3 {"query":{"match":{"name":"fox"}}}"#), Some(false));
    assert_eq!(matched("GET /lib-a/_explain/1?q=zz:a"), Some(false));
    assert_eq!(matched("GET /lib-a/_explain/1?q=k:red"), Some(true));
}

#[test]
fn returns_the_requested_part_of_the_document() {
    let library = Library::new();
    library.check(
        r#"GET /lib-a/_explain/1?_source=name&filter_path=get {"query":{"match_all":{}}}"#,
        200,
        r#"{"get":{"_seq_no":0,"_primary_term":1,"found":true,"_source":{"name":"red fox"}}}"#,
    );
    library.check(
        r#"GET /lib-a/_explain/1?_source_includes=n,k&_source_excludes=k&filter_path=get {"query":{"match_all":{}}}"#,
        200,
        r#"{"get":{"_seq_no":0,"_primary_term":1,"found":true,"_source":{"n":1}}}"#,
    );
    library.check(
        r#"GET /lib-a/_explain/1?_source=false {"query":{"match_all":{}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"1","matched":true,"explanation":{"value":1.0,"description":"*:*","details":[]}}"#,
    );
    library.check(
        r#"GET /lib-a/_explain/1?stored_fields=name {"query":{"match_all":{}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"1","matched":true,"explanation":{"value":1.0,"description":"*:*","details":[]},"get":{"_seq_no":0,"_primary_term":1,"found":true}}"#,
    );
    library.check(
        r#"GET /lib-a/_explain/3?stored_fields=_source {"query":{"match_all":{}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"3","matched":true,"explanation":{"value":1.0,"description":"*:*","details":[]},"get":{"_seq_no":2,"_primary_term":1,"found":true,"_source":{"name":"lazy dog","k":"red","n":3}}}"#,
    );
    library.check(
        r#"GET /lib-a/_explain/3?_source=false&stored_fields=name {"query":{"match_all":{}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"3","matched":true,"explanation":{"value":1.0,"description":"*:*","details":[]},"get":{"_seq_no":2,"_primary_term":1,"found":true}}"#,
    );
}

#[test]
fn filters_of_aliases_are_explained() {
    let library = Library::new();
    library.check(
        r#"GET /lib-fa/_explain/1 {"query":{"constant_score":{"filter":{"term":{"k":"red"}}}}}"#,
        200,
        r##"{"_index":"lib-a","_id":"1","matched":true,"explanation":{"value":1.0,"description":"sum of:","details":[{"value":1.0,"description":"ConstantScore(k:red)","details":[]},{"value":0.0,"description":"match on required clause, product of:","details":[{"value":0.0,"description":"# clause","details":[]},{"value":1.0,"description":"k:red","details":[]}]}]}}"##,
    );
    library.check(
        r#"GET /lib-fa/_explain/2 {"query":{"constant_score":{"filter":{"term":{"k":"blue"}}}}}"#,
        200,
        r#"{"_index":"lib-a","_id":"2","matched":false,"explanation":{"value":0.0,"description":"Failure to meet condition(s) of required/prohibited clause(s)","details":[{"value":1.0,"description":"ConstantScore(k:blue)","details":[]},{"value":0.0,"description":"no match on required clause (k:red)","details":[{"value":0.0,"description":"k:red doesn't match id 1","details":[]}]}]}}"#,
    );
    library.check(
        r#"GET /lib-fa/_explain/1 {"query":{"constant_score":{"filter":{"term":{"k":"blue"}}}}}"#,
        200,
        r##"{"_index":"lib-a","_id":"1","matched":false,"explanation":{"value":0.0,"description":"Failure to meet condition(s) of required/prohibited clause(s)","details":[{"value":0.0,"description":"no match on required clause (ConstantScore(k:blue))","details":[{"value":0.0,"description":"ConstantScore(k:blue) doesn't match id 0","details":[]}]},{"value":0.0,"description":"match on required clause, product of:","details":[{"value":0.0,"description":"# clause","details":[]},{"value":1.0,"description":"k:red","details":[]}]}]}}"##,
    );
    let found = library.json(r#"POST /lib-fa/_search {"explain":true,"query":{"term":{"n":1}}}"#);
    let explanation = &found["hits"]["hits"][0]["_explanation"];
    assert_eq!(explanation["description"], "sum of:", "{explanation}");
    assert_eq!(explanation["details"][1]["details"][1]["description"], "k:red", "{explanation}");
}

#[test]
fn mistakes_are_errors() {
    let library = Library::new();
    library.check_error(r#"GET /lib-al/_explain/1 {"query":{"match_all":{}}}"#, 400, "illegal_argument_exception");
    library.check_error(r#"GET /lib-*/_explain/1 {"query":{"match_all":{}}}"#, 404, "index_not_found_exception");
    library.check_error(r#"GET /lib-a,lib-b/_explain/1 {"query":{"match_all":{}}}"#, 404, "index_not_found_exception");
    library.check_error(r#"GET /_all/_explain/1 {"query":{"match_all":{}}}"#, 404, "index_not_found_exception");
    library.check_error(r#"GET /nope/_explain/1 {"query":{"match_all":{}}}"#, 404, "index_not_found_exception");
    library.check_error(r#"GET /lib-a/_explain/1"#, 400, "action_request_validation_exception");
    library.check_error(r#"GET /lib-a/_explain/1 {}"#, 400, "action_request_validation_exception");
    library.check_error(r#"GET /lib-a/_explain/1 {"query":{"match_all":{}},"size":1}"#, 400, "parsing_exception");
    library.check_error(r#"GET /lib-a/_explain/1 {"query":{"nope":{}}}"#, 400, "parsing_exception");
    library.check_error(
        r#"GET /lib-a/_explain/1?nope=1 {"query":{"match_all":{}}}"#,
        400,
        "illegal_argument_exception",
    );
    library.check_error(
        r#"GET /lib-a/_explain/1?_source_include=a {"query":{"match_all":{}}}"#,
        400,
        "illegal_argument_exception",
    );
    library.check_error(
        r#"GET /lib-a/_explain/1?realtime=true {"query":{"match_all":{}}}"#,
        400,
        "illegal_argument_exception",
    );
    library.check_error(r#"GET /lib-a/_explain/1 {"query":{"term":{"n":"abc"}}}"#, 400, "query_shard_exception");
    library.check_error(r#"GET /lib-a/_explain/1?q=name:("#, 400, "query_shard_exception");
    library.check_error(
        r#"GET /lib-a/_explain/1?preference=_nope {"query":{"match_all":{}}}"#,
        400,
        "illegal_argument_exception",
    );
    library.check_error(r#"GET /lib-a/_explain/1 []"#, 400, "parsing_exception");
    library.check_error(r#"GET /lib-a/_explain/1 {"query":null}"#, 400, "parsing_exception");
    library.check_error(
        r#"GET /lib-a/_explain/1?df=name {"query":{"match_all":{}}}"#,
        400,
        "illegal_argument_exception",
    );
    assert_eq!(library.send(r#"PUT /lib-a/_explain/1 {"query":{"match_all":{}}}"#).0, 405);
    assert_eq!(library.send("GET /lib-a/_explain").0, 400);
}

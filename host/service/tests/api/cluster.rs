//! What clients and tools ask about a cluster: tables, health, nodes and figures.

use serde_json::json;

use crate::library::Library;

fn text(library: &Library, request: &str) -> String {
    let (status, body) = library.send(request);
    assert_eq!(status, 200, "{request}: {body}");
    body
}

#[test]
fn indices_are_tabulated() {
    let library = Library::new();
    insta::assert_snapshot!(text(&library, "GET /_cat/indices/lib-*?v&h=health,status,index,pri,rep,docs.count,docs.deleted"), @r"
    health status index pri rep docs.count docs.deleted
    green  open   lib-a   1   0          3            0
    green  open   lib-b   1   0          2            0
    green  open   lib-c   1   0          2            0
    ");
    insta::assert_snapshot!(text(&library, "GET /_cat/indices?h=i,dc&s=docs.count:desc,index:desc"), @r"
    lib-a 3
    lib-c 2
    lib-b 2
    ");
    insta::assert_snapshot!(text(&library, "GET /_cat/indices/lib-al?h=index"), @r"
    lib-a
    lib-b
    ");
    insta::assert_snapshot!(text(&library, "GET /_cat/indices/lib-a?h=index,docs.*&format=json"), @r#"[{"index":"lib-a","docs.count":"3","docs.deleted":"0"}]"#);
    assert_eq!(text(&library, "GET /_cat/indices?health=red"), "");
    assert_eq!(
        text(
            &library,
            "GET /_cat/indices/lib-c?h=index&health=green&pri&time=s&bytes=kb&include_unloaded_segments=true&local=true&master_timeout=5s"
        ),
        "lib-c\n"
    );
    insta::assert_snapshot!(text(&library, "GET /_cat/indices/nope*?v&h=index,health"), @"index health");
    library.check_error("GET /_cat/indices/nope", 404, "index_not_found_exception");
    for parameters in ["h=nope", "s=nope", "bytes=x", "time=x", "format=yaml", "health=x", "foo=1"] {
        library.check_error(&format!("GET /_cat/indices?{parameters}"), 400, "illegal_argument_exception");
    }
}

#[test]
fn tables_describe_their_columns() {
    let library = Library::new();
    insta::assert_snapshot!(text(&library, "GET /_cat/count?help"), @r"
    epoch     | t,time                  | seconds since 1970-01-01 00:00:00
    timestamp | ts,hms,hhmmss           | time in HH:MM:SS
    count     | dc,docs.count,docsCount | the document count
    ");
    for table in ["aliases", "health", "indices", "nodes", "segments", "shards"] {
        let help = text(&library, &format!("GET /_cat/{table}?help"));
        assert!(help.lines().all(|line| line.split(" | ").count() == 3), "{help}");
    }
    assert!(text(&library, "GET /_cat").contains("/_cat/shards/{index}\n"));
}

#[test]
fn aliases_are_tabulated() {
    let library = Library::new();
    insta::assert_snapshot!(text(&library, "GET /_cat/aliases?v&s=alias,index"), @r"
    alias  index filter routing.index routing.search is_write_index
    lib-al lib-a -      -             -              -
    lib-al lib-b -      -             -              true
    lib-fa lib-a *      -             -              -
    lib-fb lib-a *      -             -              -
    lib-ro lib-c -      -             -              -
    ");
    insta::assert_snapshot!(text(&library, "GET /_cat/aliases/lib-f*,nope?format=json&h=alias,filter"), @r#"[{"alias":"lib-fa","filter":"*"},{"alias":"lib-fb","filter":"*"}]"#);
    assert_eq!(text(&library, "GET /_cat/aliases/nope"), "");
}

#[test]
fn documents_shards_and_segments_are_tabulated() {
    let library = Library::new();
    assert_eq!(text(&library, "GET /_cat/count?h=count"), "7\n");
    assert_eq!(text(&library, "GET /_cat/count/lib-al?h=count&v"), "count\n    5\n");
    assert_eq!(text(&library, "GET /_cat/count/lib-a").split(' ').count(), 3);
    library.check_error("GET /_cat/count/nope", 404, "index_not_found_exception");
    insta::assert_snapshot!(text(&library, "GET /_cat/shards?v&h=index,shard,prirep,state,docs,ip,node"), @r"
    index shard prirep state   docs ip        node
    lib-a     0 p      STARTED    3 127.0.0.1 quidditch
    lib-b     0 p      STARTED    2 127.0.0.1 quidditch
    lib-c     0 p      STARTED    2 127.0.0.1 quidditch
    ");
    insta::assert_snapshot!(text(&library, "GET /_cat/segments/lib-a?v&h=index,segment,generation,docs.count,docs.deleted,searchable"), @r"
    index segment generation docs.count docs.deleted searchable
    lib-a _0               0          3            0 true
    ");
    insta::assert_snapshot!(text(&library, "GET /_cat/nodes?v"), @r"
    ip        node.role node.roles cluster_manager name
    127.0.0.1 d         data       *               quidditch
    ");
    assert_eq!(text(&library, "GET /_cat/nodes?h=version,id&full_id=true"), "2.19.0 quidditch\n");
    insta::assert_snapshot!(text(&library, "GET /_cat/health?ts=false"), @"quidditch green 1 1 true 3 3 0 0 0 0 - 100.0%");
}

#[test]
fn the_cluster_is_healthy() {
    let library = Library::new();
    let health = |shards: u32| {
        format!(
            r#"{{"cluster_name":"quidditch","status":"green","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"discovered_master":true,"discovered_cluster_manager":true,"active_primary_shards":{shards},"active_shards":{shards},"relocating_shards":0,"initializing_shards":0,"unassigned_shards":0,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":100.0}}"#
        )
    };
    library.check("GET /_cluster/health", 200, &health(3));
    library.check("GET /_cluster/health/lib-al?wait_for_status=green&timeout=1s&wait_for_nodes=1", 200, &health(2));
    library.check("GET /_cluster/health/nope*", 200, &health(0));
    library.check(
        "GET /_cluster/health/lib-a?level=indices&filter_path=indices",
        200,
        r#"{"indices":{"lib-a":{"status":"green","number_of_shards":1,"number_of_replicas":0,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":0}}}"#,
    );
    let shards = library.json("GET /_cluster/health?level=shards");
    assert_eq!(shards["indices"]["lib-b"]["shards"]["0"]["status"], json!("green"));
    library.check_error("GET /_cluster/health/nope", 404, "index_not_found_exception");
    for parameters in ["level=bad", "wait_for_nodes=5", "wait_for_status=blue", "foo=1"] {
        library.check_error(&format!("GET /_cluster/health?{parameters}"), 400, "illegal_argument_exception");
    }
}

#[test]
fn figures_are_added_up() {
    let library = Library::new();
    library.check(
        "GET /lib-a/_stats/docs?filter_path=-indices.*.uuid",
        200,
        r#"{"_shards":{"total":1,"successful":1,"failed":0},"_all":{"primaries":{"docs":{"count":3,"deleted":0}},"total":{"docs":{"count":3,"deleted":0}}},"indices":{"lib-a":{"primaries":{"docs":{"count":3,"deleted":0}},"total":{"docs":{"count":3,"deleted":0}}}}}"#,
    );
    library.check(
        "GET /_stats/docs,indexing?level=cluster",
        200,
        r#"{"_shards":{"total":3,"successful":3,"failed":0},"_all":{"primaries":{"docs":{"count":7,"deleted":0}},"total":{"docs":{"count":7,"deleted":0}}}}"#,
    );
    library.check(
        "GET /nope*/_stats",
        200,
        r#"{"_shards":{"total":0,"successful":0,"failed":0},"_all":{"primaries":{},"total":{}},"indices":{}}"#,
    );
    assert!(library.json("GET /_stats")["indices"]["lib-c"]["total"]["store"]["size_in_bytes"].as_u64() > Some(100));
    library.check_error("GET /nope/_stats", 404, "index_not_found_exception");
    library.check_error("GET /lib-a/_stats/bad", 400, "illegal_argument_exception");
    library.check_error("GET /lib-a/_stats?level=bad", 400, "illegal_argument_exception");
    let cluster = library.json("GET /_cluster/stats");
    assert_eq!(
        (&cluster["status"], &cluster["indices"]["count"], &cluster["indices"]["docs"]["count"]),
        (&json!("green"), &json!(3), &json!(7))
    );
    library.check(
        "GET /_cluster/settings?flat_settings=true&include_defaults=false",
        200,
        r#"{"persistent":{},"transient":{}}"#,
    );
    library.check("GET /_cluster/pending_tasks", 200, r#"{"tasks":[]}"#);
}

#[test]
fn the_process_is_the_only_node() {
    let library = Library::new();
    let node = library.json("GET /_nodes");
    assert_eq!(node["_nodes"], json!({"total": 1, "successful": 1, "failed": 0}));
    assert_eq!(node["nodes"]["quidditch"]["version"], json!("2.19.0"));
    for path in ["_nodes/_local", "_nodes/http", "_nodes/_all/http"] {
        assert_eq!(
            library.json(&format!("GET /{path}?filter_path=nodes.*.name")),
            json!({"nodes": {"quidditch": {"name": "quidditch"}}})
        );
    }
    for path in ["_nodes/stats", "_nodes/stats/indices", "_nodes/_local/stats"] {
        let stats = library.json(&format!("GET /{path}"));
        assert_eq!(stats["nodes"]["quidditch"]["indices"]["docs"]["count"], json!(7), "{path}");
    }
    library.check_error("GET /_nodes/stats/bad", 400, "illegal_argument_exception");
}

#[test]
fn names_are_resolved() {
    let library = Library::new();
    library.check(
        "GET /_resolve/index/lib-*",
        200,
        r#"{"indices":[{"name":"lib-a","aliases":["lib-al","lib-fa","lib-fb"],"attributes":["open"]},{"name":"lib-b","aliases":["lib-al"],"attributes":["open"]},{"name":"lib-c","aliases":["lib-ro"],"attributes":["open"]}],"aliases":[{"name":"lib-al","indices":["lib-a","lib-b"]},{"name":"lib-fa","indices":["lib-a"]},{"name":"lib-fb","indices":["lib-a"]},{"name":"lib-ro","indices":["lib-c"]}],"data_streams":[]}"#,
    );
    library.check(
        "GET /_resolve/index/lib-al",
        200,
        r#"{"indices":[],"aliases":[{"name":"lib-al","indices":["lib-a","lib-b"]}],"data_streams":[]}"#,
    );
    library.check("GET /_resolve/index/nope", 200, r#"{"indices":[],"aliases":[],"data_streams":[]}"#);
    library.check(
        "GET /_resolve/index/*?expand_wildcards=none",
        200,
        r#"{"indices":[],"aliases":[],"data_streams":[]}"#,
    );
}

//! Methods, bodies and headers of requests.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::executor::block_on;
use http::{HeaderValue, StatusCode};
use quidditch_service::Settings;

use crate::fixture::{request, send, service, shown};

const COUNT: &str = r#"{"query": {"term": {"country": "DE"}}}"#;

#[test]
fn get_may_have_a_body() {
    let (get, post) = (send(request("GET", "/cities/_count", COUNT)), send(request("POST", "/cities/_count", COUNT)));
    assert_eq!(get.status(), StatusCode::OK);
    assert_eq!(get.body(), post.body());
}

#[test]
fn head_is_get_without_the_body() {
    let get = send(request("GET", "/cities/_mapping", ""));
    let head = send(request("HEAD", "/cities/_mapping", ""));
    assert_eq!((head.status(), head.body().len()), (StatusCode::OK, 0));
    assert_eq!(head.headers()["content-length"], HeaderValue::from(get.body().len()));
    assert_eq!(send(request("HEAD", "/cities/_doc/nope", "")).status(), StatusCode::NOT_FOUND);
}

#[test]
fn bodies_may_be_compressed() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(COUNT.as_bytes()).expect("memory");
    let mut compressed = request("POST", "/cities/_count", "");
    *compressed.body_mut() = encoder.finish().expect("memory").into();
    compressed.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
    assert_eq!(send(compressed).body(), send(request("POST", "/cities/_count", COUNT)).body());
}

#[test]
fn bodies_are_limited() {
    let send = |body: &str| {
        let settings = Settings { body_bytes: COUNT.len(), ..Settings::default() };
        block_on(service(settings).handle(request("POST", "/cities/_count", body)))
    };
    assert_eq!(send(COUNT).status(), StatusCode::OK);
    insta::assert_snapshot!(shown(&send(&format!("{COUNT} "))), @r#"
    413 Payload Too Large
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "content_too_large_exception",
            "reason": "the request body exceeds the limit of 38 bytes"
          }
        ],
        "type": "content_too_large_exception",
        "reason": "the request body exceeds the limit of 38 bytes"
      },
      "status": 413
    }
    "#);
}

#[test]
fn bodies_must_be_utf8_json() {
    let mut form = request("POST", "/cities/_count", COUNT);
    form.headers_mut().insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
    insta::assert_snapshot!(shown(&send(form)), @r#"
    406 Not Acceptable
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "media_type_header_exception",
            "reason": "Content-Type header [application/x-www-form-urlencoded] is not supported; send UTF-8 JSON as [application/json]"
          }
        ],
        "type": "media_type_header_exception",
        "reason": "Content-Type header [application/x-www-form-urlencoded] is not supported; send UTF-8 JSON as [application/json]"
      },
      "status": 406
    }
    "#);
    let mut encoded = request("POST", "/cities/_count", COUNT);
    encoded.headers_mut().insert("content-encoding", HeaderValue::from_static("zstd"));
    insta::assert_snapshot!(shown(&send(encoded)), @r#"
    415 Unsupported Media Type
    accept-encoding: gzip
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "content_encoding_exception",
            "reason": "Content-Encoding header [zstd] is not supported; use [gzip] or no encoding"
          }
        ],
        "type": "content_encoding_exception",
        "reason": "Content-Encoding header [zstd] is not supported; use [gzip] or no encoding"
      },
      "status": 415
    }
    "#);
    let mut latin = request("POST", "/cities/_count", "");
    *latin.body_mut() = Bytes::from_static(b"{\"\xe4\"}");
    insta::assert_snapshot!(shown(&send(latin)), @r#"
    400 Bad Request
    content-type: application/json

    {
      "error": {
        "root_cause": [
          {
            "type": "illegal_argument_exception",
            "reason": "the request body is not valid UTF-8 at byte 2"
          }
        ],
        "type": "illegal_argument_exception",
        "reason": "the request body is not valid UTF-8 at byte 2"
      },
      "status": 400
    }
    "#);
}

#[test]
fn the_vendor_media_type_is_returned() {
    let vendor = HeaderValue::from_static("application/vnd.elasticsearch+json; compatible-with=8");
    let mut request = request("POST", "/cities/_count", COUNT);
    request.headers_mut().insert("content-type", vendor.clone());
    request.headers_mut().insert("accept", vendor);
    insta::assert_snapshot!(shown(&send(request)), @r#"
    200 OK
    content-type: application/vnd.elasticsearch+json;compatible-with=8

    {
      "count": 2,
      "_shards": {
        "total": 1,
        "successful": 1,
        "skipped": 0,
        "failed": 0
      }
    }
    "#);
}

#[test]
fn the_product_header_is_a_setting() {
    let settings = Settings { product_header: true, ..Settings::default() };
    let response = block_on(service(settings).handle(request("GET", "/_health", "")));
    insta::assert_snapshot!(shown(&response), @r#"
    200 OK
    content-type: application/json
    x-elastic-product: Elasticsearch

    {
      "status": "ok"
    }
    "#);
}

#[test]
fn futures_of_requests_can_move_between_threads() {
    fn check(future: impl Future<Output = http::Response<Bytes>> + Send) {
        drop(future);
    }
    let service = service(Settings::default());
    check(service.handle(request("GET", "/", "")));
}

//! Endpoints with a path.

use bytes::Bytes;
use quidditch_storage::{Precondition, S3Settings, Storage};
use quidditch_test_s3::{Conditions, ErrorResponse, Fault, Rule, S3Server};

use crate::http_reader::HttpReader;
use crate::s3::setup::{settings, single};

/// The paths of the requests of both clients, which the server does not serve.
#[tokio::test]
async fn the_bucket_follows_the_path_of_the_endpoint() {
    for slash in ["", "/"] {
        let server = S3Server::start();
        let unavailable = Fault::Respond(ErrorResponse::internal_error());
        server.conditions().set(Conditions::only(Rule::new(unavailable)));
        let endpoint = Some(format!("{}/storage/v1/s3{slash}", server.endpoint()));
        let settings = S3Settings { endpoint, ..settings(&server) };

        let storage = single(settings.clone());
        storage.get("a").await.expect_err("unavailable");
        storage.put("a", Bytes::new(), Precondition::None).await.expect_err("unavailable");
        let reader = HttpReader::new("s3://quidditch/store".parse().expect("a bucket"), settings);
        reader.get("a").await.expect_err("unavailable");
        let paths: Vec<_> =
            server.requests().into_iter().map(|request| format!("/{}/{}", request.bucket, request.key)).collect();
        assert_eq!(paths, ["/storage/v1/s3/quidditch/store/a"; 3], "{slash:?}");
    }
}

//! Who may send requests to `quidditch serve`, and how many: over the loopback interface, with a real client.

use std::path::Path;
use std::sync::Arc;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value as Json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::fixture::{Installation, Server, client};

const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/tls/certificate.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/tls/key.pem");

/// A file with a user, and one with a token, whose text is returned.
fn credentials(installation: &Installation) -> (String, String, String) {
    let user = installation.run_with(&["credential", "user", "ada", "--roles", "read,write,publish"], "s3cret\n");
    let users = installation.write("users", user.strip_prefix("0\n").expect("it succeeds"));
    let token = installation.json(&["--json", "credential", "token", "dashboard"]);
    let text = |key: &str| token[key].as_str().expect("a text").to_owned();
    (users, installation.write("tokens", text("line")), text("token"))
}

fn request(server: &Server, method: Method, path: &str) -> RequestBuilder {
    client().request(method, format!("{}{path}", server.url))
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.expect("the server answers").status()
}

#[tokio::test]
async fn callers_are_known_and_have_roles() {
    let installation = Installation::with_cities();
    let (users, tokens, token) = credentials(&installation);
    let mut server = installation.serve_with(&["--users-file", &users, "--token-file", &tokens]);
    let search = || request(&server, Method::GET, "/cities/_search");
    let create = || request(&server, Method::PUT, "/new");
    assert_eq!(status(search()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(search().bearer_auth("wrong")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(search().basic_auth("ada", Some("wrong"))).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(request(&server, Method::GET, "/_health")).await, StatusCode::OK);
    assert_eq!(status(search().bearer_auth(&token)).await, StatusCode::OK);
    assert_eq!(status(create().bearer_auth(&token)).await, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        // The second time, the password is remembered.
        assert_eq!(status(search().basic_auth("ada", Some("s3cret"))).await, StatusCode::OK);
    }
    assert_eq!(status(create().basic_auth("ada", Some("s3cret"))).await, StatusCode::OK);
    let refused = search().send().await.expect("the server answers");
    assert_eq!(refused.headers()["www-authenticate"], "Basic realm=\"Quidditch\"");
    assert_eq!(refused.text().await.expect("a text"), "Unauthorized");
    let refused: Json = create().bearer_auth(&token).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(refused["error"]["type"], "security_exception");
    let log = server.stop();
    assert!(!log.contains(&token) && !log.contains("s3cret"), "{log}");
}

#[tokio::test]
async fn the_playground_needs_no_credentials_while_its_requests_do() {
    let installation = Installation::with_cities();
    let (users, ..) = credentials(&installation);
    let page = |server: &Server| request(server, Method::GET, "/_playground/");
    let server = installation.serve_with(&["--users-file", &users]);
    assert_eq!(status(page(&server)).await, StatusCode::UNAUTHORIZED, "it is not served without the option");

    // `cargo xtask playground` builds it; the program contains it if it was compiled afterwards.
    let is_built = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/playground/dist/index.html")).exists();
    if !is_built {
        let refused = installation.run(&["serve", "--listen", "127.0.0.1:0", "--playground"]);
        let expected = "1\nerror: this program was compiled without the playground: run `cargo xtask playground`, and compile it again\n";
        return assert_eq!(refused, expected);
    }
    let server = installation.serve_with(&["--users-file", &users, "--playground"]);
    let answer = page(&server).send().await.expect("the server answers");
    assert_eq!(
        (answer.status(), &answer.headers()["x-content-type-options"]),
        (StatusCode::OK, &"nosniff".parse().expect("ASCII"))
    );
    assert!(answer.text().await.expect("a text").contains("playground.js"));
    assert_eq!(status(request(&server, Method::GET, "/cities/_search")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        status(request(&server, Method::POST, "/_playground/").body("{}")).await,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[test]
fn other_addresses_require_authentication() {
    let installation = Installation::new();
    insta::assert_snapshot!(installation.run(&["serve", "--listen", "0.0.0.0:0"]), @r"
    1
    error: listening on 0.0.0.0:0 requires --token-file or --users-file, or --no-authentication to accept requests without credentials
    ");
    let empty = installation.write("empty", "# nobody\n");
    insta::assert_snapshot!(installation.run(&["serve", "--token-file", &empty]), @r"
    1
    error: the token and user files are empty: add a line that `quidditch credential` prints
    ");
    let wrong = installation.write("wrong", "ada read secret\n");
    insta::assert_snapshot!(installation.run(&["serve", "--users-file", &wrong]), @r"
    1
    error: cannot use FOLDER/wrong: line 1: the third column is neither the SHA-256 digest of a token nor the Argon2 hash of a password
    ");
}

#[tokio::test]
async fn a_read_only_server_changes_nothing() {
    let installation = Installation::with_cities();
    let server = installation.serve_with(&["--read-only"]);
    assert_eq!(status(request(&server, Method::DELETE, "/cities")).await, StatusCode::FORBIDDEN);
    assert_eq!(status(request(&server, Method::GET, "/cities/_search")).await, StatusCode::OK);
}

#[tokio::test]
async fn requests_at_a_time_are_limited() {
    let installation = Installation::with_cities();
    let server = installation.serve_with(&["--max-requests", "1"]);
    let search = || request(&server, Method::GET, "/cities/_search");
    assert_eq!(status(search()).await, StatusCode::OK);
    let address = server.url.strip_prefix("http://").expect("an address");
    // A request whose body does not arrive yet. The server asks for the body after it has admitted the request.
    let mut first = BufReader::new(TcpStream::connect(address).await.expect("it listens"));
    let head = "POST /cities/_search HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n";
    first.write_all(head.as_bytes()).await.expect("written");
    for expected in ["HTTP/1.1 100 Continue\r\n", "\r\n"] {
        let mut line = String::new();
        first.read_line(&mut line).await.expect("an answer");
        assert_eq!(line, expected);
    }
    let refused = search().send().await.expect("the server answers");
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().expect("ASCII"))
    );
    let json: Json = refused.json().await.expect("JSON");
    assert_eq!(json["error"]["type"], "rejected_execution_exception");
    first.write_all(b"{}").await.expect("written");
    let mut answer = String::new();
    first.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(status(search()).await, StatusCode::OK);
}

#[tokio::test]
async fn bodies_are_limited() {
    let installation = Installation::with_cities();
    let server = installation.serve_with(&["--max-body", "1KB"]);
    let search = |bytes: usize| {
        let body = format!("{{{}}}", " ".repeat(bytes - 2));
        request(&server, Method::POST, "/cities/_search").header("content-type", "application/json").body(body)
    };
    assert_eq!(status(search(1_000)).await, StatusCode::OK);
    assert_eq!(status(search(1_001)).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_certificate_makes_it_https() {
    let installation = Installation::with_cities();
    let server = installation.serve_with(&["--tls-certificate", CERTIFICATE, "--tls-key", KEY]);
    let address = server.url.strip_prefix("https://").expect("it says so");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(CERTIFICATE).expect("a certificate")).expect("it is valid");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.expect("it listens");
    let name = ServerName::try_from("localhost").expect("a name");
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
    stream
        .write_all(b"GET /cities/_count HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""count":3"#), "{answer}");
    // Without TLS there is no answer.
    let mut plain = TcpStream::connect(address).await.expect("it listens");
    plain.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("written");
    let mut bytes = Vec::new();
    let _ = plain.read_to_end(&mut bytes).await;
    assert!(!bytes.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&bytes));
    let missing = installation.run(&["serve", "--tls-certificate", KEY, "--tls-key", KEY]);
    assert!(missing.contains("has no certificate"), "{missing}");
}

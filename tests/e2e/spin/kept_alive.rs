//! Several requests over one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use quidditch_tests::SpinApp;

use super::app::{Bundle, over_files};

/// A connection that stays open.
struct Connection(BufReader<TcpStream>);

/// The head of a response, in lower case, and the value of `content-length`.
struct Head {
    text: String,
    length: usize,
}

impl Connection {
    fn open(app: &SpinApp) -> Self {
        let stream = TcpStream::connect(app.address()).expect("the host listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a valid timeout");
        Connection(BufReader::new(stream))
    }

    /// Sends a request and reads the head of its response.
    fn send(&mut self, method: &str, path: &str, body: &str) -> Head {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).expect("the host reads");
        let mut text = String::new();
        while !text.ends_with("\r\n\r\n") {
            assert!(self.0.read_line(&mut text).expect("the host answers") > 0, "closed after {text}");
        }
        text.make_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length = length.unwrap_or_else(|| panic!("{method} {path}: {text}")).parse().expect("a number");
        Head { text, length }
    }

    fn read_body(&mut self, head: &Head) -> Vec<u8> {
        let mut body = vec![0; head.length];
        self.0.read_exact(&mut body).expect("the body is as long as its head says");
        body
    }
}

#[test]
fn every_response_has_a_length() {
    let bundle = Bundle::get();
    let app = SpinApp::start(&bundle.app(), &over_files(bundle.store()));
    let mut connection = Connection::open(&app);
    let requests = [
        ("GET", "/", "", "200"),
        ("POST", "/cities/_search", r#"{"query": {"match": {"name": "Berlin"}}}"#, "200"),
        ("POST", "/cities/_search", r#"{"query": {}}}"#, "400"),
        ("GET", "/nope/_search", "", "404"),
        ("PUT", "/cities/_search", "", "405"),
    ];
    for (method, path, body, status) in requests {
        let head = connection.send(method, path, body);
        assert!(head.text.starts_with(&format!("http/1.1 {status}")), "{method} {path}: {}", head.text);
        assert!(!head.text.contains("transfer-encoding"), "{method} {path}: {}", head.text);
        let answer: serde_json::Value = serde_json::from_slice(&connection.read_body(&head)).expect("JSON");
        assert!(answer.is_object(), "{method} {path}: {answer}");
    }
    // The response to `HEAD` has the length of the body that `GET` returns.
    let without_body = connection.send("HEAD", "/cities", "");
    let with_body = connection.send("GET", "/cities", "");
    connection.read_body(&with_body);
    assert_eq!(without_body.length, with_body.length);
    assert!(connection.send("GET", "/", "").text.starts_with("http/1.1 200"));
}

//! An OCI registry on this machine, as far as pushing and pulling need it. It sends whatever a test puts into it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use quidditch_oci::Reference;

/// The registry. It ends with the process.
pub(crate) struct Server {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// What is sent for a path: a status, and a body.
    objects: HashMap<String, (u16, Vec<u8>)>,
    /// Methods and paths of all requests, in order.
    requests: Vec<String>,
}

struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
}

impl Server {
    /// An empty one.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.expect("a connection"), &shared);
            }
        });
        Server { address, state }
    }

    /// The reference of `team/f` with this tag or digest.
    pub(crate) fn reference(&self, ending: &str) -> Reference {
        format!("{}/team/f{ending}", self.address).parse().expect("a reference")
    }

    /// What it sends for a path below `/v2/team/f/`.
    pub(crate) fn put(&self, path: &str, status: u16, body: impl Into<Vec<u8>>) {
        self.state().objects.insert(format!("/v2/team/f/{path}"), (status, body.into()));
    }

    /// What it sends for such a path.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        self.state().objects[&format!("/v2/team/f/{path}")].1.clone()
    }

    /// The requests so far. That for `/v2/`, by which a client asks how to authenticate, is not among them.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state().requests.iter().filter(|request| *request != "GET /v2/").cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds the lock")
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let Request { method, path, body } = read(&stream);
    let mut state = state.lock().expect("no test panics while it holds the lock");
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    state.requests.push(format!("{method} {path}"));
    let (status, body) = match method.as_str() {
        "POST" => (202, Vec::new()),
        "PUT" => {
            // A blob is uploaded to one path, and found under another one.
            let found = match query.split_once("digest=") {
                Some((_, digest)) => path.replace("blobs/uploads/1", &format!("blobs/{}", digest.replace("%3A", ":"))),
                None => path.to_owned(),
            };
            state.objects.insert(found, (200, body));
            (201, Vec::new())
        }
        _ if path == "/v2/" => (200, Vec::new()),
        _ => state.objects.get(path).cloned().unwrap_or((404, Vec::new())),
    };
    let location = if method == "POST" { format!("{path}1") } else { path.to_owned() };
    let head = format!(
        "HTTP/1.1 {status} -\r\nlocation: {location}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // A client that has seen enough closes the connection.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("a request");
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().expect("a method"), words.next().expect("a path"));
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).expect("a header");
        let Some((name, value)) = header.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().expect("a number");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    Request { method, path, body }
}

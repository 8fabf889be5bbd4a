//! The playground: a web page for trying searches and functions. Its source is in `host/cli/playground`.

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method, Response, StatusCode};

/// A file of the page.
struct PageFile {
    name: &'static str,
    content_type: &'static str,
    /// Empty if the page had not been built when this program was compiled.
    content: &'static [u8],
}

macro_rules! page_file {
    ($name:literal, $content_type:literal) => {
        PageFile {
            name: $name,
            content_type: $content_type,
            content: include_bytes!(concat!(env!("OUT_DIR"), "/", $name)),
        }
    };
}

static FILES: [PageFile; 3] = [
    page_file!("index.html", "text/html; charset=UTF-8"),
    page_file!("playground.js", "text/javascript; charset=UTF-8"),
    page_file!("playground.css", "text/css; charset=UTF-8"),
];

/// What the page may load and do: its own files, requests to this server, and an empty icon, without which browsers ask for one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct PlaygroundArguments {
    /// Serve a web page for trying searches and functions at /_playground/
    #[arg(long)]
    playground: bool,
}

/// The page of a server that serves it. It contains no data, so it is answered without credentials: its requests need them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Playground(());

impl PlaygroundArguments {
    /// The page, if it is to be served.
    ///
    /// # Errors
    /// This program was compiled without it.
    pub(super) fn page(self) -> anyhow::Result<Option<Playground>> {
        if !self.playground {
            return Ok(None);
        }
        anyhow::ensure!(
            FILES.iter().all(|file| !file.content.is_empty()),
            "this program was compiled without the playground: run `cargo xtask playground`, and compile it again"
        );
        Ok(Some(Playground(())))
    }
}

impl Playground {
    /// The path of the page. Its files are below it.
    pub(super) const PATH: &str = "/_playground/";

    /// The response to a request for a file of the page; `None` to another request.
    pub(super) fn response(self, method: &Method, path: &str) -> Option<Response<Bytes>> {
        if path == Self::PATH.trim_end_matches('/') {
            // Relative, as the server may be behind a proxy that adds a prefix.
            let location = Self::PATH.trim_start_matches('/');
            return Some(with_headers(StatusCode::TEMPORARY_REDIRECT, &[(LOCATION, location)], &[]));
        }
        let name = match path.strip_prefix(Self::PATH)? {
            "" => "index.html",
            name => name,
        };
        let Some(file) = FILES.iter().find(|file| file.name == name) else {
            return Some(with_headers(StatusCode::NOT_FOUND, &[], &[]));
        };
        if method != Method::GET && method != Method::HEAD {
            return Some(with_headers(StatusCode::METHOD_NOT_ALLOWED, &[(ALLOW, "GET, HEAD")], &[]));
        }
        let headers = [
            (CONTENT_TYPE, file.content_type),
            (CONTENT_SECURITY_POLICY, POLICY),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // Another version of the server may have another page.
            (CACHE_CONTROL, "no-cache"),
        ];
        Some(with_headers(StatusCode::OK, &headers, file.content))
    }
}

fn with_headers(
    status: StatusCode,
    headers: &[(http::HeaderName, &'static str)],
    body: &'static [u8],
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(body));
    *response.status_mut() = status;
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> Option<Response<Bytes>> {
        Playground(()).response(&Method::GET, path)
    }

    #[test]
    fn only_files_of_the_page_are_answered() {
        for path in ["/", "/_playgrounds", "/cities/_search", "/a/_playground/"] {
            assert!(get(path).is_none(), "{path}");
        }
        let status = |path: &str| get(path).expect("is answered").status();
        assert_eq!(status("/_playground/"), StatusCode::OK);
        assert_eq!(status("/_playground/playground.js"), StatusCode::OK);
        assert_eq!(status("/_playground/../secret"), StatusCode::NOT_FOUND);
        assert_eq!(get("/_playground").expect("is answered").headers()[LOCATION], "_playground/");
        let posted = Playground(()).response(&Method::POST, "/_playground/").expect("is answered");
        assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[test]
    fn the_page_may_load_nothing_else() {
        let page = get("/_playground/").expect("is answered");
        assert_eq!(page.headers()[CONTENT_SECURITY_POLICY], POLICY);
        assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=UTF-8");
        assert!(POLICY.starts_with("default-src 'none';") && !POLICY.contains("unsafe"));
    }
}

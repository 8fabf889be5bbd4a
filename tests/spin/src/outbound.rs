//! Outgoing requests: only to the hosts that the app may send requests to.

use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, Result, WasiBody, WasiHttpHooks, default_send_request};

/// The allowed hosts, as `SCHEME://HOST:PORT`. `None` for any.
#[derive(Clone)]
pub(crate) struct AllowedHosts(pub(crate) Option<Vec<String>>);

impl AllowedHosts {
    fn allow(&self, uri: &hyper::Uri) -> bool {
        let origin =
            format!("{}://{}", uri.scheme_str().unwrap_or("https"), uri.authority().map_or("", |host| host.as_str()));
        self.0.as_ref().is_none_or(|allowed| allowed.contains(&origin))
    }
}

/// How sending a request, or its body, ends.
type Sent = Box<dyn Future<Output = Result<()>> + Send>;

impl WasiHttpHooks for AllowedHosts {
    fn send_request(
        &mut self,
        request: hyper::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Sent,
    ) -> Box<dyn Future<Output = Result<(hyper::Response<WasiBody>, Sent)>> + Send> {
        let allowed = self.allow(request.uri());
        Box::new(async move {
            if !allowed {
                return Err(Error::HttpRequestDenied);
            }
            let (response, sent) = default_send_request(request, options).await?;
            Ok((response.map(BodyExt::boxed_unsync), Box::new(sent) as Sent))
        })
    }
}

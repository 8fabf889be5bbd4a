//! The server: it accepts connections, and ends them when it is told to stop.

use std::fmt::Display;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::connection;
use super::shared::Server;

impl Server {
    /// Accepts connections until `stop` completes. Then waits for running requests, but not for long.
    pub(super) async fn run(self: &Arc<Self>, listener: TcpListener, stop: &mut Pin<&mut impl Future<Output = ()>>) {
        let graceful = GracefulShutdown::new();
        tokio::select! {
            () = self.accept(&listener, &graceful) => {}
            () = stop => tracing::info!("shutting down"),
        }
        drop(listener);
        if tokio::time::timeout(self.settings.shutdown_grace, graceful.shutdown()).await.is_err() {
            tracing::warn!("aborting requests that did not finish within the shutdown grace period");
        }
    }

    async fn accept(self: &Arc<Self>, listener: &TcpListener, graceful: &GracefulShutdown) {
        let connections = Arc::new(Semaphore::new(self.settings.max_connections));
        loop {
            let permit = Arc::clone(&connections).acquire_owned().await.expect("the semaphore is never closed");
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // For example too many open files: other connections must end first.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(self.settings.accept_pause).await;
                    continue;
                }
            };
            let (server, watcher) = (Arc::clone(self), graceful.watcher());
            tokio::spawn(async move {
                server.serve(stream, watcher).await;
                drop(permit);
            });
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, watcher: Watcher) {
        // Send responses without delay. Without this option they only arrive later.
        let _ = stream.set_nodelay(true);
        let Some(tls) = self.tls.clone() else { return serve_stream(self, stream, watcher).await };
        match tokio::time::timeout(self.settings.head_timeout, tls.accept(stream)).await {
            Ok(Ok(stream)) => serve_stream(self, stream, watcher).await,
            Ok(Err(error)) => log_closed(&error),
            Err(_) => log_closed(&io::Error::from(io::ErrorKind::TimedOut)),
        }
    }
}

async fn serve_stream(
    server: Arc<Server>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    watcher: Watcher,
) {
    if let Err(error) = watcher.watch(connection::serve(stream, server)).await {
        log_closed(&error);
    }
}

fn log_closed(error: &dyn Display) {
    tracing::debug!(%error, "connection closed with an error");
}

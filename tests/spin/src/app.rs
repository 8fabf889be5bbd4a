//! The app: a compiled component, and the settings of its instances.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::time::{Sleep, sleep_until};
use wasmtime::component::{Component, GuestTaskId, Linker};
use wasmtime::{Cache, CacheConfig, Config, Engine, Result, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance as Started, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::arguments::Arguments;
use crate::instance::{Instance, Variables};
use crate::pool::pool;
use crate::variables;

/// The time after which an idle instance is dropped.
const IDLE: Duration = Duration::from_secs(1);

/// A linked component.
pub(crate) struct App {
    arguments: Arc<Arguments>,
    variables: Variables,
    engine: Engine,
    linked: ProxyPre<Instance>,
}

impl App {
    /// Compiles and links a component. Fails if it imports something that this host does not provide.
    pub(crate) fn new(arguments: Arc<Arguments>) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_component_model_async(true);
        // As in Spin, so that benchmarks measure the same code.
        config.epoch_interruption(true);
        config.allocation_strategy(pool()?);
        if let Some(folder) = &arguments.cache {
            let mut cache = CacheConfig::new();
            cache.with_directory(folder);
            config.cache(Some(Cache::new(cache)?));
        }
        let engine = Engine::new(&config)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
        variables::add_to_linker(&mut linker)?;
        let component = Component::from_file(&engine, &arguments.app)?;
        let linked = ProxyPre::P3(ServicePre::new(linker.instantiate_pre(&component)?)?);
        let variables = Arc::new(arguments.variables.iter().cloned().collect());
        Ok(App { arguments, variables, engine, linked })
    }
}

impl HandlerState for App {
    type StoreData = Instance;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> Result<Started<Instance, Expiration, Worker>> {
        let mut store = Store::new(&self.engine, Instance::new(&self.arguments, &self.variables)?);
        store.set_epoch_deadline(u64::MAX / 2);
        let proxy = self.linked.instantiate_async(&mut store).await?;
        Ok(Started {
            store,
            proxy,
            view: Instance::http,
            expiration: Expiration { request_timeout: self.arguments.request_timeout, sleep: None },
            state: Worker(Arc::clone(&self.arguments)),
        })
    }
}

/// When an instance is stopped.
pub(crate) struct Expiration {
    request_timeout: Option<Duration>,
    sleep: Option<(WorkerStatus, Instant, Pin<Box<Sleep>>)>,
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>, status: WorkerStatus, since: Instant) -> Poll<()> {
        let is_set = self.sleep.as_ref().is_some_and(|(for_status, start, _)| *for_status == status && *start == since);
        if !is_set {
            let time = if status == WorkerStatus::Idle { Some(IDLE) } else { self.request_timeout };
            self.sleep = time.map(|time| (status, since, Box::pin(sleep_until((since + time).into()))));
        }
        match &mut self.sleep {
            Some((_, _, sleep)) => sleep.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

/// How many requests an instance accepts.
pub(crate) struct Worker(Arc<Arguments>);

impl WorkerState for Worker {
    type StoreData = Instance;
    type RequestData = ();

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        if total >= self.0.requests_per_instance {
            ShouldAccept::Never
        } else if concurrent >= self.0.concurrent_requests {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, Instance>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        match self.0.request_timeout {
            Some(time) => Box::pin(tokio::time::sleep(time)),
            None => Box::pin(std::future::pending()),
        }
    }

    fn drop(&self, _: Store<Instance>, ended: Result<()>) {
        if let Err(error) = ended {
            eprintln!("an instance ended: {error:?}");
        }
    }
}

//! The state of the host for one instance of the app.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::arguments::Arguments;
use crate::clock::FixedClock;
use crate::outbound::AllowedHosts;

/// The variables of an app, by name.
pub(crate) type Variables = Arc<BTreeMap<String, String>>;

pub(crate) struct Instance {
    pub(crate) variables: Variables,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    allowed_hosts: AllowedHosts,
    table: ResourceTable,
}

impl Instance {
    pub(crate) fn new(arguments: &Arguments, variables: &Variables) -> wasmtime::Result<Self> {
        let mut wasi = WasiCtx::builder();
        wasi.inherit_stdout().inherit_stderr();
        if let Some(millis) = arguments.wall_clock {
            wasi.wall_clock(FixedClock(std::time::Duration::from_millis(millis)));
        }
        for (folder, path) in &arguments.files {
            wasi.preopened_dir(folder, path, FsPerms::ReadOnly)?;
        }
        Ok(Instance {
            variables: variables.clone(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            allowed_hosts: AllowedHosts(arguments.allowed_outbound_hosts.clone()),
            table: ResourceTable::new(),
        })
    }
}

impl WasiView for Instance {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Instance {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.allowed_hosts }
    }
}

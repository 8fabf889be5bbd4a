//! Spin's variables, the only interface of Spin that the search component uses.

use wasmtime::component::{ComponentType, Lift, Linker, Lower};

use crate::instance::Instance;

const INTERFACE: &str = "spin:variables/variables@3.0.0";

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
#[allow(dead_code, reason = "the type must have every case")]
enum Error {
    #[component(name = "invalid-name")]
    InvalidName(String),
    #[component(name = "undefined")]
    Undefined(String),
    #[component(name = "provider")]
    Provider(String),
    #[component(name = "other")]
    Other(String),
}

pub(crate) fn add_to_linker(linker: &mut Linker<Instance>) -> wasmtime::Result<()> {
    linker.instance(INTERFACE)?.func_wrap_concurrent("get", |accessor, (name,): (String,)| {
        let found = accessor.with(|mut access| access.get().variables.get(&name).cloned());
        Box::pin(async move { Ok((found.ok_or(Error::Undefined(name)),)) })
    })
}

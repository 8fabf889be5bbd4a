//! Spin's pool of instances. An app that does not fit into it cannot be started.

use std::str::FromStr;

use wasmtime::{PoolingAllocationConfig, Result, format_err};

/// The most important values of Spin 4, and the environment variables that change them.
pub(crate) fn pool() -> Result<PoolingAllocationConfig> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(1_000)
        .total_core_instances(4_000)
        .total_memories(setting("SPIN_WASMTIME_TOTAL_MEMORIES", 1_000)?)
        .total_tables(2_000)
        .total_stacks(1_000)
        .table_elements(100_000)
        .max_component_instance_size(10 << 20)
        .max_core_instance_size(10 << 20)
        .max_core_instances_per_component(setting("SPIN_WASMTIME_CORE_INSTANCE_COUNT", 200)?)
        .max_memories_per_component(setting("SPIN_WASMTIME_INSTANCE_MEMORIES", 32)?)
        .max_tables_per_component(setting("SPIN_WASMTIME_INSTANCE_TABLES", 64)?)
        .max_memories_per_module(2)
        .max_tables_per_module(2)
        .max_memory_size(4 << 30)
        .linear_memory_keep_resident(2 << 20)
        .table_keep_resident(512 << 10);
    Ok(pool)
}

fn setting<T: FromStr<Err: std::fmt::Display>>(name: &str, default: T) -> Result<T> {
    match std::env::var(name) {
        Ok(value) => value.parse().map_err(|error| format_err!("{name}={value}: {error}")),
        Err(_) => Ok(default),
    }
}

//! How wasmtime is set up. One function for compiling and running: code made with other settings is refused.

use std::num::NonZeroUsize;

use sha2::{Digest, Sha256};
use wasmtime::{Config, ModuleVersionStrategy, PoolingAllocationConfig};

use crate::Limits;

/// Part of the identity of ahead-of-time code. Raise it with each update of wasmtime and each change below: code of another
/// revision is compiled anew.
const REVISION: &str = "48.0.8-1";

pub(crate) fn config(limits: &Limits) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config
        .module_version(ModuleVersionStrategy::Custom(REVISION.to_owned()))?
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack_bytes)
        .wasm_backtrace_max_frames(NonZeroUsize::new(limits.backtrace_frames))
        // A function must not depend on the machine that it runs on.
        .relaxed_simd_deterministic(true)
        // Backtraces name functions; positions within them and the system's unwind tables only make code larger.
        .generate_address_map(false)
        .native_unwind_info(false)
        // Every call is synchronous.
        .concurrency_support(false)
        .allocation_strategy(pool(limits));
    Ok(config)
}

/// Slots for all instances that may exist at one time. An unused slot is address space; one that was used is given back to
/// the system as soon as its instance goes (nothing is kept resident, nothing waits for a batch), and the next instance
/// takes a used slot before a fresh one. So memory follows the number of instances in use.
fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(limits.instances)
        .total_core_instances(limits.instances.saturating_mul(limits.core_instances))
        .total_memories(limits.instances)
        .total_tables(limits.instances.saturating_mul(limits.tables))
        .max_core_instances_per_component(limits.core_instances)
        .max_memories_per_component(1)
        .max_tables_per_component(limits.tables)
        .max_tables_per_module(limits.tables)
        .table_elements(limits.table_elements)
        // The store's limiter enforces the real limit, and remembers what was asked for.
        .max_memory_size(u32::MAX as usize + 1)
        .max_unused_warm_slots(0)
        .linear_memory_keep_resident(0)
        .table_keep_resident(0)
        .decommit_batch_size(1);
    pool
}

/// See [`quidditch_function::Loader::compatibility`]. wasmtime's own hash needs the compiler, which not every program that
/// runs ahead-of-time code has; so this is computed from the same facts.
pub(crate) fn compatibility() -> String {
    let mut digest = Sha256::new();
    for fact in [REVISION, std::env::consts::ARCH, std::env::consts::OS].iter().chain(cpu_features().iter()) {
        digest.update(fact.as_bytes());
        digest.update([0]);
    }
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The features of this CPU that the compiler makes use of.
#[cfg(target_arch = "x86_64")]
fn cpu_features() -> Vec<&'static str> {
    macro_rules! detected {
        ($($name:tt)*) => { [$(($name, std::arch::is_x86_feature_detected!($name))),*] };
    }
    let features = detected!(
        "sse3" "ssse3" "cmpxchg16b" "sse4.1" "sse4.2" "popcnt" "avx" "avx2" "fma" "bmi1" "bmi2" "avx512bitalg" "avx512dq"
        "avx512f" "avx512vl" "avx512vbmi" "lzcnt"
    );
    features.into_iter().filter(|(_, detected)| *detected).map(|(name, _)| name).collect()
}

/// The features of this CPU that the compiler makes use of.
#[cfg(target_arch = "aarch64")]
fn cpu_features() -> Vec<&'static str> {
    macro_rules! detected {
        ($($name:tt)*) => { [$(($name, std::arch::is_aarch64_feature_detected!($name))),*] };
    }
    let features = detected!("lse" "paca" "fp16");
    features.into_iter().filter(|(_, detected)| *detected).map(|(name, _)| name).collect()
}

/// The features of this CPU that the compiler makes use of.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn cpu_features() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_names_the_wasmtime_that_is_built_in() {
        let lock = include_str!("../../../Cargo.lock");
        let (_, package) = lock.split_once("name = \"wasmtime\"\nversion = \"").expect("wasmtime is in the lock file");
        let (version, _) = package.split_once('"').expect("a version");
        assert!(REVISION.starts_with(&format!("{version}-")), "wasmtime is {version}: raise REVISION, now {REVISION}");
    }
}

//! The configuration of wasmtime. Compiling and running share it, because code compiled with other settings is rejected.

use std::num::NonZeroUsize;

use quidditch_function::Target;
use sha2::{Digest, Sha256};
use wasmtime::{Config, Enabled, ModuleVersionStrategy, PoolingAllocationConfig, WasmBacktraceDetails};

use crate::SandboxLimits;
use crate::debug_info::DebugInfo;

/// Part of the identifier of ahead-of-time code. Raise it with each update of wasmtime and each change below: code of another
/// revision is compiled again.
const REVISION: &str = "48.0.8-2";

/// The features that code for [`Target::X86_64Linux`] may use in addition to the instructions of the first 64-bit processors:
/// x86-64-v2, which every server has. Without them, rounding a float would be a call to the host.
#[cfg(feature = "compiler")]
const X86_64_FEATURES: [&str; 6] = ["has_cmpxchg16b", "has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];

pub(crate) fn config(limits: &SandboxLimits, debug_info: DebugInfo) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config
        .module_version(ModuleVersionStrategy::Custom(REVISION.to_owned()))?
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack_bytes)
        .wasm_backtrace_max_frames(NonZeroUsize::new(limits.backtrace_frames))
        // The results of a function must not depend on the machine.
        .relaxed_simd_deterministic(true)
        // Backtraces need the names of functions only; positions in functions and unwind tables make the code larger.
        .generate_address_map(false)
        .native_unwind_info(false)
        // Every call is synchronous.
        .concurrency_support(false)
        .allocation_strategy(pool(limits));
    match debug_info {
        // Not as the environment says, by default: code of another setting is rejected where it is loaded.
        DebugInfo::Ignored => {
            config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
        }
        #[cfg(feature = "debug-info")]
        DebugInfo::Read => {
            config.generate_address_map(true).wasm_backtrace_details(WasmBacktraceDetails::Enable);
        }
    }
    Ok(config)
}

/// The same configuration, to compile for another machine.
#[cfg(feature = "compiler")]
#[allow(unsafe_code, reason = "see SAFETY")]
pub(crate) fn config_for(limits: &SandboxLimits, target: Target) -> wasmtime::Result<Config> {
    // It does not run anything, so one slot for an instance is enough.
    let mut config = config(&SandboxLimits { instances: 1, ..*limits }, DebugInfo::Ignored)?;
    match target {
        Target::ThisMachine => {}
        Target::Aarch64Linux => {
            config.target("aarch64-unknown-linux-gnu")?;
        }
        Target::X86_64Linux => {
            config.target("x86_64-unknown-linux-gnu")?;
            for feature in X86_64_FEATURES {
                // SAFETY: the flag must not make the code unsound. These flags enable features of the processor; wasmtime
                // rejects the code if the processor that loads it does not have them.
                unsafe { config.cranelift_flag_enable(feature) };
            }
        }
    }
    Ok(config)
}

/// Bytes of linear memory that a free slot keeps where the system tells which pages were written. 64 KiB: the stack and the data
/// of a function in Rust and one batch of a column. Clearing these takes a third of the time of returning them to the system.
const RESIDENT_MEMORY: usize = 64 << 10;
/// Bytes of a table that a free slot keeps, likewise. 4 KiB: 512 functions that are called indirectly.
const RESIDENT_TABLE: usize = 4 << 10;

/// A pool with a slot for each instance that may exist at the same time. A free slot takes address space and at most
/// [`RESIDENT_MEMORY`]: other memory is returned to the system as soon as its instance is dropped (decommits are not batched). The
/// next instance takes a used slot before a fresh one. So memory usage follows the number of instances.
fn pool(limits: &SandboxLimits) -> PoolingAllocationConfig {
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
        // The store's limiter enforces the real limit, and records what was requested.
        .max_memory_size(u32::MAX as usize + 1)
        .max_unused_warm_slots(0)
        .decommit_batch_size(1);
    // Elsewhere, clearing would have to touch all of it, and returning the rest would still be a system call.
    if PoolingAllocationConfig::is_pagemap_scan_available() {
        pool.pagemap_scan(Enabled::Yes)
            .linear_memory_keep_resident(RESIDENT_MEMORY)
            .table_keep_resident(RESIDENT_TABLE);
    }
    pool
}

/// See [`quidditch_function::Loader::compatibility`]. wasmtime's own hash is only available with the compiler, so this is computed
/// from the same facts.
pub(crate) fn compatibility(target: Target) -> String {
    match target {
        Target::ThisMachine => {
            let machine = [REVISION, std::env::consts::ARCH, std::env::consts::OS];
            digest(machine.into_iter().chain(cpu_features()))
        }
        named => format!("{named}-{}", digest([REVISION, named.name()])),
    }
}

fn digest(facts: impl IntoIterator<Item = &'static str>) -> String {
    let mut digest = Sha256::new();
    for fact in facts {
        digest.update(fact.as_bytes());
        digest.update([0]);
    }
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The features of this CPU that the compiler uses.
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

/// The features of this CPU that the compiler uses.
#[cfg(target_arch = "aarch64")]
fn cpu_features() -> Vec<&'static str> {
    macro_rules! detected {
        ($($name:tt)*) => { [$(($name, std::arch::is_aarch64_feature_detected!($name))),*] };
    }
    let features = detected!("lse" "paca" "fp16");
    features.into_iter().filter(|(_, detected)| *detected).map(|(name, _)| name).collect()
}

/// The features of this CPU that the compiler uses.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn cpu_features() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_revision_names_the_version_of_wasmtime() {
        let lock = include_str!("../../../Cargo.lock");
        let (_, package) = lock.split_once("name = \"wasmtime\"\nversion = \"").expect("wasmtime is in the lock file");
        let (version, _) = package.split_once('"').expect("a version");
        assert!(REVISION.starts_with(&format!("{version}-")), "wasmtime is {version}: raise REVISION, now {REVISION}");
    }
}

//! Why a sandbox cannot be created.

/// A sandbox cannot be created on this machine.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// wasmtime's engine or its pool of instances. Often the address space is too small for the pool: lower
    /// [`crate::SandboxLimits::instances`].
    #[error("cannot create the engine for functions")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The thread that stops functions at the end of their time.
    #[error("cannot start the thread that stops functions")]
    Ticker(#[source] std::io::Error),
}

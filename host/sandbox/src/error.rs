//! Why there is no sandbox.

/// The machine does not let a sandbox be set up.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine or its pool of instances. Often there are too few addresses for so many instances: lower
    /// [`crate::Limits::instances`].
    #[error("cannot set up the engine for functions")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The thread that stops functions.
    #[error("cannot start the clock for functions")]
    Clock(#[source] std::io::Error),
}

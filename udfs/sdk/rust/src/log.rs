//! Messages for the function's author. The host drops them unless logging is enabled, and limits their number and length.
//! Outside WebAssembly they are written to standard error.

#[cfg(target_arch = "wasm32")]
use crate::abi;

/// Logs a message for debugging.
pub fn debug(message: &str) {
    log(Level::Debug, message);
}

/// Logs an informational message.
pub fn info(message: &str) {
    log(Level::Info, message);
}

/// Logs a warning.
pub fn warn(message: &str) {
    log(Level::Warn, message);
}

/// Logs an error. The host reports the last one before a trap as the reason of the trap.
pub fn error(message: &str) {
    log(Level::Error, message);
}

/// In the order of the contract.
#[derive(Debug, Clone, Copy)]
enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

#[cfg(target_arch = "wasm32")]
fn log(level: Level, message: &str) {
    abi::log(level as usize, message);
}

#[cfg(not(target_arch = "wasm32"))]
fn log(level: Level, message: &str) {
    std::eprintln!("{level:?}: {message}");
}

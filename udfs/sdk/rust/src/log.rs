//! Messages for the function's author. The host drops them unless it runs with logging switched on, and limits their number
//! and length. Outside WebAssembly they go to standard error.

#[cfg(target_arch = "wasm32")]
use crate::abi;

/// Something that helps to find a mistake.
pub fn debug(message: &str) {
    log(Level::Debug, message);
}

/// Something worth knowing.
pub fn info(message: &str) {
    log(Level::Info, message);
}

/// Something that looks wrong.
pub fn warn(message: &str) {
    log(Level::Warn, message);
}

/// Something that is wrong. The host takes the last one before a trap for its reason.
pub fn error(message: &str) {
    log(Level::Error, message);
}

/// The order is that of the contract.
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

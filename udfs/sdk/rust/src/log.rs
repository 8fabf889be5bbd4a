//! Messages for the function's author. The host drops them unless logging is enabled, and limits their number and length.
//! Outside WebAssembly they are written to standard error.

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
#[link(wasm_import_module = "quidditch:udf/log@0.2.0")]
#[allow(unsafe_code)]
unsafe extern "C" {
    #[link_name = "log"]
    unsafe fn host_log(level: usize, pointer: *const u8, len: usize);
}

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)]
fn log(level: Level, message: &str) {
    // SAFETY: the host only reads the message, during the call.
    unsafe { host_log(level as usize, message.as_ptr(), message.len()) }
}

#[cfg(not(target_arch = "wasm32"))]
fn log(level: Level, message: &str) {
    std::eprintln!("{level:?}: {message}");
}

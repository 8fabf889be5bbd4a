//! Logs the messages of panics. The host only sees a trap; the message is logged just before it.

#[cfg(any(all(target_arch = "wasm32", feature = "log"), test))]
use alloc::string::String;
#[cfg(all(target_arch = "wasm32", feature = "log"))]
use core::panic::Location;

/// Makes every later panic log its message and location. Further calls have no effect.
#[cfg(target_arch = "wasm32")]
pub(crate) fn log_panics() {
    #[cfg(all(feature = "std", feature = "log"))]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            std::panic::set_hook(std::boxed::Box::new(|panic| {
                log(panic.payload_as_str().unwrap_or(NO_MESSAGE), panic.location());
            }));
        });
    }
}

/// The panic handler without the standard library. It does not format values, because the code that formats numbers would be a
/// quarter of a small component.
#[cfg(all(target_arch = "wasm32", not(feature = "std")))]
#[panic_handler]
fn log_and_trap(panic: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(feature = "log")]
    log(panic.message().as_str().unwrap_or(NO_MESSAGE), panic.location());
    #[cfg(not(feature = "log"))]
    let _ = panic;
    core::arch::wasm32::unreachable()
}

#[cfg(all(target_arch = "wasm32", feature = "log"))]
const NO_MESSAGE: &str = "panic";

#[cfg(all(target_arch = "wasm32", feature = "log"))]
fn log(message: &str, location: Option<&Location<'_>>) {
    let mut text = String::from(message);
    if let Some(location) = location {
        text.push_str(", ");
        text.push_str(location.file());
        text.push_str(" line ");
        push_decimal(&mut text, location.line());
    }
    crate::log::error(&text);
}

#[cfg(any(all(target_arch = "wasm32", feature = "log"), test))]
fn push_decimal(text: &mut String, number: u32) {
    if number >= 10 {
        push_decimal(text, number / 10);
    }
    text.push_str(DIGITS.get(number as usize % 10).copied().unwrap_or_default());
}

#[cfg(any(all(target_arch = "wasm32", feature = "log"), test))]
static DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_decimal() {
        for (number, expected) in [(0, "0"), (7, "7"), (10, "10"), (4_294_967_295, "4294967295")] {
            let mut text = String::new();
            push_decimal(&mut text, number);
            assert_eq!(text, expected);
        }
    }
}

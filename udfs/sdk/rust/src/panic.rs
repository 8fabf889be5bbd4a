//! Logs the messages of panics. The host only sees a trap; the message is logged just before it.

#[cfg(all(target_arch = "wasm32", feature = "log"))]
use core::panic::Location;

#[cfg(all(target_arch = "wasm32", feature = "log"))]
use crate::concat::concatenated;

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
    let Some(location) = location else { return crate::log::error(message) };
    let mut digits = [0; MAX_DIGITS];
    let line = decimal(&mut digits, location.line());
    crate::log::error(&concatenated(&[message, ", ", location.file(), " line ", line]));
}

/// The number of digits of the largest number.
#[cfg(any(all(target_arch = "wasm32", feature = "log"), test))]
const MAX_DIGITS: usize = 10;

/// Writes a number without the standard library, which formats numbers of all kinds.
#[cfg(any(all(target_arch = "wasm32", feature = "log"), test))]
#[allow(unsafe_code)]
fn decimal(digits: &mut [u8; MAX_DIGITS], number: u32) -> &str {
    let mut rest = number;
    let mut len = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        len += 1;
        if rest == 0 {
            break;
        }
    }
    let written = digits.get(MAX_DIGITS - len..).unwrap_or_default();
    // SAFETY: these are digits.
    unsafe { core::str::from_utf8_unchecked(written) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_decimal() {
        for (number, expected) in [(0, "0"), (7, "7"), (10, "10"), (4_294_967_295, "4294967295")] {
            assert_eq!(decimal(&mut [0; MAX_DIGITS], number), expected);
        }
    }
}

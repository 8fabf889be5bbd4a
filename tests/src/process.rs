//! What a process uses.

use std::fs;

/// Bytes of a process that are in memory now; `"self"` is this process. Linux only.
pub fn resident_bytes(process: &str) -> usize {
    status_bytes(process, "VmRSS:")
}

/// The most bytes of a process that were in memory at one time. Linux only.
pub fn peak_resident_bytes(process: &str) -> usize {
    status_bytes(process, "VmHWM:")
}

/// Forgets the peak of a process: from now on it is what is in memory now, or more. Linux only.
pub fn reset_peak_resident_bytes(process: &str) {
    fs::write(format!("/proc/{process}/clear_refs"), "5").expect("one may look after one's own processes");
}

fn status_bytes(process: &str, key: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("Linux tells about living processes");
    let value = status.lines().find_map(|line| line.strip_prefix(key)).expect("Linux tells how much memory they have");
    let kilobytes: usize = value.trim().trim_end_matches(" kB").parse().expect("it is a number");
    kilobytes * 1024
}

//! Memory use of processes.

use std::fs;

/// Resident memory of a process in bytes; `"self"` is this process. Linux only.
pub fn resident_bytes(process: &str) -> usize {
    status_bytes(process, "VmRSS:")
}

/// Peak of the resident memory of a process in bytes. Linux only.
pub fn peak_resident_bytes(process: &str) -> usize {
    status_bytes(process, "VmHWM:")
}

/// Resets the peak of a process to its current resident memory. Linux only.
pub fn reset_peak_resident_bytes(process: &str) {
    fs::write(format!("/proc/{process}/clear_refs"), "5").expect("the process belongs to this user");
}

fn status_bytes(process: &str, key: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("the process is running");
    let value = status.lines().find_map(|line| line.strip_prefix(key)).expect("the status has this key");
    let kilobytes: usize = value.trim().trim_end_matches(" kB").parse().expect("it is a number");
    kilobytes * 1024
}

//! Options for committing what requests write.

use std::time::Duration;

use quidditch_writes::CommitSettings;

use crate::byte_size::ByteSize;

#[derive(clap::Args)]
pub(super) struct CommitArguments {
    /// Shortest time in milliseconds from one commit of an index to the next: what arrives in between is committed together
    #[arg(long, value_name = "MS", default_value_t = delay_ms())]
    commit_delay: u64,
    /// Maximum memory for documents that wait to be committed; requests over it are answered with a 429
    #[arg(long, value_name = "SIZE", default_value_t = waiting_bytes())]
    write_memory: ByteSize,
}

fn delay_ms() -> u64 {
    u64::try_from(CommitSettings::default().delay.as_millis()).expect("it is short")
}

fn waiting_bytes() -> ByteSize {
    ByteSize(CommitSettings::default().waiting_bytes as u64)
}

impl CommitArguments {
    pub(super) fn settings(&self) -> CommitSettings {
        CommitSettings {
            delay: Duration::from_millis(self.commit_delay),
            waiting_bytes: usize::try_from(self.write_memory.0).unwrap_or(usize::MAX),
            ..CommitSettings::default()
        }
    }
}

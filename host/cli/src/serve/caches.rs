//! Which parts of indices the server keeps at hand.

use std::path::PathBuf;

use quidditch_index::ReadSettings;

use crate::byte_size::ByteSize;

/// The cache removes what it does not know, so it has a folder to itself below the one that the user names.
const FOLDER: &str = "quidditch-splits";

/// Most bytes on disk. 10 GiB: a large part of what most searches read, and a small part of most disks.
const DISK_CACHE: ByteSize = ByteSize(10 << 30);

#[derive(clap::Args)]
pub(super) struct Caches {
    /// Most bytes of indices to keep in memory
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(ReadSettings::default().memory_cache_bytes))]
    memory_cache: ByteSize,
    /// Folder below which to keep parts of indices that were read from afar; one server at a time may use it
    #[arg(long, value_name = "DIR")]
    disk_cache: Option<PathBuf>,
    /// Most bytes to keep in that folder
    #[arg(long, value_name = "SIZE", default_value_t = DISK_CACHE, requires = "disk_cache")]
    disk_cache_size: ByteSize,
}

impl Caches {
    pub(super) fn read_settings(&self) -> ReadSettings {
        ReadSettings {
            memory_cache_bytes: self.memory_cache.0,
            disk_cache: self.disk_cache.as_ref().map(|folder| (folder.join(FOLDER), self.disk_cache_size.0)),
            ..ReadSettings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        caches: Caches,
    }

    fn parse(line: &[&str]) -> Result<ReadSettings, String> {
        let line = Line::try_parse_from([&["serve"], line].concat());
        line.map(|line| line.caches.read_settings()).map_err(|error| error.to_string())
    }

    #[test]
    fn caches_are_as_large_as_one_says() {
        assert_eq!(parse(&[]), Ok(ReadSettings::default()));
        let settings = parse(&["--memory-cache", "1MiB", "--disk-cache", "/var/cache"]).expect("valid");
        let folder = PathBuf::from("/var/cache/quidditch-splits");
        assert_eq!((settings.memory_cache_bytes, settings.disk_cache), (1 << 20, Some((folder, 10 << 30))));
        let settings = parse(&["--disk-cache", "x", "--disk-cache-size", "7MB"]).expect("valid");
        assert_eq!(settings.disk_cache, Some((PathBuf::from("x/quidditch-splits"), 7_000_000)));
        assert_eq!(parse(&["--memory-cache", "0"]).expect("valid").memory_cache_bytes, 0);
    }

    #[test]
    fn a_size_needs_a_folder() {
        let error = parse(&["--disk-cache-size", "1GB"]).expect_err("no folder");
        assert!(error.contains("--disk-cache <DIR>"), "{error}");
    }
}

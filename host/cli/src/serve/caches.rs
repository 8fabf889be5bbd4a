//! Options for the server's caches.

use std::path::PathBuf;

use quidditch_index::ReadSettings;

use crate::byte_size::ByteSize;

/// The cache deletes files that it does not know, so it uses a subfolder of the folder that the user names.
const FOLDER: &str = "quidditch-splits";

/// Default maximum size on disk. 10 GiB: most of what typical searches read, and a small part of most disks.
const DISK_CACHE: ByteSize = ByteSize(10 << 30);

/// Default maximum size of the filter cache. 64 MiB: 250 filters over a million documents.
const FILTER_CACHE: ByteSize = ByteSize(64 << 20);

#[derive(clap::Args)]
pub(super) struct Caches {
    /// Maximum size of the memory cache for index data
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(ReadSettings::default().memory_cache_bytes))]
    memory_cache: ByteSize,
    /// Folder for caching index data from remote storage; only one server at a time may use it
    #[arg(long, value_name = "DIR")]
    disk_cache: Option<PathBuf>,
    /// Maximum size of the disk cache
    #[arg(long, value_name = "SIZE", default_value_t = DISK_CACHE, requires = "disk_cache")]
    disk_cache_size: ByteSize,
    /// Maximum size of the cache for which documents filter functions keep; 0 for none
    #[arg(long, value_name = "SIZE", default_value_t = FILTER_CACHE)]
    filter_cache: ByteSize,
}

impl Caches {
    pub(super) fn read_settings(&self) -> ReadSettings {
        ReadSettings {
            memory_cache_bytes: self.memory_cache.0,
            disk_cache: self.disk_cache.as_ref().map(|folder| (folder.join(FOLDER), self.disk_cache_size.0)),
            ..ReadSettings::default()
        }
    }

    pub(super) fn filter_cache_bytes(&self) -> usize {
        usize::try_from(self.filter_cache.0).unwrap_or(usize::MAX)
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

    fn parse(line: &[&str]) -> Result<ReadSettings, clap::Error> {
        let line = Line::try_parse_from([&["serve"], line].concat())?;
        Ok(line.caches.read_settings())
    }

    #[test]
    fn cache_sizes_are_configurable() {
        assert_eq!(parse(&[]).expect("valid"), ReadSettings::default());
        let settings = parse(&["--memory-cache", "1MiB", "--disk-cache", "/var/cache"]).expect("valid");
        let folder = PathBuf::from("/var/cache/quidditch-splits");
        assert_eq!((settings.memory_cache_bytes, settings.disk_cache), (1 << 20, Some((folder, 10 << 30))));
        let settings = parse(&["--disk-cache", "x", "--disk-cache-size", "7MB"]).expect("valid");
        assert_eq!(settings.disk_cache, Some((PathBuf::from("x/quidditch-splits"), 7_000_000)));
        assert_eq!(parse(&["--memory-cache", "0"]).expect("valid").memory_cache_bytes, 0);
    }

    #[test]
    fn the_filter_cache_can_be_switched_off() {
        let bytes = |line: &[&str]| {
            let line = Line::try_parse_from([&["serve"], line].concat()).expect("valid");
            line.caches.filter_cache_bytes()
        };
        assert_eq!((bytes(&[]), bytes(&["--filter-cache", "0"])), (64 << 20, 0));
    }

    #[test]
    fn a_size_needs_a_folder() {
        let error = parse(&["--disk-cache-size", "1GB"]).expect_err("no folder").to_string();
        assert!(error.contains("--disk-cache <DIR>"), "{error}");
    }
}

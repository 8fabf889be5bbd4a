//! Several document files as one input that can tell which file a line is from.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use flate2::bufread::MultiGzDecoder;
use indicatif::ProgressBar;

const BUFFER_BYTES: usize = 128 * 1024;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The concatenated files. Each is decompressed if it is gzip, and ended with a newline.
pub(crate) struct DocumentFiles {
    /// The files that have not been opened yet.
    waiting: VecDeque<(String, Box<dyn Read + Send>)>,
    current: Option<Box<dyn BufRead + Send>>,
    /// Whether the last byte read was a newline.
    at_line_end: bool,
    /// Number of lines read so far.
    lines: u64,
    locations: LineLocations,
}

/// Maps lines of the whole input to files.
#[derive(Clone, Default)]
pub(crate) struct LineLocations(Arc<Mutex<Vec<(u64, String)>>>);

impl LineLocations {
    /// `FILE:LINE`, where LINE is the line within the file, for a line of the whole input.
    pub(crate) fn describe(&self, line: u64) -> String {
        let starts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match starts.iter().rev().find(|(before, _)| *before < line) {
            Some((before, file)) => format!("{file}:{}", line - before),
            None => format!("line {line}"),
        }
    }
}

impl DocumentFiles {
    /// Opens files; `-` is standard input. The bar shows how much has been read.
    pub(crate) fn open(names: &[String], bar: &ProgressBar) -> Result<Self> {
        let mut inputs: Vec<(String, Box<dyn Read + Send>)> = Vec::new();
        let mut total = Some(0);
        for name in names {
            if name == "-" {
                total = None;
                inputs.push(("standard input".to_owned(), Box::new(bar.wrap_read(io::stdin()))));
            } else {
                let file = File::open(name).with_context(|| format!("cannot open {name}"))?;
                let bytes = file.metadata().with_context(|| format!("cannot open {name}"))?.len();
                total = total.map(|total| total + bytes);
                inputs.push((name.clone(), Box::new(bar.wrap_read(file))));
            }
        }
        if let Some(total) = total {
            bar.set_length(total);
        }
        Ok(Self::new(inputs))
    }

    fn new(inputs: Vec<(String, Box<dyn Read + Send>)>) -> Self {
        DocumentFiles {
            waiting: inputs.into(),
            current: None,
            at_line_end: true,
            lines: 0,
            locations: LineLocations::default(),
        }
    }

    /// The locations of lines, which can also be used after the input has been read.
    pub(crate) fn locations(&self) -> LineLocations {
        self.locations.clone()
    }

    /// Opens the next file; `false` if there is none.
    fn next_file(&mut self) -> io::Result<bool> {
        if !self.at_line_end {
            self.current = Some(Box::new(&b"\n"[..]));
            return Ok(true);
        }
        let Some((name, input)) = self.waiting.pop_front() else { return Ok(false) };
        self.locations.0.lock().unwrap_or_else(PoisonError::into_inner).push((self.lines, name));
        let mut input = BufReader::with_capacity(BUFFER_BYTES, input);
        let is_gzip = input.fill_buf()?.starts_with(&GZIP_MAGIC);
        self.current = Some(if is_gzip {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(input)))
        } else {
            Box::new(input)
        });
        Ok(true)
    }
}

impl BufRead for DocumentFiles {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        loop {
            let is_empty = match &mut self.current {
                Some(current) => current.fill_buf()?.is_empty(),
                None => true,
            };
            if !is_empty || !self.next_file()? {
                break;
            }
        }
        match &mut self.current {
            Some(current) => current.fill_buf(),
            None => Ok(&[]),
        }
    }

    fn consume(&mut self, amount: usize) {
        let Some(current) = &mut self.current else { return };
        // The consumed bytes were returned by `fill_buf`, so this does not read.
        if let Ok(buffer) = current.fill_buf() {
            let consumed = &buffer[..amount];
            self.lines += consumed.iter().filter(|byte| **byte == b'\n').count() as u64;
            if let Some(last) = consumed.last() {
                self.at_line_end = *last == b'\n';
            }
        }
        current.consume(amount);
    }
}

impl Read for DocumentFiles {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let buffer = self.fill_buf()?;
        let amount = buffer.len().min(out.len());
        out[..amount].copy_from_slice(&buffer[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    }

    fn files(contents: Vec<Vec<u8>>) -> DocumentFiles {
        let named = contents.into_iter().zip(["a", "b", "c", "d"]);
        DocumentFiles::new(
            named
                .map(|(bytes, name)| (name.to_owned(), Box::new(io::Cursor::new(bytes)) as Box<dyn Read + Send>))
                .collect(),
        )
    }

    #[test]
    fn files_are_concatenated() {
        let mut files = files(vec![b"1\n2".to_vec(), Vec::new(), gzip("3\n4\n"), b"5".to_vec()]);
        let locations = files.locations();
        let mut text = String::new();
        files.read_to_string(&mut text).expect("readable");
        assert_eq!(text, "1\n2\n3\n4\n5\n");
        let names: Vec<String> = (1..=5).map(|line| locations.describe(line)).collect();
        assert_eq!(names, ["a:1", "a:2", "c:1", "c:2", "d:1"]);
    }

    #[test]
    fn damaged_gzip_is_an_error() {
        let mut damaged = gzip("some text");
        damaged.truncate(15);
        assert!(files(vec![damaged]).read_to_string(&mut String::new()).is_err());
    }
}

//! A batch of lines of the input.

use std::io::BufRead;

use crate::lines::{Line, Lines};

/// A batch of lines of the input.
#[derive(Default)]
pub(super) struct Batch {
    text: Vec<u8>,
    /// The number of each line, and the offset in the text at which it ends.
    ends: Vec<(u64, usize)>,
    /// Lines that are too long to be kept.
    pub(super) too_long: Vec<u64>,
}

impl Batch {
    /// Reads lines until there are this many bytes. Returns whether there may be more.
    pub(super) fn fill(&mut self, lines: &mut Lines<impl BufRead>, bytes: usize) -> std::io::Result<bool> {
        let mut line = Vec::new();
        while self.text.len() < bytes {
            match lines.next(&mut line)? {
                Line::End => return Ok(false),
                Line::TooLong => self.too_long.push(lines.number()),
                Line::Complete if line.trim_ascii().is_empty() => {}
                Line::Complete => {
                    self.text.extend_from_slice(&line);
                    self.ends.push((lines.number(), self.text.len()));
                }
            }
        }
        Ok(true)
    }

    /// Size of the lines in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.text.len() as u64
    }

    /// Number of lines, without those that are too long.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The lines from the index `first`, each with its number.
    pub(super) fn lines_from(&self, first: usize) -> impl Iterator<Item = (u64, &[u8])> {
        let start = first.checked_sub(1).map_or(0, |before| self.ends[before].1);
        let ends = &self.ends[first..];
        let starts = [start].into_iter().chain(ends.iter().map(|(_, end)| *end));
        ends.iter().zip(starts).map(|((number, end), start)| (*number, &self.text[start..*end]))
    }
}

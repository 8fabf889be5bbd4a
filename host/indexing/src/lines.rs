//! Lines of plain or compressed input.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// The first bytes of gzip.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Size of the buffer of decompressed input, in bytes.
const DECOMPRESSED_BUFFER_BYTES: usize = 128 * 1024;

/// The optional first bytes of UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads lines, numbered from 1.
pub(crate) struct Lines<R> {
    reader: R,
    max_line_bytes: usize,
    number: u64,
}

/// The result of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The line is in the buffer, without its line ending.
    Complete,
    /// The line is longer than allowed. Its beginning is in the buffer.
    TooLong,
    /// There are no more lines.
    End,
}

/// The input, decompressed if it is gzip. It may have several members.
///
/// # Errors
/// If the first bytes cannot be read.
pub(crate) fn decompressed<'a>(mut input: impl BufRead + Send + 'a) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let mut first = Vec::with_capacity(GZIP_MAGIC.len());
    input.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut first)?;
    let is_gzip = first == GZIP_MAGIC;
    let input = Cursor::new(first).chain(input);
    if is_gzip {
        Ok(Box::new(BufReader::with_capacity(DECOMPRESSED_BUFFER_BYTES, MultiGzDecoder::new(input))))
    } else {
        Ok(Box::new(input))
    }
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R, max_line_bytes: usize) -> Self {
        Lines { reader, max_line_bytes, number: 0 }
    }

    /// The number of the line that was read last.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Reads the next line into `line`. The rest of a line that is too long is skipped.
    ///
    /// # Errors
    /// Those of the input.
    pub(crate) fn next(&mut self, line: &mut Vec<u8>) -> io::Result<Line> {
        line.clear();
        let longest = self.max_line_bytes as u64 + 1;
        if self.reader.by_ref().take(longest).read_until(b'\n', line)? == 0 {
            return Ok(Line::End);
        }
        self.number += 1;
        if line.last() == Some(&b'\n') {
            line.pop();
        } else if line.len() as u64 == longest {
            self.reader.skip_until(b'\n')?;
            line.pop();
            return Ok(Line::TooLong);
        }
        self.trim(line);
        Ok(Line::Complete)
    }

    fn trim(&self, line: &mut Vec<u8>) {
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if self.number == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn lines(input: &[u8], max_line_bytes: usize) -> Vec<(u64, Line, String)> {
        // A buffer of three bytes, so that lines span several reads.
        let input = decompressed(BufReader::with_capacity(3, input)).expect("readable");
        let mut lines = Lines::new(input, max_line_bytes);
        let mut line = Vec::new();
        let mut all = Vec::new();
        loop {
            match lines.next(&mut line).expect("readable") {
                Line::End => return all,
                kind => all.push((lines.number(), kind, String::from_utf8_lossy(&line).into_owned())),
            }
        }
    }

    fn texts(input: &[u8]) -> Vec<String> {
        lines(input, 100).into_iter().map(|(_, _, text)| text).collect()
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).expect("written");
        encoder.finish().expect("written")
    }

    #[test]
    fn lines_end_at_newlines_or_the_end_of_input() {
        assert_eq!(texts(b""), Vec::<String>::new());
        assert_eq!(texts(b"a"), ["a"]);
        assert_eq!(texts(b"abcdef\n"), ["abcdef"]);
        assert_eq!(texts(b"abc\r\n\n\ndefgh"), ["abc", "", "", "defgh"]);
        assert_eq!(texts(b"\xef\xbb\xbfabc\nd"), ["abc", "d"]);
    }

    #[test]
    fn lines_are_numbered() {
        let numbers: Vec<_> = lines(b"a\n\nbcde", 100).into_iter().map(|(number, ..)| number).collect();
        assert_eq!(numbers, [1, 2, 3]);
    }

    #[test]
    fn lines_are_limited() {
        let read = lines(b"1234567890\n12345678901\nabc\n", 10);
        assert_eq!(read[0], (1, Line::Complete, "1234567890".to_owned()));
        assert_eq!(read[1], (2, Line::TooLong, "1234567890".to_owned()));
        assert_eq!(read[2], (3, Line::Complete, "abc".to_owned()));
    }

    #[test]
    fn multi_member_gzip_is_detected() {
        assert_eq!(texts(&gzip("abc\ndef")), ["abc", "def"]);
        assert_eq!(texts(&[gzip("abc\nde"), gzip("f\ng\n")].concat()), ["abc", "def", "g"]);
        assert_eq!(texts(&gzip("")), Vec::<String>::new());
        assert_eq!(texts(&[0x1f]), ["\u{1f}"]);
    }

    #[test]
    fn truncated_gzip_is_an_error() {
        let whole = gzip(&"some text\n".repeat(100));
        let input = decompressed(&whole[..whole.len() - 5]).expect("its beginning is there");
        let mut lines = Lines::new(input, 100);
        let mut line = Vec::new();
        let error = loop {
            match lines.next(&mut line) {
                Ok(Line::End) => panic!("it was cut off"),
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}

//! The entry point of the fuzz target in `fuzz/`, and a test that does the same with mutated scripts.

use quidditch_function::Role;
use serde_json::{Map, Value as Json, json};

use crate::language::Language;
use crate::limits::ScriptLimits;
use crate::test_documents::{Document, compiled, run_within};

/// Few iterations, since nearly all endless loops of random scripts do the same again and again.
fn limits() -> ScriptLimits {
    ScriptLimits { iterations: 1_000, batch_text_bytes: 1 << 20, ..ScriptLimits::default() }
}

fn params() -> Map<String, Json> {
    json!({"i": 5, "d": -0.5, "s": "ab", "l": [1, 2], "m": {"a": 1}, "b": true})
        .as_object()
        .cloned()
        .unwrap_or_default()
}

fn documents() -> [Document; 3] {
    let full = Document {
        integers: [vec![7, i64::MIN], vec![3]],
        floats: [vec![2.5, f64::NAN], vec![f64::INFINITY]],
        booleans: vec![true],
        keywords: vec!["Straße b", "a😀"],
        dates: vec![1_709_212_455_678, i64::MAX],
        points: vec![(51.2, 6.8)],
        score: 1.0,
    };
    [full, Document::default(), Document { integers: [vec![1], vec![]], keywords: vec![""], ..Document::default() }]
}

/// Compiles a text in both languages for both roles, and runs what compiles.
pub fn fuzz_script(source: &str) {
    for language in Language::ALL {
        for role in [Role::Filter, Role::Scorer] {
            if let Ok(program) = compiled(language, source, &params(), role) {
                let _ = run_within(&program, &documents(), &limits());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quidditch_clock::{Clock, SystemClock};

    use super::*;

    /// How many mutated scripts are tried, unless the environment variable `FUZZ_SECONDS` says how long.
    const SCRIPTS: usize = 3_000;

    /// Pieces that mutations insert.
    const PIECES: &[&str] = &[
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ";",
        ",",
        ".",
        "?.",
        "?:",
        "?",
        ":",
        "=",
        "+=",
        "++",
        "--",
        "=~ /a/",
        "/",
        "'",
        "\"",
        "0",
        "-1",
        "1L",
        "1e308",
        "0.0",
        "2147483647",
        "9223372036854775807L",
        "null",
        "true",
        "def x = ",
        "x",
        "doc['n']",
        "doc['k'].value",
        "doc['t'].value",
        "doc['p']",
        "params.l",
        "params.m",
        "_score",
        "return ",
        "if (",
        "else ",
        "for (",
        "while (true) { ",
        "do { ",
        "break; ",
        "continue; ",
        "instanceof ",
        "(int) ",
        "(char) ",
        "[:]",
        ".plusDays(9999999999L)",
        ".substring(1)",
        ".get(0)",
        "ChronoUnit.DAYS.between(",
        "ZonedDateTime.parse('2024-01-01T00:00:00Z')",
        "Math.max(",
        "é",
        "😀",
        "\\",
        "// ",
        "/* ",
        " ",
    ];

    fn corpus() -> Vec<String> {
        let files = [
            include_str!("../testdata/opensearch.json"),
            include_str!("../testdata/opensearch-painless.json"),
            include_str!("../testdata/opensearch-random-painless.json"),
        ];
        let scripts = files.iter().flat_map(|file| serde_json::from_str::<Vec<Json>>(file).expect("valid"));
        scripts.map(|case| case["script"].as_str().expect("a text").to_owned()).collect()
    }

    /// Numbers that look random (Marsaglia, "Xorshift RNGs").
    struct Random(u64);

    impl Random {
        fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 as usize % end.max(1)
        }

        /// A place between two characters.
        fn place(&mut self, text: &str) -> usize {
            let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
            places[self.below(places.len())]
        }

        fn mutate(&mut self, text: &mut String, corpus: &[String]) {
            let (first, second) = (self.place(text), self.place(text));
            let (from, to) = (first.min(second), first.max(second));
            match self.below(5) {
                0 => text.replace_range(from..to, ""),
                1 => text.insert_str(from, PIECES[self.below(PIECES.len())]),
                2 => {
                    let part = text[from..to].to_owned();
                    text.insert_str(to, &part);
                }
                3 => text.replace_range(from..to, PIECES[self.below(PIECES.len())]),
                _ => {
                    let other = &corpus[self.below(corpus.len())];
                    let start = self.place(other);
                    text.insert_str(from, &other[start..]);
                }
            }
        }
    }

    #[test]
    fn mutated_scripts_are_compiled_or_rejected() {
        let corpus = corpus();
        let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
        let clock = SystemClock::default();
        let end = seconds.map(|seconds| clock.monotonic() + Duration::from_secs(seconds));
        let mut random = Random(0x5eed);
        let mut tried = 0;
        while end.map_or(tried < SCRIPTS, |end| clock.monotonic() < end) {
            let mut script = corpus[random.below(corpus.len())].clone();
            for _ in 0..=random.below(4) {
                random.mutate(&mut script, &corpus);
            }
            script.truncate(script.floor_char_boundary(2_000));
            if std::panic::catch_unwind(|| fuzz_script(&script)).is_err() {
                panic!("the script panics: {script}");
            }
            tried += 1;
        }
        eprintln!("{tried} scripts");
    }
}

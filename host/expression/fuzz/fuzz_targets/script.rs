//! Compiles arbitrary texts as scripts and runs them: they are compiled or rejected, return or fail, and nothing panics.
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &str| quidditch_expression::fuzz_script(source));

//! Regular expressions in Java's syntax, which analyzers and scripts contain.
//!
//! They are translated to those of the crate `regex`, which takes time in proportion to the text whatever the pattern is. So it
//! has neither references to groups nor look-around nor possessive quantifiers: patterns with these are refused.
//!
//! ```
//! use quidditch_java_regex::{Options, Search, compile};
//!
//! let regex = compile(r"\p{Alpha}+\s\d", &Options::new(Search::Part))?;
//! assert!(regex.is_match("route 66"));
//! assert!(compile("a(?=b)", &Options::new(Search::Part)).is_err());
//! # Ok::<(), quidditch_java_regex::RegexError>(())
//! ```
//!
//! It knows neither scripts nor analyzers.

mod compile;
mod options;
mod regex_error;
mod replacement;
mod translation;

pub use compile::compile;
pub use options::{CharacterClasses, InlineFlags, Options, Search};
pub use regex_error::RegexError;
pub use replacement::replacement;

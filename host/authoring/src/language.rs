//! Names of languages.

use serde::Deserialize;

/// A language that functions are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust.
    Rust,
    /// C.
    C,
    /// Go, with its own compiler.
    Go,
    /// JavaScript, with an interpreter in the component.
    JavaScript,
    /// TypeScript, which becomes JavaScript.
    TypeScript,
    /// AssemblyScript: a language like TypeScript that is compiled to WebAssembly.
    AssemblyScript,
    /// Python, with an interpreter in the component.
    Python,
    /// The text format of WebAssembly.
    Wat,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 8] = [
        Language::Rust,
        Language::C,
        Language::Go,
        Language::JavaScript,
        Language::TypeScript,
        Language::AssemblyScript,
        Language::Python,
        Language::Wat,
    ];

    /// Its name in `function.toml` and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::C => "c",
            Language::Go => "go",
            Language::JavaScript => "javascript",
            Language::TypeScript => "typescript",
            Language::AssemblyScript => "assemblyscript",
            Language::Python => "python",
            Language::Wat => "wat",
        }
    }

    /// The language of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Language::ALL.into_iter().find(|language| language.name() == name)
    }
}

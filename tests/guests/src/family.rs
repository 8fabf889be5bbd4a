//! The families of hostile guests.

use std::fs;
use std::path::Path;

use crate::Guest;
use crate::template::Template;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../udfs/hostile");

/// Stands for the code of the well-behaved guest.
const DEFAULT: &str = "{{default}}";

/// What a request uses a function for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// As a filter.
    Filter,
    /// As a scorer.
    Scorer,
    /// For values that are floats.
    Floats,
    /// For values that are booleans.
    Booleans,
    /// For values that are texts.
    Texts,
}

impl Use {
    const ALL: [Use; 5] = [Use::Filter, Use::Scorer, Use::Floats, Use::Booleans, Use::Texts];

    /// The word for it in the files.
    pub fn name(self) -> &'static str {
        match self {
            Use::Filter => "filter",
            Use::Scorer => "scorer",
            Use::Floats => "floats",
            Use::Booleans => "booleans",
            Use::Texts => "texts",
        }
    }

    fn from_name(name: &str) -> Self {
        let known = Use::ALL.into_iter().find(|known| known.name() == name);
        known.unwrap_or_else(|| panic!("unknown use [{name}]"))
    }
}

/// A family of hostile guests: a file in `udfs/hostile`, whose `README.md` describes the form.
#[derive(Debug)]
pub struct Family {
    /// The name of the file, without its ending. It is a valid name of a function.
    pub name: String,
    /// What it does.
    pub summary: String,
    /// What to use it for.
    pub uses: Vec<Use>,
    parts: Vec<(String, String)>,
}

impl Family {
    /// All families, by name.
    ///
    /// # Panics
    /// Panics if a file cannot be read.
    pub fn all() -> Vec<Family> {
        let entries = fs::read_dir(FOLDER).expect("the folder is part of the repository");
        let files = entries.map(|entry| entry.expect("can be read").path());
        let wat = files.filter(|file| file.extension().is_some_and(|extension| extension == "wat"));
        let mut families: Vec<Family> = wat.map(|file| Family::read(&file)).collect();
        families.sort_by(|one, other| one.name.cmp(&other.name));
        families
    }

    /// The family with this name.
    ///
    /// # Panics
    /// Panics if there is none.
    pub fn named(name: &str) -> Family {
        Family::read(&Path::new(FOLDER).join(name).with_extension("wat"))
    }

    fn read(file: &Path) -> Family {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name in ASCII").to_owned();
        let Template { summary, uses, parts } = Template::parse(&text);
        let uses =
            if uses.is_empty() { vec![Use::Filter] } else { uses.iter().map(|name| Use::from_name(name)).collect() };
        Family { name, summary, uses, parts }
    }

    /// The component, or what is to be published in its place.
    ///
    /// # Panics
    /// Panics if the text is not WebAssembly.
    pub fn build(&self) -> Vec<u8> {
        if let [(part, text)] = &self.parts[..]
            && part == "whole"
        {
            return wat::parse_str(text).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        }
        let computes = self.uses.iter().any(|used| !matches!(used, Use::Filter | Use::Scorer));
        let world = if computes { "filter-scorer-and-values-udf" } else { "filter-and-scorer-udf" };
        let replaced = self.parts.iter().fold(Guest::new(), |guest, (part, code)| {
            let code = code.replace(DEFAULT, guest.part(part));
            guest.with(part, code)
        });
        replaced.for_world(world).build()
    }
}

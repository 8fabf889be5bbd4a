//! The names in the contract, `wit/udf.wit`.

/// The version of the contract's package, `quidditch:udf`.
macro_rules! version {
    () => {
        "0.2.0"
    };
}

macro_rules! interface {
    ($name:literal) => {
        concat!("quidditch:udf/", $name, "@", version!())
    };
}

/// The version of the contract.
pub const CONTRACT_VERSION: &str = version!();
/// The interface with the types of values.
pub const TYPES_INTERFACE: &str = interface!("types");
/// The interface that describes a function.
pub const METADATA_INTERFACE: &str = interface!("metadata");
/// The interface of a filter.
pub const FILTER_INTERFACE: &str = interface!("filter");
/// The interface of a scorer.
pub const SCORER_INTERFACE: &str = interface!("scorer");
/// The interface of values.
pub const VALUES_INTERFACE: &str = interface!("values");
/// The interface through which functions log.
pub const LOG_INTERFACE: &str = interface!("log");

#[cfg(test)]
mod tests {
    use super::*;

    const WIT: &str = include_str!("../../../wit/udf.wit");

    #[test]
    fn the_names_are_those_of_the_contract() {
        let package = WIT.lines().next().expect("the contract has a first line");
        assert_eq!(package, format!("package quidditch:udf@{CONTRACT_VERSION};"));
        let mut defined: Vec<String> = WIT
            .lines()
            .filter_map(|line| line.strip_prefix("interface ")?.strip_suffix(" {"))
            .map(|name| format!("quidditch:udf/{name}@{CONTRACT_VERSION}"))
            .collect();
        let mut named = Vec::from([
            TYPES_INTERFACE,
            METADATA_INTERFACE,
            FILTER_INTERFACE,
            SCORER_INTERFACE,
            VALUES_INTERFACE,
            LOG_INTERFACE,
        ]);
        defined.sort_unstable();
        named.sort_unstable();
        assert_eq!(named, defined);
    }
}

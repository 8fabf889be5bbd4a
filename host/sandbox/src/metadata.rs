//! Checks the metadata of a function against the limits.

use std::collections::HashSet;

use quidditch_function::Metadata;

use crate::SandboxLimits;

/// All problems of the metadata. Those of the parameters are not listed if there are too many.
pub(crate) fn problems(metadata: &Metadata, limits: &SandboxLimits) -> Vec<String> {
    let mut problems = Vec::new();
    if metadata.parameters.len() > limits.parameters {
        let (count, limit) = (metadata.parameters.len(), limits.parameters);
        return vec![format!("it declares {count} parameters; at most {limit} are allowed")];
    }
    let mut too_long = |what: String, bytes: usize, limit: usize| {
        if bytes > limit {
            problems.push(format!("{what} has {bytes} bytes; at most {limit} are allowed"));
        }
    };
    too_long("its summary".to_owned(), metadata.summary.len(), limits.summary_bytes);
    for (index, parameter) in metadata.parameters.iter().enumerate() {
        let what = format!("the name of parameter {index}");
        too_long(what, parameter.name.len(), limits.parameter_name_bytes);
        let what = format!("the summary of parameter {index}");
        too_long(what, parameter.summary.len(), limits.summary_bytes);
    }
    let (asked, limit) = (metadata.memory_mib, limits.max_memory_bytes >> 20);
    if asked as usize > limit {
        problems.push(format!("it requests {asked} MiB of memory; at most {limit} are allowed"));
    }
    let mut names = HashSet::new();
    for (index, parameter) in metadata.parameters.iter().enumerate() {
        if parameter.name.is_empty() {
            problems.push(format!("parameter {index} has no name"));
        } else if !names.insert(&parameter.name) {
            problems.push(format!("parameter {index} has the same name as another one"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use quidditch_function::{FunctionId, Parameter, ParameterKind, Role};

    use super::*;

    fn limits() -> SandboxLimits {
        SandboxLimits { summary_bytes: 4, parameters: 2, parameter_name_bytes: 3, ..SandboxLimits::default() }
    }

    fn metadata(summary: &str, parameters: &[(&str, &str)]) -> Metadata {
        let parameter = |(name, summary): &(&str, &str)| Parameter {
            name: (*name).to_owned(),
            kind: ParameterKind::Text,
            required: true,
            default: None,
            summary: (*summary).to_owned(),
        };
        Metadata {
            id: FunctionId::new("f", "1.0.0"),
            summary: summary.to_owned(),
            parameters: parameters.iter().map(parameter).collect(),
            roles: Role::Filter.into(),
            memory_mib: 0,
        }
    }

    #[test]
    fn the_memory_that_it_asks_for_is_limited() {
        let problems = |memory_mib| {
            let limits = SandboxLimits { max_memory_bytes: 100 << 20, ..limits() };
            problems(&Metadata { memory_mib, ..metadata("", &[]) }, &limits).join("\n")
        };
        assert_eq!(problems(100), "");
        insta::assert_snapshot!(problems(101), @"it requests 101 MiB of memory; at most 100 are allowed");
        insta::assert_snapshot!(problems(u32::MAX), @"it requests 4294967295 MiB of memory; at most 100 are allowed");
    }

    #[test]
    fn metadata_at_the_limits_is_valid() {
        assert!(problems(&metadata("1234", &[("abc", "1234"), ("d", "")]), &limits()).is_empty());
    }

    #[test]
    fn all_problems_are_reported() {
        let limits = SandboxLimits { parameters: 3, ..limits() };
        let found = problems(&metadata("12345", &[("abcd", "12345"), ("d", ""), ("d", "")]), &limits);
        insta::assert_snapshot!(found.join("\n"), @r"
        its summary has 5 bytes; at most 4 are allowed
        the name of parameter 0 has 4 bytes; at most 3 are allowed
        the summary of parameter 0 has 5 bytes; at most 4 are allowed
        parameter 2 has the same name as another one
        ");
    }

    #[test]
    fn parameters_are_limited_in_number() {
        let found = problems(&metadata("", &[("", ""), ("", ""), ("", "")]), &limits());
        insta::assert_snapshot!(found.join("\n"), @"it declares 3 parameters; at most 2 are allowed");
    }

    #[test]
    fn names_must_not_be_empty() {
        insta::assert_snapshot!(problems(&metadata("", &[("", "")]), &limits()).join("\n"), @"parameter 0 has no name");
    }
}

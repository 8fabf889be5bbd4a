//! The machines that ahead-of-time code is made for.

use std::fmt;
use std::str::FromStr;

/// A kind of machine that ahead-of-time code is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The machine that compiles, with all that its processor can do: the fastest code, for machines like it only.
    ThisMachine,
    /// Linux on any 64-bit Intel or AMD processor of the last fifteen years.
    X86_64Linux,
    /// Linux on any 64-bit ARM processor.
    Aarch64Linux,
}

impl Target {
    /// The targets that have a name, so that code for them can be made anywhere.
    pub const NAMED: [Target; 2] = [Target::X86_64Linux, Target::Aarch64Linux];

    /// Its name; fit for a file name.
    pub fn name(self) -> &'static str {
        match self {
            Target::ThisMachine => "this-machine",
            Target::X86_64Linux => "x86_64-linux",
            Target::Aarch64Linux => "aarch64-linux",
        }
    }

    /// The named target whose code runs here; [`Target::ThisMachine`] where there is none.
    pub fn of_this_program() -> Self {
        if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            Target::X86_64Linux
        } else if cfg!(all(target_os = "linux", target_arch = "aarch64")) {
            Target::Aarch64Linux
        } else {
            Target::ThisMachine
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// No target has that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no target [{0}], only [x86_64-linux] and [aarch64-linux]")]
pub struct UnknownTarget(String);

impl FromStr for Target {
    type Err = UnknownTarget;

    fn from_str(name: &str) -> Result<Self, UnknownTarget> {
        let named = Target::NAMED.into_iter().find(|target| target.name() == name);
        named.ok_or_else(|| UnknownTarget(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_targets_are_found_by_their_names() {
        for target in Target::NAMED {
            assert_eq!(target.name().parse(), Ok(target));
        }
        insta::assert_snapshot!(
            "this-machine".parse::<Target>().expect_err("it is no name"),
            @"there is no target [this-machine], only [x86_64-linux] and [aarch64-linux]"
        );
    }
}

//! The targets of ahead-of-time code.

use std::fmt;
use std::str::FromStr;

/// A kind of machine for which components are compiled ahead of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The machine that compiles, with all features of its processor. The code is fast but runs only on similar machines.
    ThisMachine,
    /// Linux on 64-bit Intel and AMD processors of the last fifteen years (x86-64-v2).
    X86_64Linux,
    /// Linux on any 64-bit ARM processor.
    Aarch64Linux,
}

impl Target {
    /// The targets for which every machine can compile.
    pub const NAMED: [Target; 2] = [Target::X86_64Linux, Target::Aarch64Linux];

    /// The name of the target; it can be used in a file name.
    pub fn name(self) -> &'static str {
        match self {
            Target::ThisMachine => "this-machine",
            Target::X86_64Linux => "x86_64-linux",
            Target::Aarch64Linux => "aarch64-linux",
        }
    }

    /// The named target of the machine that runs this program; [`Target::ThisMachine`] if it has none.
    pub fn current() -> Self {
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
#[error("unknown target [{0}]; supported targets: [x86_64-linux], [aarch64-linux]")]
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
            "this-machine".parse::<Target>().expect_err("cannot be named"),
            @"unknown target [this-machine]; supported targets: [x86_64-linux], [aarch64-linux]"
        );
    }
}

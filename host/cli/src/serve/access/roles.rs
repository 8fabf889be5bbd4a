//! Roles: what a caller may do.

use std::fmt;
use std::str::FromStr;

use quidditch_service::Access;

const NAMES: [(&str, Access); 3] = [("read", Access::Read), ("write", Access::Write), ("publish", Access::Publish)];

/// A set of roles: `read`, `write`, `publish`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roles(Vec<Access>);

impl Roles {
    pub(super) fn allow(&self, access: Access) -> bool {
        self.0.contains(&access)
    }
}

/// The name of the role for this.
pub(super) fn name_of(access: Access) -> &'static str {
    NAMES.iter().find(|(_, known)| *known == access).map_or("read", |(name, _)| name)
}

impl FromStr for Roles {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let role = |name: &str| match NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, access)) => Ok(*access),
            None => Err(anyhow::anyhow!("unknown role [{name}]; known roles: read, write, publish")),
        };
        text.split(',').map(role).collect::<Result<_, _>>().map(Roles)
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|access| name_of(*access)).collect();
        write!(formatter, "[{}]", names.join(","))
    }
}

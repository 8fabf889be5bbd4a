//! The roles of functions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{FILTER_INTERFACE, SCORER_INTERFACE, VALUES_INTERFACE};

/// A role in which a clause uses a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Decides which documents to keep.
    Filter,
    /// Computes scores.
    Scorer,
    /// Computes values.
    Values,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 3] = [Role::Filter, Role::Scorer, Role::Values];

    /// The name of the role, also in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Role::Filter => "filter",
            Role::Scorer => "scorer",
            Role::Values => "values",
        }
    }

    /// The interface of the contract that a component with this role exports.
    pub fn interface(self) -> &'static str {
        match self {
            Role::Filter => FILTER_INTERFACE,
            Role::Scorer => SCORER_INTERFACE,
            Role::Values => VALUES_INTERFACE,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The roles that a function offers. In JSON: one boolean for each role, `{"filter": true, "scorer": false, "values": false}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Flags", into = "Flags")]
pub struct Roles(u8);

impl Roles {
    /// The same set with one more role.
    #[must_use]
    pub fn with(self, role: Role) -> Self {
        Roles(self.0 | role.bit())
    }

    /// Whether the function offers the role.
    pub fn contains(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether the function offers none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Roles::default().with(role)
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Roles::default(), Roles::with)
    }
}

impl fmt::Display for Roles {
    /// `filter, scorer`; `none` for an empty set.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return formatter.write_str("none");
        }
        for (position, role) in self.iter().enumerate() {
            if position > 0 {
                formatter.write_str(", ")?;
            }
            formatter.write_str(role.name())?;
        }
        Ok(())
    }
}

/// The JSON representation of [`Roles`].
#[derive(Serialize, Deserialize)]
struct Flags {
    filter: bool,
    scorer: bool,
    /// Missing in the records of functions that were published before there were values.
    #[serde(default)]
    values: bool,
}

impl From<Flags> for Roles {
    fn from(flags: Flags) -> Self {
        let offered = [(Role::Filter, flags.filter), (Role::Scorer, flags.scorer), (Role::Values, flags.values)];
        offered.into_iter().filter_map(|(role, offered)| offered.then_some(role)).collect()
    }
}

impl From<Roles> for Flags {
    fn from(roles: Roles) -> Self {
        Flags {
            filter: roles.contains(Role::Filter),
            scorer: roles.contains(Role::Scorer),
            values: roles.contains(Role::Values),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_roles_is_displayed_and_serialised() {
        let sets = [vec![], vec![Role::Filter], vec![Role::Scorer], Role::ALL.to_vec()];
        let shown = sets.map(|roles| {
            let roles = Roles::from_iter(roles);
            let json = serde_json::to_string(&roles).expect("is serialised");
            assert_eq!(serde_json::from_str::<Roles>(&json).expect("is read back"), roles);
            format!("{roles}: {json}")
        });
        insta::assert_debug_snapshot!(shown, @r#"
        [
            "none: {\"filter\":false,\"scorer\":false,\"values\":false}",
            "filter: {\"filter\":true,\"scorer\":false,\"values\":false}",
            "scorer: {\"filter\":false,\"scorer\":true,\"values\":false}",
            "filter, scorer, values: {\"filter\":true,\"scorer\":true,\"values\":true}",
        ]
        "#);
        let before_values = serde_json::from_str::<Roles>("{\"filter\":false,\"scorer\":true}");
        assert_eq!(before_values.expect("an old record"), Role::Scorer.into());
    }
}

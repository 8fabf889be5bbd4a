//! Who runs a command, for the record of what it changes.

use std::env;

/// Most bytes of a name. 200: enough for a mail address, or for the name of a role.
const NAME_BYTES: usize = 200;

#[derive(clap::Args)]
pub(super) struct Actor {
    /// Who does this, for the record; by default the user who runs the command
    #[arg(long, value_name = "NAME", env = "QUIDDITCH_USER", value_parser = parse_name)]
    by: Option<String>,
}

impl Actor {
    /// The name to record; `None` if it is not known.
    pub(super) fn name(&self) -> Option<String> {
        let of_system = || ["USER", "USERNAME"].iter().find_map(|variable| env::var(variable).ok());
        self.by.clone().or_else(|| of_system().and_then(|name| parse_name(&name).ok()))
    }
}

fn parse_name(name: &str) -> Result<String, String> {
    if name.is_empty() || name.len() > NAME_BYTES || name.contains(char::is_control) {
        return Err(format!("a name has 1 to {NAME_BYTES} bytes, and no control characters"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_lines() {
        assert!(parse_name(&"a".repeat(NAME_BYTES)).is_ok());
        for bad in ["", "a\nb", &"a".repeat(NAME_BYTES + 1)] {
            assert_eq!(parse_name(bad), Err("a name has 1 to 200 bytes, and no control characters".to_owned()));
        }
    }
}

//! `quidditch credential`: the lines of token and user files.

use std::io::{BufRead, stdin};

use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::arguments::Global;
use crate::outcome::Outcome;
use crate::output::{print, print_json};
use crate::serve::{Roles, password_hash, token_digest};

/// Bytes of a token. 32: nobody finds 256 random bits by trying.
const TOKEN_BYTES: usize = 32;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a bearer token, and its line for `quidditch serve --token-file`
    Token(Arguments),
    /// Read a password from standard input, and print its line for `quidditch serve --users-file`
    User(Arguments),
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Name of the caller, for error messages
    name: String,
    /// What the caller may do: read, write, publish (separated by commas)
    #[arg(long, value_name = "ROLES", default_value = "read")]
    roles: String,
}

pub(crate) fn run(global: &Global, command: &Command) -> Result<Outcome> {
    let (Command::Token(Arguments { name, roles }) | Command::User(Arguments { name, roles })) = command;
    ensure!(
        !name.is_empty() && !name.starts_with('#') && !name.contains(|part: char| part.is_whitespace() || part == ':'),
        "a name must not be empty, begin with #, or contain spaces or colons"
    );
    roles.parse::<Roles>()?;
    match command {
        Command::Token(_) => {
            let token = new_token()?;
            let line = format!("{name} {roles} {}", token_digest(&token));
            if global.json {
                print_json(&json!({ "token": token, "line": line }))?;
            } else {
                print(&format!("token: {token}\nline for the token file: {line}"))?;
            }
        }
        Command::User(_) => {
            let line = format!("{name} {roles} {}", password_hash(&read_password()?)?);
            if global.json { print_json(&json!({ "line": line }))? } else { print(&line)? }
        }
    }
    Ok(Outcome::Done)
}

fn new_token() -> Result<String> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system provides no random numbers: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn read_password() -> Result<String> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    ensure!(!password.is_empty(), "the password on standard input is empty");
    Ok(password.to_owned())
}

//! The commands in `docs/writes.md` have the answers that are shown there.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use quidditch_storage::MemoryStorage;
use quidditch_tests::Installation;

const SERVER: &str = "http://127.0.0.1:9200";

/// A `curl` command, and what follows it.
#[derive(Debug)]
struct Command {
    words: Vec<String>,
    answer: String,
}

/// The commands of the only section with some.
fn commands() -> Vec<Command> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/writes.md");
    let text = fs::read_to_string(file).expect("it can be read");
    let (_, text) = text.split_once("```console\n").expect("there are commands");
    let (text, _) = text.split_once("\n```").expect("they end");
    let mut commands: Vec<Command> = Vec::new();
    for text in text.split("\n$ ").map(|text| text.trim_start_matches("$ ")) {
        let (words, answer) = words(text);
        commands.push(Command { words, answer: answer.to_owned() });
    }
    commands
}

/// The words of a command, as a shell reads them, and the lines after it.
fn words(text: &str) -> (Vec<String>, &str) {
    let (mut words, mut word, mut in_quotes) = (Vec::new(), String::new(), false);
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '\'' => in_quotes = !in_quotes,
            _ if in_quotes => word.push(character),
            '\\' => drop(characters.next()),
            '\n' => {
                words.push(word);
                words.retain(|word| !word.is_empty());
                return (words, &text[at + 1..]);
            }
            ' ' => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    panic!("the command has no answer: {text}");
}

impl Command {
    /// Sends it; returns the answer.
    fn run(&self, installation: &Installation) -> String {
        let mut words = self.words.iter().map(String::as_str);
        assert_eq!(words.next(), Some("curl"), "{self:?}");
        let (mut method, mut url, mut body, mut header) = (None, "", None, None);
        while let Some(word) = words.next() {
            match word {
                "-X" => method = words.next(),
                "-H" => header = words.next(),
                "-d" | "--data-binary" => body = words.next(),
                other => url = other.strip_prefix(SERVER).expect("a path of the server"),
            }
        }
        let default = if body.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder().method(method.unwrap_or(default)).uri(url);
        if let Some((name, value)) = header.and_then(|header| header.split_once(": ")) {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::from(body.unwrap_or_default().to_owned())).expect("a valid request");
        String::from_utf8_lossy(installation.send(request).body()).into_owned()
    }
}

#[test]
fn the_documented_commands_have_the_documented_answers() {
    let installation = Installation::over(Arc::new(MemoryStorage::new()), Duration::from_secs(2));
    let commands = commands();
    assert!(commands.len() > 8, "{commands:?}");
    for command in commands {
        assert_eq!(command.run(&installation), command.answer, "{:?}", command.words);
    }
}

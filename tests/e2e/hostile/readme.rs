//! The tables of `udfs/hostile/README.md`, which are what the tests found.

use std::{env, fs};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../udfs/hostile/README.md");

/// The cells of a row.
pub(super) type Row = [String; 4];

/// Compares a table with the one in the README, or writes it there if `UPDATE_SCENARIOS` is set.
pub(super) fn check_table(name: &str, head: [&str; 4], rows: &[Row]) {
    let readme = fs::read_to_string(README).expect("it is part of the repository");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (before, rest) = readme.split_once(&start).expect("the table has a beginning");
    let (written, after) = rest.split_once(&end).expect("the table has an end");
    let found = table(head, rows);
    if env::var_os("UPDATE_SCENARIOS").is_some() {
        fs::write(README, format!("{before}{start}{found}{end}{after}")).expect("it can be written");
        return;
    }
    let different: Vec<&str> = found.lines().filter(|line| !written.lines().any(|other| other == *line)).collect();
    assert!(different.is_empty(), "not in {README}; UPDATE_SCENARIOS=1 writes it:\n{}", different.join("\n"));
    assert_eq!(written.lines().count(), found.lines().count(), "{README} has lines that were not found");
}

fn table(head: [&str; 4], rows: &[Row]) -> String {
    let line = |cells: [&str; 4]| format!("| {} |\n", cells.map(|cell| cell.replace('|', r"\|")).join(" | "));
    let mut table = line(head) + "|---|---|---|---|\n";
    let mut previous = "";
    for [first, second, third, fourth] in rows {
        // What the rows of one family have in common is written once.
        let (name, summary) = if first == previous { ("", "") } else { (first.as_str(), second.as_str()) };
        let name = if name.is_empty() { String::new() } else { format!("`{name}`") };
        table += &line([&name, summary, third, fourth]);
        previous = first;
    }
    table
}

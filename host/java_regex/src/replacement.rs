//! Replacements of what an expression matches.

/// A replacement in Java's syntax (`$1`, `\$`) as the crate `regex` writes it (`${1}`, `$$`).
pub fn replacement(replacement: &str) -> String {
    let mut translated = String::with_capacity(replacement.len() + 4);
    let mut characters = replacement.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('$') => translated.push_str("$$"),
                Some(escaped) => translated.push(escaped),
                None => {}
            },
            '$' => {
                let mut group = String::new();
                while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                    group.push(digit);
                }
                match group.as_str() {
                    "" => translated.push('$'),
                    _ => {
                        translated.push_str("${");
                        translated.push_str(&group);
                        translated.push('}');
                    }
                }
            }
            _ => translated.push(character),
        }
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacements_refer_to_groups() {
        assert_eq!(replacement(r"$1_$12 \$ \x $"), "${1}_${12} $$ x $");
    }
}

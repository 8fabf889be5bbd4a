//! Escapes: a backslash makes the next character an ordinary one, and `\u0041` is a character by its number.

use super::error::SyntaxError;

/// The characters that have a meaning in a query.
const SPECIAL: &str = "\\+-!():^[]\"{}~*?|&/";

/// A text without its escapes. It begins at `position`.
pub(super) fn unescape(text: &str, position: usize) -> Result<String, SyntaxError> {
    // Two numbers may be one character.
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut characters = text.chars().enumerate();
    while let Some((index, character)) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { Some((index, character)) };
        match escaped {
            None => return Err(SyntaxError::new("a backslash has nothing to escape", position + index)),
            Some((_, 'u')) if character == '\\' => {
                let mut number: u16 = 0;
                for _ in 0..4 {
                    let digit = characters.next().and_then(|(_, digit)| digit.to_digit(16)).ok_or_else(|| {
                        SyntaxError::new("[\\u] must be followed by four hexadecimal digits", position + index)
                    })?;
                    number = (number << 4) | digit as u16;
                }
                units.push(number);
            }
            Some((_, ordinary)) => units.extend_from_slice(ordinary.encode_utf16(&mut [0; 2])),
        }
    }
    Ok(String::from_utf16_lossy(&units))
}

/// A text in which no character has a meaning.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if SPECIAL.contains(character) {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_removed() {
        assert_eq!(unescape(r"a\*b\\c", 0).as_deref(), Ok(r"a*b\c"));
        assert_eq!(unescape(r"\u00e4\ud83d\ude00xu", 0).as_deref(), Ok("ä😀xu"));
        insta::assert_snapshot!(unescape(r"ab\u00zz", 3).expect_err("no number"), @r"[\u] must be followed by four hexadecimal digits at position 5");
        insta::assert_snapshot!(unescape(r"ab\", 3).expect_err("nothing"), @"a backslash has nothing to escape at position 5");
    }

    #[test]
    fn an_escaped_text_is_itself() {
        let text = "a+b (c) \"d\" \\ /e/ && f||g";
        assert_eq!(unescape(&escape(text), 0).as_deref(), Ok(text));
    }
}

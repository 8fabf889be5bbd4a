//! Lowercases terms.

/// Lowercases each character by itself, so that equal words become equal terms wherever a letter stands in them.
pub(super) fn lowercase(term: &mut String) {
    if term.is_ascii() {
        term.make_ascii_lowercase();
    } else if term.chars().any(|character| lower(character) != character) {
        *term = term.chars().map(lower).collect();
    }
}

/// The same in Turkish, where `I` and `İ` are different letters.
pub(super) fn lowercase_turkish(term: &mut String) {
    if !term.contains(['I', 'İ']) {
        lowercase(term);
        return;
    }
    let mut lowered = String::with_capacity(term.len() + 1);
    let mut characters = term.chars().peekable();
    while let Some(character) = characters.next() {
        lowered.push(match character {
            // With a combining dot above, it is an İ in two parts.
            'I' if characters.next_if_eq(&'\u{307}').is_some() => 'i',
            'I' => 'ı',
            _ => lower(character),
        });
    }
    *term = lowered;
}

/// The same in Greek, where accents are dropped and the two forms of sigma are one.
pub(super) fn lowercase_greek(term: &mut String) {
    let lowered = term.chars().map(|character| match lower(character) {
        'ς' => 'σ',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ό' => 'ο',
        'ώ' => 'ω',
        other => other,
    });
    *term = lowered.collect();
}

/// The same in Irish, where a capital vowel after `n` or `t` begins the word: `nAthair` becomes `n-athair`.
pub(super) fn lowercase_irish(term: &mut String) {
    let mut characters = term.chars();
    let is_upper_vowel = |character: char| "AEIOUÁÉÍÓÚ".contains(character);
    if let (Some(first @ ('n' | 't')), Some(second)) = (characters.next(), characters.next())
        && is_upper_vowel(second)
    {
        term.insert(first.len_utf8(), '-');
    }
    lowercase(term);
}

/// The lowercase of `İ` is two characters in Unicode's full mapping; clients expect only the first, an `i`. All other lowercases
/// are one character.
fn lower(character: char) -> char {
    character.to_lowercase().next().unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: fn(&mut String), term: &str) -> String {
        let mut term = term.to_owned();
        change(&mut term);
        term
    }

    #[test]
    fn characters_are_lowercased_by_themselves() {
        for (term, expected) in [
            ("ABC", "abc"),
            ("GRÖẞE", "größe"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("İzmir", "izmir"),
            ("Ǆ", "ǆ"),
            ("größe", "größe"),
        ] {
            assert_eq!(changed(lowercase, term), expected);
        }
    }

    #[test]
    fn turkish_has_two_letters_i() {
        for (term, expected) in [
            ("ISPARTA", "ısparta"),
            ("İzmir", "izmir"),
            ("I\u{307}zmir", "izmir"),
            ("ANKARA", "ankara"),
            ("ÖĞÜT", "öğüt"),
        ] {
            assert_eq!(changed(lowercase_turkish, term), expected);
        }
    }

    #[test]
    fn only_one_lowercase_has_several_characters() {
        let longer: Vec<char> =
            (char::MIN..=char::MAX).filter(|character| character.to_lowercase().len() > 1).collect();
        assert_eq!(longer, ['İ']);
    }
}

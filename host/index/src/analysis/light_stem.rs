//! Light stemmers: they remove the endings of plurals and genders, and of some derived words, and leave the rest of a word.
//!
//! J. Savoy, "Light Stemming Approaches for the French, Portuguese, German and Hungarian Languages" (2006), and "Report on CLEF-2001
//! Experiments" for Spanish and Italian. Search clients expect these rather than Snowball's for the five languages.

/// Words of more characters than this that end with the first text get the second in its place. The first rule that applies is
/// the only one.
type Rule = (usize, &'static str, &'static str);

pub(super) fn stem_german(term: &mut String) {
    const FIRST: &[Rule] = &[
        (5, "ern", ""),
        (4, "em", ""),
        (4, "en", ""),
        (4, "er", ""),
        (4, "es", ""),
        (3, "e", ""),
        (3, "bs", "b"),
        (3, "ds", "d"),
        (3, "fs", "f"),
        (3, "gs", "g"),
        (3, "hs", "h"),
        (3, "ks", "k"),
        (3, "ls", "l"),
        (3, "ms", "m"),
        (3, "ns", "n"),
        (3, "ts", "t"),
    ];
    const SECOND: &[Rule] = &[
        (5, "est", ""),
        (4, "er", ""),
        (4, "en", ""),
        (4, "bst", "b"),
        (4, "dst", "d"),
        (4, "fst", "f"),
        (4, "gst", "g"),
        (4, "hst", "h"),
        (4, "kst", "k"),
        (4, "lst", "l"),
        (4, "mst", "m"),
        (4, "nst", "n"),
        (4, "tst", "t"),
    ];
    replace_characters(term, &[("àáâä", 'a'), ("òóôö", 'o'), ("ìíîï", 'i'), ("ùúûü", 'u')]);
    apply(term, FIRST);
    apply(term, SECOND);
}

pub(super) fn stem_spanish(term: &mut String) {
    const RULES: &[Rule] = &[
        (4, "o", ""),
        (4, "a", ""),
        (4, "e", ""),
        (4, "eses", "es"),
        (4, "ces", "z"),
        (4, "os", ""),
        (4, "as", ""),
        (4, "es", ""),
    ];
    if term.chars().count() > 4 {
        replace_characters(term, VOWELS);
        apply(term, RULES);
    }
}

pub(super) fn stem_italian(term: &mut String) {
    const RULES: &[Rule] = &[
        (5, "ie", ""),
        (5, "he", ""),
        (5, "e", ""),
        (5, "hi", ""),
        (5, "ii", ""),
        (5, "i", ""),
        (5, "ia", ""),
        (5, "a", ""),
        (5, "io", ""),
        (5, "o", ""),
    ];
    if term.chars().count() > 5 {
        replace_characters(term, VOWELS);
        apply(term, RULES);
    }
}

pub(super) fn stem_portuguese(term: &mut String) {
    const PLURALS: &[Rule] = &[
        (4, "res", "r"),
        (4, "ses", "s"),
        (4, "les", "l"),
        (4, "zes", "z"),
        (3, "ns", "m"),
        (4, "eis", "el"),
        (4, "éis", "el"),
        (4, "ais", "al"),
        (4, "óis", "ol"),
        (4, "is", "il"),
        (3, "ões", "ão"),
        (3, "ães", "ão"),
        (6, "mente", ""),
        (3, "s", ""),
    ];
    const FEMININES: &[Rule] = &[
        (7, "inha", "inho"),
        (7, "iaca", "iaco"),
        (7, "eira", "eiro"),
        (6, "osa", "oso"),
        (6, "ica", "ico"),
        (6, "ida", "ido"),
        (6, "ada", "ado"),
        (6, "iva", "ivo"),
        (6, "ama", "amo"),
        (6, "ona", "ão"),
        (6, "ora", "or"),
        (6, "esa", "ês"),
        (6, "na", "no"),
    ];
    const VOWEL: &[Rule] = &[(4, "e", ""), (4, "a", ""), (4, "o", "")];
    if term.chars().count() > 3 {
        apply(term, PLURALS);
        apply(term, FEMININES);
        apply(term, VOWEL);
        replace_characters(term, VOWELS);
        replace_characters(term, &[("ã", 'a'), ("õ", 'o'), ("ç", 'c')]);
    }
}

pub(super) fn stem_french(term: &mut String) {
    /// In each group, one rule applies at most.
    const PLURALS: [&[Rule]; 3] =
        [&[(5, "eaux", "eau"), (5, "aux", "al"), (5, "x", "")], &[(3, "x", "")], &[(3, "s", "")]];
    /// The first derived form that applies is the last. Those between are followed by others.
    const DERIVED: [(&[Rule], &[Rule]); 3] = [
        (
            &[
                (9, "issement", "ir"),
                (8, "issant", "ir"),
                (7, "ivement", "if"),
                (6, "ement", "e"),
                (11, "ficatrice", "fier"),
                (10, "ficateur", "fier"),
                (9, "catrice", "quer"),
                (8, "cateur", "quer"),
                (8, "atrice", "er"),
                (7, "ateur", "er"),
            ],
            &[(6, "trice", "teur")],
        ),
        (
            &[
                (5, "ième", ""),
                (7, "teuse", "ter"),
                (6, "teur", "ter"),
                (5, "euse", "eu"),
                (8, "ère", "er"),
                (7, "ive", "if"),
                (4, "folle", "fou"),
                (4, "molle", "mou"),
                (9, "nnelle", "n"),
                (9, "nnel", "n"),
            ],
            &[(4, "ète", "et"), (8, "ique", "")],
        ),
        (
            &[
                (8, "esse", "e"),
                (7, "inage", "in"),
                (12, "ualisation", "uel"),
                (9, "isation", ""),
                (9, "isateur", ""),
                (8, "ation", ""),
                (8, "ition", ""),
            ],
            &[],
        ),
    ];
    for rules in PLURALS {
        apply(term, rules);
    }
    for (last, followed) in DERIVED {
        if apply(term, last) {
            break;
        }
        apply(term, followed);
    }
    normalize_french(term);
}

/// Removes accents, double letters and the endings that are left.
fn normalize_french(term: &mut String) {
    if term.chars().count() > 4 {
        replace_characters(term, &[("àáâ", 'a'), ("ô", 'o'), ("èéê", 'e'), ("ùû", 'u'), ("î", 'i'), ("ç", 'c')]);
        let mut last = None;
        term.retain(|character| {
            let is_double = last == Some(character) && character.is_alphabetic();
            last = Some(character);
            !is_double
        });
    }
    apply(term, &[(4, "ie", "")]);
    if term.chars().count() > 4 {
        for ending in ['r', 'e', 'e'] {
            if term.ends_with(ending) {
                term.pop();
            }
        }
        let mut characters = term.chars().rev();
        let (last, before) = (characters.next(), characters.next());
        if last == before && last.is_some_and(char::is_alphabetic) {
            term.pop();
        }
    }
}

/// Makes the spellings of umlauts equal: `ä` and `ae` become `a`, and so on, except for `ue` after a vowel or `q`; `ß` becomes `ss`.
pub(super) fn normalize_german(term: &mut String) {
    /// What the last character was.
    #[derive(PartialEq)]
    enum After {
        /// An `a`, `o` or `u` that an `e` makes an umlaut.
        Base,
        /// Another vowel, or `q`: a `u` after it does not become an umlaut.
        Vowel,
        Other,
    }
    if term.is_ascii() && !term.contains('e') {
        return;
    }
    let mut normalized = String::with_capacity(term.len());
    let mut after = After::Other;
    for character in term.chars() {
        let (letter, next) = match character {
            'a' | 'o' => ("", After::Base),
            'u' if after == After::Other => ("", After::Base),
            'e' if after == After::Base => {
                after = After::Vowel;
                continue;
            }
            'e' | 'i' | 'q' | 'u' | 'y' => ("", After::Vowel),
            'ä' => ("a", After::Vowel),
            'ö' => ("o", After::Vowel),
            'ü' => ("u", After::Vowel),
            'ß' => ("ss", After::Other),
            _ => ("", After::Other),
        };
        if letter.is_empty() {
            normalized.push(character);
        } else {
            normalized.push_str(letter);
        }
        after = next;
    }
    *term = normalized;
}

/// Vowels and the accents that they lose.
const VOWELS: &[(&str, char)] = &[("àáâä", 'a'), ("òóôö", 'o'), ("èéêë", 'e'), ("ùúûü", 'u'), ("ìíîï", 'i')];

fn replace_characters(term: &mut String, replacements: &[(&str, char)]) {
    if term.is_ascii() {
        return;
    }
    let replaced = |character: char| {
        let replacement = replacements.iter().find(|(characters, _)| characters.contains(character));
        replacement.map_or(character, |(_, replacement)| *replacement)
    };
    *term = term.chars().map(replaced).collect();
}

/// Returns whether one of the rules applied.
fn apply(term: &mut String, rules: &[Rule]) -> bool {
    let characters = term.chars().count();
    let rule = rules.iter().find(|(longer_than, ending, _)| characters > *longer_than && term.ends_with(ending));
    let Some((_, ending, replacement)) = rule else { return false };
    term.truncate(term.len() - ending.len());
    term.push_str(replacement);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(stem: fn(&mut String), words: &str) -> String {
        let stemmed = words.split(' ').map(|word| {
            let mut term = word.to_owned();
            stem(&mut term);
            term
        });
        stemmed.collect::<Vec<_>>().join(" ")
    }

    /// All stems are those of OpenSearch 2.19, which also made the same of 11,000 generated words for each language.
    #[test]
    fn french() {
        for (words, expected) in [
            ("eaux oiseaux chevaux travaux choix prix bas", "eau oiseau cheval traval choi pri bas"),
            ("finissement jaillissant vivement fortement relativement", "fini jaili vif fort relatif"),
            (
                "modificatrice modificateur éducatrice éducateur créatrice dessinateur",
                "modifi modifi eduqu eduqu crer desin",
            ),
            (
                "actrice deuxième chanteuse chanteur heureuse première intensive",
                "acteu deux chant chant heureu premier intensif",
            ),
            ("folle molle professionnelle professionnel complète", "fou mou profesion profesion complet"),
            (
                "électronique tristesse libertinage mensualisation modernisation organisateur fondation expédition",
                "electron trist libertin mensuel modern organis fond exped",
            ),
            ("balle vie créée perdrr aimer", "bale vie cre perd aim"),
        ] {
            assert_eq!(stems(stem_french, words), expected);
        }
    }

    #[test]
    fn german() {
        let words = "kindern blumen häuser tages katze autos gast gastes schönsten schönster hellst fürst lied";
        let expected = "kind blum haus tag katz autos gast gast schon schon hell furst lied";
        assert_eq!(stems(stem_german, words), expected);
    }

    #[test]
    fn spanish() {
        let words = "niños niñas libro casa grande meses voces leones papel sol";
        let expected = "niñ niñ libr casa grand mes voz leon papel sol";
        assert_eq!(stems(stem_spanish, words), expected);
    }

    #[test]
    fn italian() {
        let words = "amiche amici famiglie studii ragazza ragazzo arte sol";
        let expected = "amic amici famigl stud ragazz ragazz arte sol";
        assert_eq!(stems(stem_italian, words), expected);
    }

    #[test]
    fn portuguese() {
        let words = "flores meses papéis nações pães homens rapidamente casinha francesa patroa cansada pastora barona pequena azuis anéis lençóis fácil";
        let expected = "flor mes papel naca pao homem rapid casinh frances patro cansad pastor baron pequen azuil anel lencol facil";
        assert_eq!(stems(stem_portuguese, words), expected);
    }

    #[test]
    fn german_umlauts_have_one_spelling() {
        for (word, expected) in [
            ("schön", "schon"),
            ("schoen", "schon"),
            ("straße", "strasse"),
            ("neue", "neue"),
            ("quelle", "quelle"),
            ("bauer", "bauer"),
            ("ue", "u"),
        ] {
            assert_eq!(stems(normalize_german, word), expected);
        }
    }
}

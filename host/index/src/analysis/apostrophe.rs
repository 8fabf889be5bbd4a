//! What languages attach to words with an apostrophe.

const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];

/// French articles and other words that lose their last vowel before a word that begins with one.
const FRENCH: &[&str] = &["c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quoiqu", "s", "t"];

/// The same in Italian.
const ITALIAN: &[&str] = &[
    "agl", "all", "c", "coll", "d", "dagl", "dall", "degl", "dell", "gl", "l", "m", "negl", "nell", "pell", "s",
    "sugl", "sull", "t", "un", "v",
];

/// Removes the English `'s` from the end.
pub(super) fn remove_possessive(term: &mut String) {
    let kept = term.strip_suffix(['s', 'S']).and_then(|term| term.strip_suffix(APOSTROPHES)).map(str::len);
    if let Some(length) = kept {
        term.truncate(length);
    }
}

/// Removes the first apostrophe and what follows, which in Turkish is the ending of a name.
pub(super) fn remove_from_apostrophe(term: &mut String) {
    if let Some(length) = term.find(APOSTROPHES) {
        term.truncate(length);
    }
}

/// Removes a French article from the beginning: `l'avion` becomes `avion`.
pub(super) fn remove_french_article(term: &mut String) {
    remove_article(term, FRENCH);
}

/// Removes an Italian article from the beginning.
pub(super) fn remove_italian_article(term: &mut String) {
    remove_article(term, ITALIAN);
}

/// What is before the first apostrophe, and what is after it.
pub(super) fn split_article(term: &str) -> Option<(&str, &str)> {
    term.split_once(APOSTROPHES)
}

fn remove_article(term: &mut String, articles: &[&str]) {
    let Some((article, rest)) = split_article(term) else { return };
    if articles.iter().any(|known| known.eq_ignore_ascii_case(article)) {
        let start = term.len() - rest.len();
        term.drain(..start);
    }
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
    fn possessives_are_removed() {
        for (term, expected) in [("Bob's", "Bob"), ("BOB\u{2019}S", "BOB"), ("cats", "cats"), ("o'neil", "o'neil")] {
            assert_eq!(changed(remove_possessive, term), expected);
        }
    }

    #[test]
    fn turkish_endings_of_names_are_removed() {
        for (term, expected) in [("Ankara'nın", "Ankara"), ("can\u{2019}t", "can"), ("ev", "ev")] {
            assert_eq!(changed(remove_from_apostrophe, term), expected);
        }
    }

    #[test]
    fn articles_are_removed() {
        for (term, expected) in
            [("L'avion", "avion"), ("qu\u{2019}il", "il"), ("rock'n'roll", "rock'n'roll"), ("avion", "avion")]
        {
            assert_eq!(changed(remove_french_article, term), expected);
        }
        for (term, expected) in [("dell'arte", "arte"), ("qu'il", "qu'il")] {
            assert_eq!(changed(remove_italian_article, term), expected);
        }
    }
}

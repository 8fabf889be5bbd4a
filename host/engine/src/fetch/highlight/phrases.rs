//! Which words of a text are near to each other.

use crate::clause::WordOrder;

/// Where one word is: positions in the text with the numbers of their occurrences. Ascends.
type Places<'a> = &'a [(usize, usize)];

/// Finds the occurrences of words that are near to each other: with at most `slop` other words between them.
pub(super) fn near(words: &[Places<'_>], slop: usize, order: WordOrder, found: &mut dyn FnMut(usize)) {
    match order {
        WordOrder::AsWritten => ordered(words, slop, found),
        WordOrder::Any => unordered(words, slop, found),
    }
}

fn ordered(words: &[Places<'_>], slop: usize, found: &mut dyn FnMut(usize)) {
    let mut cursors = vec![0; words.len()];
    for first in 0..words[0].len() {
        cursors[0] = first;
        for word in 1..words.len() {
            let previous = words[word - 1][cursors[word - 1]].0;
            while words[word].get(cursors[word]).is_some_and(|(position, _)| *position <= previous) {
                cursors[word] += 1;
            }
            if cursors[word] == words[word].len() {
                return;
            }
        }
        let place = |word: usize| words[word][cursors[word]];
        let span = place(words.len() - 1).0 + 1 - place(0).0;
        if span - words.len() <= slop {
            (0..words.len()).for_each(|word| found(place(word).1));
        }
    }
}

fn unordered(words: &[Places<'_>], slop: usize, found: &mut dyn FnMut(usize)) {
    let mut cursors = vec![0; words.len()];
    loop {
        let place = |word: usize| words[word][cursors[word]];
        let positions = (0..words.len()).map(|word| place(word).0);
        let (Some(first), Some(last)) = (positions.clone().min(), positions.clone().max()) else { return };
        // Equal words may be at the same place, so that the span may have fewer positions than words.
        if (last + 1 - first).saturating_sub(words.len()) <= slop {
            (0..words.len()).for_each(|word| found(place(word).1));
        }
        let Some(earliest) = positions.enumerate().min_by_key(|(_, position)| *position).map(|(word, _)| word) else {
            return;
        };
        cursors[earliest] += 1;
        if cursors[earliest] == words[earliest].len() {
            return;
        }
    }
}

//! Documents of a batch that are marked, since they have values in the ranges that a filter announced.

use quidditch_function::{Column, ColumnRange, Values};

/// Keeps those documents marked that have a value in a range.
pub(crate) fn mark_in_range(column: &Column, range: &ColumnRange, marked: &mut [bool]) {
    match &column.values {
        Values::Integers(values) => mark(values, &column.starts, |value| range.contains(*value as f64), marked),
        Values::Floats(values) => mark(values, &column.starts, |value| range.contains(*value), marked),
        // Ranges are of numbers and dates.
        Values::Booleans(_) | Values::Texts(_) => {}
    }
}

fn mark<T>(values: &[T], starts: &[u32], is_inside: impl Fn(&T) -> bool, marked: &mut [bool]) {
    if starts.is_empty() {
        marked.iter_mut().zip(values).for_each(|(marked, value)| *marked &= is_inside(value));
        return;
    }
    for (marked, ends) in marked.iter_mut().zip(starts.windows(2)) {
        *marked &= values[ends[0] as usize..ends[1] as usize].iter().any(&is_inside);
    }
}

/// Keeps the values of the documents that are marked.
pub(crate) fn retain_marked_documents(column: &mut Column, marked: &[bool]) {
    let Column { values, starts } = column;
    match values {
        Values::Booleans(values) => retain(values, starts, marked),
        Values::Integers(values) => retain(values, starts, marked),
        Values::Floats(values) => retain(values, starts, marked),
        Values::Texts(dictionary) => retain(&mut dictionary.codes, starts, marked),
    }
}

fn retain<T: Copy>(values: &mut Vec<T>, starts: &mut Vec<u32>, marked: &[bool]) {
    if starts.is_empty() {
        retain_marked(values, marked);
        return;
    }
    let (mut documents, mut kept, mut one_each) = (0, 0, true);
    let mut start = starts[0] as usize;
    for (position, is_marked) in marked.iter().enumerate() {
        let end = starts[position + 1] as usize;
        if *is_marked {
            values.copy_within(start..end, kept);
            kept += end - start;
            one_each &= end - start == 1;
            documents += 1;
            starts[documents] = kept as u32;
        }
        start = end;
    }
    values.truncate(kept);
    starts.truncate(if one_each { 0 } else { documents + 1 });
}

/// Keeps the values that are marked, of one for each mark.
pub(crate) fn retain_marked<T: Copy>(values: &mut Vec<T>, marked: &[bool]) {
    let mut kept = 0;
    // Written without a branch, as often about half of them are marked.
    for (position, is_marked) in marked.iter().enumerate() {
        values[kept] = values[position];
        kept += usize::from(*is_marked);
    }
    values.truncate(kept);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn documents_are_marked_and_kept_with_their_values(
            documents in prop::collection::vec((prop::collection::vec(0_i64..10, 0..3), any::<bool>()), 0..20),
            is_plain in any::<bool>(),
            (min, max) in (0_i64..10, 0_i64..10),
        ) {
            let of = |values: &[i64]| if is_plain { vec![values.iter().sum()] } else { values.to_vec() };
            let documents: Vec<(Vec<i64>, bool)> =
                documents.into_iter().map(|(values, is_marked)| (of(&values), is_marked)).collect();
            let mut starts = vec![0];
            starts.extend(documents.iter().scan(0, |end, (values, _)| { *end += values.len() as u32; Some(*end) }));
            let values = documents.iter().flat_map(|(values, _)| values.clone()).collect();
            let starts = if is_plain { Vec::new() } else { starts };
            let mut column = Column { values: Values::Integers(values), starts };

            let range = ColumnRange { column: 0, min: min as f64, max: max as f64 };
            let mut marked: Vec<bool> = documents.iter().map(|(_, is_marked)| *is_marked).collect();
            mark_in_range(&column, &range, &mut marked);
            let is_inside = |values: &[i64]| values.iter().any(|value| range.contains(*value as f64));
            let expected: Vec<bool> =
                documents.iter().map(|(values, is_marked)| *is_marked && is_inside(values)).collect();
            prop_assert_eq!(&marked, &expected);

            retain_marked_documents(&mut column, &marked);
            let left: Vec<&[i64]> =
                documents.iter().zip(&marked).filter(|(_, is_marked)| **is_marked).map(|((values, _), _)| &values[..]).collect();
            let Values::Integers(values) = &column.values else { panic!("the type stays") };
            prop_assert_eq!(values.len(), left.concat().len());
            for (position, document) in left.iter().enumerate() {
                prop_assert_eq!(&values[column.range(position)], *document);
            }
        }
    }
}

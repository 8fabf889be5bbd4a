//! Some documents of a batch.

/// The documents that an operation is evaluated for, by their ascending numbers in the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rows {
    /// All of them.
    All(usize),
    Some(Vec<u32>),
}

impl Rows {
    pub(crate) fn none() -> Self {
        Rows::Some(Vec::new())
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Rows::All(len) => *len,
            Rows::Some(rows) => rows.len(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number in the batch of the document at a position among these.
    pub(crate) fn row(&self, position: usize) -> usize {
        match self {
            Rows::All(_) => position,
            Rows::Some(rows) => rows.get(position).map_or(0, |row| *row as usize),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).map(|position| self.row(position))
    }

    /// Those where the mask is true, and the others.
    pub(crate) fn split(&self, mask: &[bool]) -> (Self, Self) {
        if !mask.contains(&false) {
            return (self.clone(), Rows::none());
        }
        if !mask.contains(&true) {
            return (Rows::none(), self.clone());
        }
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for (row, holds) in self.iter().zip(mask) {
            if *holds { &mut yes } else { &mut no }.push(row as u32);
        }
        (Rows::Some(yes), Rows::Some(no))
    }

    /// These documents, of a batch of this many.
    pub(crate) fn gathered(mut rows: Vec<u32>, batch: usize) -> Self {
        if rows.len() == batch {
            return Rows::All(batch);
        }
        rows.sort_unstable();
        Rows::Some(rows)
    }

    /// Appends their numbers.
    pub(crate) fn append_to(&self, rows: &mut Vec<u32>) {
        match self {
            Rows::All(len) => rows.extend(0..*len as u32),
            Rows::Some(some) => rows.extend_from_slice(some),
        }
    }

    /// The documents of both, which have none in common.
    pub(crate) fn merged(left: &Self, right: &Self) -> Self {
        if left.is_empty() {
            return right.clone();
        }
        if right.is_empty() {
            return left.clone();
        }
        let mut rows: Vec<u32> = left.iter().chain(right.iter()).map(|row| row as u32).collect();
        rows.sort_unstable();
        Rows::Some(rows)
    }
}

//! Indices of lists.

use crate::failure::Failure;

/// The index, if a list of this length has an item there.
pub(crate) fn list_index(index: i64, length: usize) -> Result<usize, Failure> {
    usize::try_from(index).ok().filter(|index| *index < length).ok_or_else(|| out_of_bounds(index, length))
}

/// The same for an index that counts from the end if it is negative, as in the brackets of Painless.
pub(crate) fn index_from_either_end(index: i64, length: usize) -> Result<usize, Failure> {
    list_index(if index < 0 { index + length as i64 } else { index }, length)
}

pub(crate) fn out_of_bounds(index: i64, length: usize) -> Failure {
    let reason = format!("Index {index} out of bounds for length {length}");
    Failure::new("index_out_of_bounds_exception", reason)
}

//! The values of a conditional whose branches were both evaluated for all documents.

use super::column::Column;
use super::numbers::{Operand, Operands, operands_of_one_type};
use super::rows::Rows;

/// The values of `yes` where the mask is true, and those of `no` elsewhere. Both are as long as the mask.
pub(super) fn chosen<'b>(mask: &[bool], yes: Column<'b>, no: Column<'b>) -> Column<'b> {
    match operands_of_one_type(&yes, &no) {
        Some(Operands::Ints(yes, no)) => return Column::Ints(numbers(mask, &yes, &no)),
        Some(Operands::Longs(yes, no)) => return Column::Longs(numbers(mask, &yes, &no).into()),
        Some(Operands::Doubles(yes, no)) => return Column::Doubles(numbers(mask, &yes, &no).into()),
        None => {}
    }
    let (for_yes, for_no) = Rows::All(mask.len()).split(mask);
    Column::joined(mask, Some(yes.at(&for_yes)), Some(no.at(&for_no)))
}

fn numbers<T: Copy>(mask: &[bool], yes: &Operand<'_, T>, no: &Operand<'_, T>) -> Vec<T> {
    let choose = |(holds, (yes, no)): (&bool, (T, T))| if *holds { yes } else { no };
    match (yes, no) {
        (Operand::Each(yes), Operand::Each(no)) => {
            mask.iter().zip(yes.iter().copied().zip(no.iter().copied())).map(choose).collect()
        }
        (Operand::One(yes), Operand::Each(no)) => {
            mask.iter().zip(no.iter().map(|no| (*yes, *no))).map(choose).collect()
        }
        (Operand::Each(yes), Operand::One(no)) => {
            mask.iter().zip(yes.iter().map(|yes| (*yes, *no))).map(choose).collect()
        }
        (Operand::One(yes), Operand::One(no)) => mask.iter().map(|holds| if *holds { *yes } else { *no }).collect(),
    }
}

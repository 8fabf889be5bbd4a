//! The constants of a module, without zeros: memory is zero from the beginning.

use anyhow::Result;
use wasm_encoder::{ConstExpr, DataSection};
use wasmparser::{BinaryReader, Data, DataKind, DataSectionReader, Operator};

/// About how many bytes another segment takes in addition to its data.
const SEGMENT: usize = 8;

/// How many segments a module may get. 1,000: validators refuse modules with very many, and more save little.
const MAX_SEGMENTS: u32 = 1_000;

/// The data section without zeros, or `None` if these cannot be left out: something else may have been written before.
pub(super) fn without_zeros(body: &[u8]) -> Result<Option<DataSection>> {
    let mut section = DataSection::new();
    let mut end = 0;
    for data in DataSectionReader::new(BinaryReader::new(body, 0))? {
        let data = data?;
        let Some(address) = address(&data)?.filter(|address| *address as usize >= end) else { return Ok(None) };
        end = address as usize + data.data.len();
        // It would trap, and its parts might not.
        if u32::try_from(end).is_err() {
            return Ok(None);
        }
        for (start, part) in parts(data.data) {
            let address = address + start as u32;
            section.active(0, &ConstExpr::i32_const(address as i32), part.iter().copied());
        }
        if section.len() > MAX_SEGMENTS {
            return Ok(None);
        }
    }
    Ok(Some(section))
}

/// The constant address of a segment of the only memory.
fn address(data: &Data<'_>) -> Result<Option<u32>> {
    let DataKind::Active { memory_index: 0, offset_expr } = &data.kind else { return Ok(None) };
    let mut operators = offset_expr.get_operators_reader();
    let Operator::I32Const { value } = operators.read()? else { return Ok(None) };
    Ok(matches!(operators.read()?, Operator::End).then_some(value as u32))
}

/// The parts of some data between longer runs of zeros, and where they start.
fn parts(data: &[u8]) -> Vec<(usize, &[u8])> {
    let mut parts = Vec::new();
    let mut start = 0;
    while let Some(skipped) = data[start..].iter().position(|byte| *byte != 0) {
        start += skipped;
        let rest = &data[start..];
        let zeros = rest.windows(SEGMENT).position(|window| window.iter().all(|byte| *byte == 0));
        let part = &rest[..zeros.unwrap_or(rest.len())];
        let used = part.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        parts.push((start, &part[..used]));
        start += part.len();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The data section of a module in the text format, without zeros.
    fn encoded(segments: &str) -> Option<Vec<u8>> {
        let body = |module: &[u8]| {
            let section =
                crate::sections::sections(module).expect("a module").into_iter().find(|section| section.id == 11);
            section.expect("data").body.to_vec()
        };
        let module = wat::parse_str(format!("(module (memory 1) {segments})")).expect("valid");
        let section = without_zeros(&body(&module)).expect("valid")?;
        let mut module = wasm_encoder::Module::new();
        module.section(&section);
        Some(body(&module.finish()))
    }

    fn plain(segments: &str) -> Option<Vec<u8>> {
        let module = wat::parse_str(format!("(module (memory 1) {segments})")).expect("valid");
        crate::sections::sections(&module)
            .expect("a module")
            .into_iter()
            .find(|section| section.id == 11)
            .map(|section| section.body.to_vec())
    }

    #[test]
    fn long_runs_of_zeros_are_left_out() {
        let zeros = "\\00".repeat(8);
        let with_zeros = format!("(data (i32.const 8) \"\\00a\\00b{zeros}c\\00\") (data (i32.const 30) \"d{zeros}\")");
        let without = "(data (i32.const 9) \"a\\00b\") (data (i32.const 20) \"c\") (data (i32.const 30) \"d\")";
        assert_eq!(encoded(&with_zeros), plain(without));
        assert_eq!(encoded(without), plain(without));
    }

    #[test]
    fn zeros_that_may_replace_other_data_stay() {
        assert_eq!(encoded("(data (i32.const 8) \"abc\") (data (i32.const 9) \"\\00\")"), None);
        assert_eq!(encoded("(global $g i32 (i32.const 1)) (data (global.get $g) \"a\")"), None);
        assert_eq!(encoded("(data \"a\")"), None);
        assert_eq!(encoded("(data (i32.const -4) \"\\00\\00\\00\\00a\")"), None);
    }

    #[test]
    fn short_runs_of_zeros_stay() {
        let zeros = "\\00".repeat(7);
        let segment = format!("(data (i32.const 8) \"a{zeros}b\")");
        assert_eq!(encoded(&segment), plain(&segment));
    }

    #[test]
    fn zeros_stay_if_there_would_be_too_many_segments() {
        let value =
            |count: usize| format!("(data (i32.const 0) \"{}\")", format!("a{}", "\\00".repeat(8)).repeat(count));
        assert!(encoded(&value(MAX_SEGMENTS as usize)).is_some());
        assert_eq!(encoded(&value(MAX_SEGMENTS as usize + 1)), None);
    }
}

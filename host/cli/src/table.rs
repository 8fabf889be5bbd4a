//! Tables for terminals.

use comfy_table::{CellAlignment, Table as Layout, presets};

/// A table without borders. Numbers are right-aligned.
pub(crate) struct Table(Layout);

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut layout = Layout::new();
        layout.load_style(presets::NOTHING).set_header(header.iter().map(|name| name.to_uppercase()));
        Table(layout)
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        self.0.add_row(cells.into_iter().map(|cell| printable(cell.as_ref())));
    }

    /// The table as text.
    pub(crate) fn text(mut self) -> String {
        for index in 0..self.0.column_count() {
            let is_number = |text: &str| text.is_empty() || text == "-" || text.parse::<f64>().is_ok();
            let mut cells = self.0.column_cells_iter(index).flatten();
            let numbers = cells.all(|cell| is_number(&cell.content()));
            if let Some(column) = self.0.column_mut(index) {
                column.set_padding((0, 2));
                column.set_cell_alignment(if numbers { CellAlignment::Right } else { CellAlignment::Left });
            }
        }
        self.0.trim_fmt()
    }
}

/// A text on one line, without control characters, which terminals would interpret.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_right_aligned() {
        let mut table = Table::new(&["name", "documents"]);
        table.row(["cities", "25000"]);
        table.row(["x\u{1b}[31m", "7"]);
        insta::assert_snapshot!(table.text(), @r"
        NAME    DOCUMENTS
        cities      25000
        x [31m          7
        ");
    }
}

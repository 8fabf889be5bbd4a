//! Lists in Painless: the values of a field, parameters, and those that a script writes.

use super::super::field_type::FieldType;
use super::writer::Writer;

impl Writer<'_> {
    /// A list of whole numbers.
    fn wholes(&mut self) -> String {
        match (self.random.below(4), self.field(&[FieldType::Long, FieldType::Integer])) {
            (0, _) if self.has_params => "params.l".to_owned(),
            (1, _) | (_, None) => format!("[1, {}, 3L]", self.whole(0)),
            (_, Some(field)) => self.doc(&field),
        }
    }

    /// A list of texts.
    fn texts(&mut self) -> String {
        match (self.random.below(4), self.field(&[FieldType::Keyword, FieldType::Ip])) {
            (0, _) if self.has_params => "params.t".to_owned(),
            (1, _) | (_, None) => format!("['a', {}]", self.text(0)),
            (_, Some(field)) => self.doc(&field),
        }
    }

    /// A list of anything.
    pub(super) fn list(&mut self) -> String {
        match self.random.below(4) {
            0 => self.wholes(),
            1 => self.texts(),
            2 => {
                let (number, text) = (self.exactly(|writer| writer.number(1)), self.text(1));
                format!("[{number}, {text}]")
            }
            _ => match self.field(&[FieldType::Double, FieldType::Float, FieldType::Boolean]) {
                Some(field) => self.doc(&field),
                None => "[]".to_owned(),
            },
        }
    }

    pub(super) fn whole_of_list(&mut self, depth: usize) -> String {
        match self.random.below(6) {
            0 => format!("{}.size()", self.list()),
            1 => format!("{}.indexOf({})", self.wholes(), self.whole(depth)),
            2 => format!("{}.lastIndexOf({})", self.texts(), self.text(depth)),
            3 => format!("['a': 1, 'b': {}].getOrDefault({}, -1)", self.whole(0), self.text(depth)),
            4 if self.has_params => format!("params.m.getOrDefault({}, 9).intValue()", self.text(depth)),
            _ => format!("[{}, {}, 4].get(1)", self.whole(depth), self.whole(depth)),
        }
    }

    pub(super) fn fraction_of_list(&mut self) -> String {
        match (self.random.below(2), self.field(&[FieldType::Double, FieldType::Long, FieldType::Integer])) {
            (0, Some(field)) => format!("{}.sum()", self.doc(&field)),
            _ => "[1, 2.5].sum()".to_owned(),
        }
    }

    pub(super) fn condition_of_list(&mut self, depth: usize) -> String {
        match self.random.below(6) {
            0 | 1 => format!("{}.contains({})", self.wholes(), self.whole(depth)),
            2 | 3 => format!("{}.contains({})", self.texts(), self.text(depth)),
            4 => format!("{}.isEmpty()", self.list()),
            _ => format!("['a': 1].containsKey({})", self.text(depth)),
        }
    }

    pub(super) fn text_of_list(&mut self) -> String {
        match self.random.below(3) {
            0 => format!("{}.join('-')", self.texts()),
            1 => format!("String.join('/', {})", self.texts()),
            _ => format!("{}.toString()", self.wholes()),
        }
    }
}

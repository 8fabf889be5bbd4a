//! Parses `sort`.

use serde_json::Value as Json;

use super::super::distance_sort::DistanceSort;
use super::super::nested_sort::NestedSort;
use super::super::parser::Parser;
use super::super::script_sort::{SCRIPT_SORT, ScriptSort};
use super::super::sort_mode::MODES;
use super::{Direction, FieldSort, Missing, NUMERIC_TYPES, Sort, SortBy};
use crate::json::{ErrorKind, Fields, Node, ParseError};

impl Sort {
    /// The scripts of the sort are calls of the request.
    pub(crate) fn parse_list(node: &Node<'_>, parser: &mut Parser<'_>) -> Result<Vec<Self>, ParseError> {
        if node.json().is_null() {
            return Err(node.error("[sort] must be the name of a field, an object or a list"));
        }
        let mut levels = Vec::new();
        for item in node.items() {
            match item.json() {
                Json::String(name) => levels.push(Self::simple(name, None)),
                Json::Object(_) => {
                    for (name, options) in item.fields()?.entries() {
                        levels.push(Self::parse(name, &options, parser)?);
                    }
                }
                _ => {
                    let reason = "a sort must be the name of a field or an object";
                    return Err(item.mistake(ErrorKind::Argument, reason));
                }
            }
        }
        Ok(levels)
    }

    fn parse(name: &str, options: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        if options.json().is_string() {
            return Ok(Self::simple(name, Some(Direction::WORDS.read(options)?)));
        }
        match name {
            "_geo_distance" | "_geoDistance" => {
                let mut fields = options.fields()?;
                let order = fields.optional("order", |order| Direction::WORDS.read(order))?;
                let by = SortBy::Distance(DistanceSort::parse(options, &mut fields, parser)?);
                Ok(Sort { by, direction: order.unwrap_or(Direction::Ascending) })
            }
            SCRIPT_SORT => {
                let mut fields = options.fields()?;
                let order = fields.optional("order", |order| Direction::WORDS.read(order));
                let order = order.map_err(|error| error.of_kind(ErrorKind::Object))?;
                let by = SortBy::Script(ScriptSort::parse(options, &mut fields, parser)?);
                fields.finish("a sort by [_script]").map_err(|error| error.of_kind(ErrorKind::Object))?;
                Ok(Sort { by, direction: order.unwrap_or(Direction::Ascending) })
            }
            _ => Self::parse_options(name, options, parser).map_err(|error| error.of_kind(ErrorKind::Object)),
        }
    }

    fn parse_options(name: &str, options: &Node<'_>, parser: &mut Parser<'_>) -> Result<Self, ParseError> {
        let mut fields = options.fields()?;
        let mut sort = Self::simple(name, fields.optional("order", |order| Direction::WORDS.read(order))?);
        match &mut sort.by {
            SortBy::Field(field) => field.parse_options(&mut fields, parser)?,
            // Documents always have a number, and only one, so that these options change nothing. They must be valid.
            SortBy::Doc => FieldSort::new(name).parse_options(&mut fields, parser)?,
            SortBy::Score | SortBy::Distance(_) | SortBy::Script(_) => {}
        }
        fields.finish("a sort")?;
        Ok(sort)
    }
}

impl FieldSort {
    fn parse_options(&mut self, fields: &mut Fields<'_>, parser: &mut Parser<'_>) -> Result<(), ParseError> {
        self.missing = fields.nullable("missing", Missing::parse)?.unwrap_or(Missing::Last);
        self.mode = fields.optional("mode", |mode| MODES.read(mode))?;
        self.unmapped_type = fields.optional("unmapped_type", |node| node.text().map(str::to_owned))?;
        self.numeric_type = fields.optional("numeric_type", |node| NUMERIC_TYPES.read(node))?;
        self.nested = NestedSort::take(fields, parser)?;
        Ok(())
    }
}

impl Missing {
    fn parse(node: &Node<'_>) -> Result<Self, ParseError> {
        match node.json() {
            Json::String(text) if text == "_last" => Ok(Missing::Last),
            Json::String(text) if text == "_first" => Ok(Missing::First),
            Json::Object(_) | Json::Array(_) => Err(node.error("[missing] must be [_first], [_last] or a value")),
            value => Ok(Missing::Value(value.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::limits::Limits;
    use crate::query;

    fn parse(json: &Json) -> Result<Vec<Sort>, ParseError> {
        Sort::parse_list(&Node::root(json), &mut query::parser(&Limits::default()))
    }

    #[test]
    fn words_may_be_written_in_any_case() {
        let lower = parse(&json!([{"n": {"order": "desc", "mode": "avg", "numeric_type": "long"}}, {"d": "asc"}]));
        let upper = parse(&json!([{"n": {"order": "DESC", "mode": "Avg", "numeric_type": "LONG"}}, {"d": "ASC"}]));
        assert_eq!(lower, upper);
        assert!(lower.is_ok());
    }

    #[test]
    fn an_object_with_several_fields_has_several_levels() {
        let several = parse(&json!([{"n": "asc", "d": "desc"}, "k"])).expect("valid");
        assert_eq!(several, parse(&json!([{"n": "asc"}, {"d": "desc"}, "k"])).expect("valid"));
        assert_eq!(parse(&json!({})), Ok(Vec::new()));
    }

    #[test]
    fn mistakes_have_the_kinds_that_clients_know() {
        let error = |json: Json| {
            let error = parse(&json).expect_err("a mistake");
            (error.kind, error.reason)
        };
        insta::assert_debug_snapshot!(error(json!([1])), @r#"
        (
            Argument,
            "a sort must be the name of a field or an object",
        )
        "#);
        insta::assert_debug_snapshot!(error(json!({"n": "up"})), @r#"
        (
            Argument,
            "[order] must be one of [asc], [desc], found [up]",
        )
        "#);
        insta::assert_debug_snapshot!(error(json!({"n": {"mode": "most"}})), @r#"
        (
            Object,
            "[mode] must be one of [min], [max], [avg], [sum], [median], found [most]",
        )
        "#);
        insta::assert_debug_snapshot!(error(json!({"_score": {"missing": 1}})), @r#"
        (
            Object,
            "a sort does not support [missing]",
        )
        "#);
    }

    #[test]
    fn a_sort_by_distance_has_points_in_any_notation() {
        let points = |points: Json| match &parse(&json!({"_geo_distance": {"g": points}})).expect("valid")[0].by {
            SortBy::Distance(distance) => distance.points.iter().map(|point| (point.lat, point.lon)).collect(),
            _ => Vec::new(),
        };
        for one in [json!([7, 50]), json!({"lat": 50, "lon": 7}), json!("50,7"), json!([[7, 50]]), json!(["50,7"])] {
            assert_eq!(points(one), [(50.0, 7.0)]);
        }
        assert_eq!(points(json!([[7, 50], {"lat": 1, "lon": 2}, "3,4"])), [(50.0, 7.0), (1.0, 2.0), (3.0, 4.0)]);
    }

    #[test]
    fn mistakes_of_a_sort_by_distance_have_the_kinds_that_clients_know() {
        let kind = |options: Json| parse(&json!([{"_geo_distance": options}])).map_err(|error| error.kind).err();
        for (options, expected) in [
            (json!({}), Some(ErrorKind::Argument)),
            (json!({"g": []}), Some(ErrorKind::Argument)),
            (json!({"g": [1, 2], "h": [1, 2]}), Some(ErrorKind::Parsing)),
            (json!({"g": [1, 2], "missing": 1}), Some(ErrorKind::Parsing)),
            (json!({"g": [1, 2], "unit": "KM"}), Some(ErrorKind::Argument)),
            (json!({"g": [1, 2], "mode": "sum"}), Some(ErrorKind::Argument)),
            (json!({"g": [1, 2], "mode": "most"}), Some(ErrorKind::Argument)),
            (json!({"g": [1, 2], "order": "up"}), Some(ErrorKind::Argument)),
            (json!({"g": [1, 95]}), Some(ErrorKind::Setting)),
            (json!({"g": [1, 2], "unit": null, "mode": "AVG", "distance_type": "Plane"}), None),
        ] {
            assert_eq!(kind(options.clone()), expected, "{options}");
        }
    }
}

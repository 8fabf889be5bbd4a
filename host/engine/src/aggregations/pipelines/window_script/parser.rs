//! Parses the scripts of `moving_fn`.
//!
//! ```text
//! script     = [ "if" "(" condition ")" block [ "else" block ] ] | [ "return" ] value [ ";" ]
//! block      = "{" script "}" | script
//! value      = condition [ "?" value ":" value ]
//! condition  = sum [ ( ">" | ">=" | "<" | "<=" | "==" | "!=" ) sum ]
//! sum        = product { ( "+" | "-" ) product }
//! product    = operand { "*" operand }
//! operand    = number | "true" | "false" | "Double.NaN" | "params." name | "values.length" | "values[" value "]"
//!            | "MovingFunctions." name "(" "values" { "," value } ")" | "-" operand | "(" value ")"
//! ```

use serde_json::{Map, Value as Json};

use super::super::moving_functions::MovingFunction;
use super::super::window_error::WindowError;
use super::{Operator, WindowScript};

/// Deepest nesting of a script. Parsing and evaluation recurse, so this bounds the stack: a left operand is as deep as this at
/// most before its chain of operators is, so a parsed script is at most about this times this deep.
const MAX_DEPTH: usize = 30;

impl WindowScript {
    /// # Errors
    /// What is wrong in the script.
    pub(in super::super) fn parse(source: &str, params: &Map<String, Json>) -> Result<Self, WindowError> {
        let mut parser = Parser { rest: source, params, depth: 0 };
        let script = parser.script()?;
        parser.skip_spaces();
        match parser.rest {
            "" => Ok(script),
            rest => Err(WindowError::Unexpected(shortened(rest))),
        }
    }
}

/// Operators that compare; one comes before those that it begins with.
const COMPARISONS: [(&str, Operator); 6] = [
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

fn shortened(text: &str) -> String {
    const LONGEST: usize = 30;
    text.chars().take(LONGEST).collect()
}

struct Parser<'a> {
    rest: &'a str,
    params: &'a Map<String, Json>,
    depth: usize,
}

impl Parser<'_> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes a symbol if it comes next.
    fn takes(&mut self, symbol: &str) -> bool {
        self.skip_spaces();
        match self.rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a word if it comes next.
    fn takes_word(&mut self, word: &str) -> bool {
        self.skip_spaces();
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(is_of_name) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, symbol: &str) -> Result<(), WindowError> {
        if self.takes(symbol) {
            return Ok(());
        }
        let found = if self.rest.is_empty() { "end of script".to_owned() } else { shortened(self.rest) };
        Err(WindowError::Expected { symbol: symbol.to_owned(), found })
    }

    fn name(&mut self) -> String {
        let end = self.rest.find(|character: char| !is_of_name(character)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.to_owned()
    }

    fn deepen(&mut self) -> Result<(), WindowError> {
        if self.depth == MAX_DEPTH {
            return Err(WindowError::TooDeep { max: MAX_DEPTH });
        }
        self.depth += 1;
        Ok(())
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, WindowError>) -> Result<T, WindowError> {
        self.deepen()?;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn script(&mut self) -> Result<WindowScript, WindowError> {
        self.deeper(|parser| {
            if !parser.takes_word("if") {
                _ = parser.takes_word("return");
                let value = parser.value()?;
                _ = parser.takes(";");
                return Ok(value);
            }
            parser.expect("(")?;
            let condition = parser.condition()?;
            parser.expect(")")?;
            let yes = parser.block()?;
            // A script that ends without a value returns 0.
            let is_last = parser.rest.trim().is_empty() || parser.rest.trim_start().starts_with('}');
            let no = match parser.takes_word("else") {
                true => parser.block()?,
                false if is_last => WindowScript::Number(0.0),
                false => parser.script()?,
            };
            Ok(WindowScript::Conditional(Box::new([condition, yes, no])))
        })
    }

    fn block(&mut self) -> Result<WindowScript, WindowError> {
        if !self.takes("{") {
            return self.script();
        }
        let script = self.script()?;
        self.expect("}")?;
        Ok(script)
    }

    fn value(&mut self) -> Result<WindowScript, WindowError> {
        self.deeper(|parser| {
            let condition = parser.condition()?;
            if !parser.takes("?") {
                return Ok(condition);
            }
            let yes = parser.value()?;
            parser.expect(":")?;
            let no = parser.value()?;
            Ok(WindowScript::Conditional(Box::new([condition, yes, no])))
        })
    }

    fn condition(&mut self) -> Result<WindowScript, WindowError> {
        let left = self.sum()?;
        let Some((_, operator)) = COMPARISONS.into_iter().find(|(symbol, _)| self.takes(symbol)) else {
            return Ok(left);
        };
        Ok(WindowScript::Binary(operator, Box::new([left, self.sum()?])))
    }

    /// Each operator of a chain is a level: what is left of it is its operand.
    fn sum(&mut self) -> Result<WindowScript, WindowError> {
        let depth = self.depth;
        let mut left = self.product()?;
        loop {
            let operator = if self.takes("+") {
                Operator::Add
            } else if self.takes("-") {
                Operator::Subtract
            } else {
                self.depth = depth;
                return Ok(left);
            };
            self.deepen()?;
            left = WindowScript::Binary(operator, Box::new([left, self.product()?]));
        }
    }

    fn product(&mut self) -> Result<WindowScript, WindowError> {
        let depth = self.depth;
        let mut left = self.operand()?;
        while self.takes("*") {
            self.deepen()?;
            left = WindowScript::Binary(Operator::Multiply, Box::new([left, self.operand()?]));
        }
        self.depth = depth;
        Ok(left)
    }

    fn operand(&mut self) -> Result<WindowScript, WindowError> {
        if self.takes("(") {
            let value = self.value()?;
            self.expect(")")?;
            return Ok(value);
        }
        if self.takes("-") {
            return self.deeper(|parser| Ok(WindowScript::Negated(Box::new(parser.operand()?))));
        }
        if self.takes("MovingFunctions.") {
            return self.call();
        }
        if self.takes("params.") {
            let name = self.name();
            return self.param(&name);
        }
        if self.takes("values[") {
            let index = self.value()?;
            self.expect("]")?;
            return Ok(WindowScript::Element(Box::new(index)));
        }
        for (word, value) in [
            ("values.length", WindowScript::Length),
            ("true", WindowScript::Number(1.0)),
            ("false", WindowScript::Number(0.0)),
            ("Double.NaN", WindowScript::Number(f64::NAN)),
        ] {
            if self.takes_word(word) {
                return Ok(value);
            }
        }
        self.number()
    }

    fn call(&mut self) -> Result<WindowScript, WindowError> {
        let name = self.name();
        let Some((function, count)) = MovingFunction::find(&name) else {
            return Err(WindowError::UnknownFunction(name));
        };
        self.expect("(")?;
        if !self.takes_word("values") {
            return Err(WindowError::NoValues(name));
        }
        let mut arguments = Vec::new();
        while self.takes(",") {
            arguments.push(self.value()?);
        }
        self.expect(")")?;
        if arguments.len() != count {
            return Err(WindowError::Arguments { name, expected: count + 1, found: arguments.len() + 1 });
        }
        Ok(WindowScript::Call(function, arguments))
    }

    fn param(&self, name: &str) -> Result<WindowScript, WindowError> {
        match self.params.get(name) {
            Some(Json::Number(number)) => Ok(WindowScript::Number(number.as_f64().unwrap_or(f64::NAN))),
            Some(Json::Bool(value)) => Ok(WindowScript::Number(f64::from(u8::from(*value)))),
            Some(_) => Err(WindowError::ParameterType(name.to_owned())),
            None => Err(WindowError::UnknownParameter(name.to_owned())),
        }
    }

    fn number(&mut self) -> Result<WindowScript, WindowError> {
        let is_of_number = |character: char| character.is_ascii_digit() || character == '.';
        let end = self.rest.find(|character: char| !is_of_number(character)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        let Ok(number) = text.parse() else { return Err(WindowError::Unsupported(shortened(self.rest))) };
        self.rest = rest.strip_prefix(['d', 'D', 'f', 'F', 'L']).unwrap_or(rest);
        Ok(WindowScript::Number(number))
    }
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::moving_window::Work;
    use super::*;

    fn parse(source: &str) -> Result<WindowScript, WindowError> {
        let params = json!({ "alpha": 0.5, "mult": false, "text": "x" });
        WindowScript::parse(source, params.as_object().expect("an object"))
    }

    fn evaluate(source: &str, values: &[f64]) -> f64 {
        parse(source).expect("a script").evaluate(values).expect("a value")
    }

    #[test]
    fn scripts_are_calls_with_conditions() {
        let values = [1.0, 3.0, 5.0];
        assert_eq!(evaluate("MovingFunctions.max(values)", &values), 5.0);
        assert_eq!(evaluate("return MovingFunctions.ewma(values, params.alpha);", &values), 3.5);
        assert_eq!(evaluate("if (values.length > 2*2) { MovingFunctions.max(values) }", &values), 0.0);
        assert_eq!(evaluate("if (values.length >= 3) { return MovingFunctions.min(values) } else { 7 }", &values), 1.0);
        assert_eq!(evaluate("if (values.length > 3) return 1; return -2 * (3 - 1)", &values), -4.0);
        assert_eq!(evaluate("values.length > 0 ? values[values.length - 1] : Double.NaN", &values), 5.0);
        let deviation = evaluate("MovingFunctions.stdDev(values, MovingFunctions.unweightedAvg(values))", &values);
        assert!((deviation - (8.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn calls_and_operators_are_work() {
        let work = |source: &str| parse(source).expect("a script").work();
        assert_eq!(work("values.length"), Work { reads: 0, steps: 1 });
        assert_eq!(work("-values[1] + 2"), Work { reads: 0, steps: 5 });
        let script =
            "MovingFunctions.stdDev(values, MovingFunctions.max(values)) > 1 ? MovingFunctions.min(values) : 0";
        assert_eq!(work(script), Work { reads: 3, steps: 7 });
    }

    #[test]
    fn mistakes_are_named() {
        insta::assert_snapshot!(parse("MovingFunctions.foo(values)").expect_err("unknown"), @"unknown function [MovingFunctions.foo]");
        insta::assert_snapshot!(parse("MovingFunctions.max(5)").expect_err("no values"), @"the first argument of [MovingFunctions.max] must be [values]");
        insta::assert_snapshot!(parse("MovingFunctions.ewma(values)").expect_err("too few"), @"[MovingFunctions.ewma] has 2 arguments, got 1");
        insta::assert_snapshot!(parse("MovingFunctions.max(values").expect_err("ends"), @"expected [)] in the script of a window, found [end of script]");
        insta::assert_snapshot!(parse("params.beta").expect_err("unknown"), @"the script of a window has no parameter [beta]");
        insta::assert_snapshot!(parse("params.text").expect_err("a text"), @"the parameter [text] of a window's script must be a number or a boolean");
        insta::assert_snapshot!(parse("1 / 2").expect_err("a division"), @"unexpected [/ 2] in the script of a window");
        insta::assert_snapshot!(parse("foo()").expect_err("a call"), @"the script of a window cannot have [foo()]: it consists of calls of [MovingFunctions], numbers, [values], [params], conditions, and the operators + - *");
        let outside = parse("values[3]").expect("a script").evaluate(&[1.0]);
        insta::assert_snapshot!(outside.expect_err("outside"), @"index 3 is out of bounds for a window of 1 values");
    }

    #[test]
    fn nesting_is_limited() {
        let nested = |levels: usize| format!("{}1{}", "(".repeat(levels), ")".repeat(levels));
        assert!(parse(&nested(MAX_DEPTH - 2)).is_ok());
        assert!(parse(&nested(MAX_DEPTH - 1)).is_err());
    }
    #[test]
    fn chains_are_limited() {
        // The script and its value are levels, too.
        let most = MAX_DEPTH - 2;
        for operator in ["+1", "-1", "*1"] {
            let chain = |operators: usize| format!("1{}", operator.repeat(operators));
            assert!(parse(&chain(most)).is_ok(), "{operator}");
            assert_eq!(parse(&chain(most + 1)), Err(WindowError::TooDeep { max: MAX_DEPTH }), "{operator}");
            assert_eq!(parse(&chain(1_000_000)), Err(WindowError::TooDeep { max: MAX_DEPTH }), "{operator}");
        }
        // A chain that has ended does not count.
        let products = vec!["1*1*1"; most - 1].join("+");
        assert_eq!(evaluate(&products, &[]), (most - 1) as f64);
    }
}

//! Expressions: operators by precedence, then what can stand before and after a value.

use super::tokens::Parser;
use crate::failure::{Failure, Located};
use crate::language::Language;
use crate::lexer::TokenKind;
use crate::syntax::{Access, Binary, Expr, ExprKind, StepResult, TypeName, Unary};

/// Binary operators by how strongly they bind, from weak to strong.
const LEVELS: &[&[Binary]] = &[
    &[Binary::Or],
    &[Binary::And],
    &[Binary::BitOr],
    &[Binary::BitXor],
    &[Binary::BitAnd],
    &[Binary::Equal, Binary::NotEqual, Binary::Same, Binary::NotSame],
    // `instanceof`, whose right side is a type.
    &[],
    &[Binary::Less, Binary::LessOrEqual, Binary::Greater, Binary::GreaterOrEqual],
    &[Binary::ShiftLeft, Binary::ShiftRight, Binary::ShiftRightUnsigned],
    &[Binary::Find, Binary::Match],
    &[Binary::Add, Binary::Subtract],
    &[Binary::Multiply, Binary::Divide, Binary::Remainder],
];

/// The level of `instanceof`.
const INSTANCE_OF: usize = 6;

/// Assignments that compute.
const COMPOUND: &[(&str, Binary)] = &[
    ("+=", Binary::Add),
    ("-=", Binary::Subtract),
    ("*=", Binary::Multiply),
    ("/=", Binary::Divide),
    ("%=", Binary::Remainder),
    ("&=", Binary::BitAnd),
    ("|=", Binary::BitOr),
    ("^=", Binary::BitXor),
    ("<<=", Binary::ShiftLeft),
    (">>=", Binary::ShiftRight),
    (">>>=", Binary::ShiftRightUnsigned),
];

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expr, Located> {
        self.deeper()?;
        let left = self.elvis()?;
        let expression = self.after_operand(left)?;
        self.level -= 1;
        Ok(expression)
    }

    /// What binds weakest: the conditional and assignments, from right to left.
    fn after_operand(&mut self, left: Expr) -> Result<Expr, Located> {
        let at = left.at;
        if self.take("?") {
            let yes = self.expression()?;
            self.expect(":")?;
            let no = self.expression()?;
            return self
                .make(ExprKind::Conditional { condition: Box::new(left), yes: Box::new(yes), no: Box::new(no) }, at);
        }
        let compound = COMPOUND.iter().find(|(symbol, _)| self.is_symbol(symbol)).map(|(_, operator)| *operator);
        if compound.is_none() && !self.is_symbol("=") {
            return Ok(left);
        }
        self.advance();
        let value = self.expression()?;
        self.make(ExprKind::Assignment { variable: Box::new(left), operator: compound, value: Box::new(value) }, at)
    }

    fn elvis(&mut self) -> Result<Expr, Located> {
        let left = self.binary(0)?;
        if !self.is_symbol("?:") {
            return Ok(left);
        }
        self.advance();
        self.deeper()?;
        let right = self.elvis()?;
        self.level -= 1;
        let at = left.at;
        self.make(ExprKind::Elvis { left: Box::new(left), right: Box::new(right) }, at)
    }

    fn binary(&mut self, weakest: usize) -> Result<Expr, Located> {
        let mut left = self.unary()?;
        loop {
            if weakest <= INSTANCE_OF && self.is_name("instanceof") && self.language == Language::Painless {
                self.advance();
                let at = left.at;
                let of = self.type_name()?;
                left = self.make(ExprKind::InstanceOf { operand: Box::new(left), of }, at)?;
                continue;
            }
            let Some((operator, level)) = self.binary_operator().filter(|(_, level)| *level >= weakest) else {
                return Ok(left);
            };
            self.advance();
            let right = self.binary(level + 1)?;
            let at = left.at;
            left = self.make(ExprKind::Binary { operator, left: Box::new(left), right: Box::new(right) }, at)?;
        }
    }

    /// The name of a type.
    pub(super) fn type_name(&mut self) -> Result<TypeName, Located> {
        let at = self.at();
        let TokenKind::Name(name) = self.peek().clone() else { return Err(self.unexpected("the name of a type")) };
        let Some(of) = TypeName::from_name(&name) else {
            if is_type(&name) {
                return self.unsupported(format_args!("the type [{name}]"), at);
            }
            return Err(Failure::argument(format!("cannot resolve type [{name}]")).at(at));
        };
        self.advance();
        Ok(of)
    }

    /// The next token as a binary operator, and how strongly it binds.
    fn binary_operator(&self) -> Option<(Binary, usize)> {
        let TokenKind::Symbol(symbol) = self.peek() else { return None };
        LEVELS.iter().enumerate().find_map(|(level, operators)| {
            let operator = operators.iter().find(|operator| operator.symbol() == *symbol)?;
            Some((*operator, level))
        })
    }

    fn unary(&mut self) -> Result<Expr, Located> {
        self.deeper()?;
        let at = self.at();
        let operator = match self.peek() {
            TokenKind::Symbol("+") => Some(Unary::Plus),
            TokenKind::Symbol("-") => Some(Unary::Minus),
            TokenKind::Symbol("~") => Some(Unary::BitNot),
            TokenKind::Symbol("!") => Some(Unary::Not),
            _ => None,
        };
        let expression = if let Some(operator) = operator {
            self.advance();
            if operator == Unary::Minus
                && let TokenKind::Number(number) = self.peek()
                && self.language == Language::Painless
            {
                // The smallest integers are numbers, although they are not the negative of one.
                let negative = format!("-{number}");
                let number_at = self.advance().start;
                let number = self.make(ExprKind::Number(negative), number_at)?;
                self.postfix(number)
            } else {
                let operand = self.unary()?;
                self.make(ExprKind::Unary { operator, operand: Box::new(operand) }, at)
            }
        } else if self.is_symbol("++") || self.is_symbol("--") {
            let by = if self.advance().kind == TokenKind::Symbol("++") { Binary::Add } else { Binary::Subtract };
            let variable = self.unary()?;
            self.make(ExprKind::Step { variable: Box::new(variable), by, result: StepResult::After }, at)
        } else if let Some(to) = self.cast()? {
            let operand = self.unary()?;
            let at = operand.at;
            self.make(ExprKind::Cast { to, operand: Box::new(operand) }, at)
        } else {
            let value = self.primary()?;
            self.postfix(value)
        }?;
        self.level -= 1;
        Ok(expression)
    }

    /// `(type)` before an operand.
    fn cast(&mut self) -> Result<Option<TypeName>, Located> {
        let (TokenKind::Symbol("("), TokenKind::Name(name), TokenKind::Symbol(")")) =
            (self.peek(), self.peek_after(1), self.peek_after(2))
        else {
            return Ok(None);
        };
        let is_operand_next = matches!(
            self.peek_after(3),
            TokenKind::Name(_)
                | TokenKind::Number(_)
                | TokenKind::Text(_)
                | TokenKind::Regex(..)
                | TokenKind::Symbol("(" | "[" | "-" | "+" | "!" | "~")
        );
        if self.language == Language::Expression {
            return Ok(None);
        }
        match TypeName::from_name(name) {
            Some(to) if is_operand_next || !is_type(name) => {
                (0..3).for_each(|_| _ = self.advance());
                Ok(Some(to))
            }
            Some(_) => Ok(None),
            None if is_operand_next && is_type(name) => {
                self.unsupported(format_args!("the type [{name}]"), self.at() + 1)
            }
            None => Ok(None),
        }
    }

    fn primary(&mut self) -> Result<Expr, Located> {
        let at = self.at();
        let is_painless = self.language == Language::Painless;
        let kind = match self.peek().clone() {
            TokenKind::Number(number) => ExprKind::Number(number),
            TokenKind::Text(text) if is_painless => ExprKind::Text(text),
            TokenKind::Regex(pattern, flags) => ExprKind::Regex { pattern, flags },
            TokenKind::Name(name) if is_painless => {
                if let Some(class) = self.new_class() {
                    (0..2).for_each(|_| _ = self.advance());
                    let arguments = self.arguments()?;
                    return self.make(ExprKind::New { class, arguments }, at);
                }
                if let Some(what) = unsupported_keyword(&name) {
                    return self.unsupported(what, at);
                }
                match name.as_str() {
                    "true" => ExprKind::Boolean(true),
                    "false" => ExprKind::Boolean(false),
                    "null" => ExprKind::Null,
                    "if" | "else" | "return" | "in" | "def" | "int" | "long" | "double" | "float" | "boolean"
                    | "char" | "for" | "while" | "do" | "break" | "continue" | "instanceof" => {
                        return Err(self.invalid_token());
                    }
                    _ => ExprKind::Name(name),
                }
            }
            TokenKind::Name(name) => ExprKind::Name(name),
            TokenKind::Symbol("(") => {
                self.advance();
                let inner = self.expression()?;
                self.expect(")")?;
                return Ok(inner);
            }
            TokenKind::Symbol("[") if is_painless => {
                let kind = self.collection()?;
                return self.make(kind, at);
            }
            _ => return Err(self.invalid_token()),
        };
        self.advance();
        if let ExprKind::Name(name) = &kind
            && self.is_symbol("(")
        {
            let arguments = self.arguments()?;
            return self.make(ExprKind::Call { name: name.clone(), arguments }, at);
        }
        self.make(kind, at)
    }

    /// `[1, 2]` or `['a': 1]`
    fn collection(&mut self) -> Result<ExprKind, Located> {
        self.advance();
        if self.take("]") {
            return Ok(ExprKind::List(Vec::new()));
        }
        if self.take(":") {
            self.expect("]")?;
            return Ok(ExprKind::Map(Vec::new()));
        }
        let mut items = vec![self.expression()?];
        let is_map = self.take(":");
        if is_map {
            items.push(self.expression()?);
        }
        while self.take(",") {
            items.push(self.expression()?);
            if is_map {
                self.expect(":")?;
                items.push(self.expression()?);
            }
        }
        self.expect("]")?;
        Ok(if is_map { ExprKind::Map(items) } else { ExprKind::List(items) })
    }

    fn invalid_token(&self) -> Located {
        match self.peek() {
            TokenKind::End => Failure::argument("unexpected end of script.").at(self.at()),
            _ => Failure::argument(format!("invalid sequence of tokens near ['{}'].", self.written())).at(self.at()),
        }
    }

    /// Members, indices and steps after a value.
    fn postfix(&mut self, mut value: Expr) -> Result<Expr, Located> {
        loop {
            let at = self.at();
            let kind = match self.peek() {
                TokenKind::Symbol(dot @ ("." | "?.")) => {
                    let access = if *dot == "." { Access::Plain } else { Access::NullSafe };
                    self.advance();
                    self.member(value, access)?
                }
                TokenKind::Symbol("[") => {
                    self.advance();
                    let index = self.index()?;
                    self.expect("]")?;
                    ExprKind::Index { object: Box::new(value), index: Box::new(index) }
                }
                TokenKind::Symbol(step @ ("++" | "--")) => {
                    let by = if *step == "++" { Binary::Add } else { Binary::Subtract };
                    self.advance();
                    ExprKind::Step { variable: Box::new(value), by, result: StepResult::Before }
                }
                TokenKind::Symbol("->") => return self.unsupported("a lambda", at),
                TokenKind::Symbol("::") => return self.unsupported("a function reference", at),
                _ => return Ok(value),
            };
            value = self.make(kind, at)?;
        }
    }

    fn member(&mut self, object: Expr, access: Access) -> Result<ExprKind, Located> {
        let object = Box::new(object);
        match self.peek().clone() {
            TokenKind::Name(name) => {
                self.advance();
                if self.is_symbol("(") {
                    let arguments = self.arguments()?;
                    return Ok(ExprKind::Method { object, name, arguments, access });
                }
                Ok(ExprKind::Property { object, name, access })
            }
            TokenKind::Number(name) if self.language == Language::Painless => {
                self.advance();
                Ok(ExprKind::Property { object, name, access })
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    fn index(&mut self) -> Result<Expr, Located> {
        if self.language == Language::Painless {
            return self.expression();
        }
        let at = self.at();
        match self.advance().kind {
            TokenKind::Text(text) => self.make(ExprKind::Text(text), at),
            _ => Err(Failure::argument("unexpected token, expected the name of a field in quotes.").at(at)),
        }
    }
}

/// Whether a name is that of a class by convention.
pub(super) fn is_type(name: &str) -> bool {
    matches!(name, "byte" | "short" | "void") || name.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Names that begin something that is left out.
pub(super) fn unsupported_keyword(name: &str) -> Option<String> {
    match name {
        "try" | "catch" | "throw" => Some(format!("an exception ([{name}])")),
        "new" => Some("a new object ([new])".to_owned()),
        "this" => Some("[this]".to_owned()),
        "byte" | "short" | "void" => Some(format!("the type [{name}]")),
        _ => None,
    }
}

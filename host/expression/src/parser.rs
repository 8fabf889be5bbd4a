//! Tokens to a syntax tree. Both languages have the operators of Java, with its precedence.

mod expression;
mod function;
mod statement;

use crate::failure::{Failure, Located};
use crate::language::Language;
use crate::lexer::{Token, TokenKind, tokens};
use crate::limits::ScriptLimits;
use crate::syntax::{Expr, ExprKind, Script};

/// Parses a source that is one expression.
pub(crate) fn parse_expression(source: &str, limits: &ScriptLimits) -> Result<Expr, Located> {
    let mut parser = Parser::new(source, Language::Expression, limits)?;
    let expression = parser.expression()?;
    match parser.peek() {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected("the end")),
    }
}

/// Parses a source that consists of functions and statements.
pub(crate) fn parse_script(source: &str, limits: &ScriptLimits) -> Result<Script, Located> {
    let mut parser = Parser::new(source, Language::Painless, limits)?;
    let mut functions = Vec::new();
    while parser.is_function_next() {
        functions.push(parser.function()?);
    }
    let mut statements = Vec::new();
    while *parser.peek() != TokenKind::End {
        parser.statement(statement::Ending::Block, &mut statements)?;
    }
    Ok(Script { functions, statements })
}

struct Parser<'a> {
    tokens: Vec<Token>,
    /// The index of the next token.
    next: usize,
    language: Language,
    limits: &'a ScriptLimits,
    /// Expressions and blocks that are being parsed.
    level: usize,
    operations: usize,
}

impl<'a> Parser<'a> {
    fn new(source: &str, language: Language, limits: &'a ScriptLimits) -> Result<Self, Located> {
        if source.len() > limits.source_bytes {
            let (bytes, limit) = (source.len(), limits.source_bytes);
            let reason = format!("scripts may have at most [{limit}] bytes, but this one has [{bytes}]");
            return Err(Failure::argument(reason).at(0));
        }
        Ok(Parser { tokens: tokens(source, language)?, next: 0, language, limits, level: 0, operations: 0 })
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next]
    }

    fn peek(&self) -> &TokenKind {
        &self.token().kind
    }

    /// The token after the next one, and so on.
    fn peek_after(&self, tokens: usize) -> &TokenKind {
        &self.tokens[(self.next + tokens).min(self.tokens.len() - 1)].kind
    }

    fn at(&self) -> usize {
        self.token().start
    }

    fn advance(&mut self) -> Token {
        let token = self.token().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), TokenKind::Symbol(next) if *next == symbol)
    }

    /// Takes the symbol if it is next.
    fn take(&mut self, symbol: &str) -> bool {
        let is_next = self.is_symbol(symbol);
        if is_next {
            self.advance();
        }
        is_next
    }

    fn expect(&mut self, symbol: &'static str) -> Result<(), Located> {
        if self.take(symbol) { Ok(()) } else { Err(self.unexpected(&format!("'{symbol}'"))) }
    }

    fn is_name(&self, name: &str) -> bool {
        matches!(self.peek(), TokenKind::Name(next) if next == name)
    }

    fn unexpected(&self, expected: &str) -> Located {
        let reason = match self.peek() {
            TokenKind::End => format!("unexpected end of script: expected {expected}."),
            _ => format!("unexpected token ['{}'], expected {expected}.", self.written()),
        };
        Failure::argument(reason).at(self.at())
    }

    /// The next token as text.
    fn written(&self) -> String {
        match self.peek() {
            TokenKind::Name(text) | TokenKind::Number(text) | TokenKind::Text(text) => text.clone(),
            TokenKind::Regex(pattern, flags) => format!("/{pattern}/{flags}"),
            TokenKind::Symbol(symbol) => (*symbol).to_owned(),
            TokenKind::End => String::new(),
        }
    }

    fn unsupported<T>(&self, what: impl std::fmt::Display, at: usize) -> Result<T, Located> {
        Err(Failure::unsupported(what).at(at))
    }

    fn deeper(&mut self) -> Result<(), Located> {
        self.level += 1;
        // The parser recurses twice for parentheses, which do not add a level to the tree.
        self.check_depth(self.level.div_ceil(2), self.at())
    }

    fn check_depth(&self, depth: usize, at: usize) -> Result<(), Located> {
        if depth <= self.limits.depth {
            return Ok(());
        }
        let reason = format!("the script is nested too deeply: at most {} levels are allowed", self.limits.depth);
        Err(Failure::argument(reason).at(at))
    }

    /// Makes an expression, within the limits.
    fn make(&mut self, kind: ExprKind, at: usize) -> Result<Expr, Located> {
        self.operations += 1;
        if self.operations > self.limits.operations {
            let reason = format!("the script is too large: at most {} operations are allowed", self.limits.operations);
            return Err(Failure::argument(reason).at(at));
        }
        let depth = 1 + kind.children().map(|child| child.depth).max().unwrap_or(0);
        self.check_depth(depth, at)?;
        Ok(Expr { kind, at, depth })
    }
}

impl ExprKind {
    fn children(&self) -> impl Iterator<Item = &Expr> {
        let (fixed, list): ([Option<&Expr>; 3], &[Expr]) = match self {
            ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Boolean(_)
            | ExprKind::Null
            | ExprKind::Name(_)
            | ExprKind::Regex { .. } => ([None; 3], &[]),
            ExprKind::List(items) | ExprKind::Map(items) => ([None; 3], items),
            ExprKind::InstanceOf { operand, .. } => ([Some(operand), None, None], &[]),
            ExprKind::Property { object, .. } => ([Some(object), None, None], &[]),
            ExprKind::Method { object, arguments, .. } => ([Some(object), None, None], arguments),
            ExprKind::Call { arguments, .. } => ([None; 3], arguments),
            ExprKind::Index { object, index } => ([Some(object), Some(index), None], &[]),
            ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => ([Some(operand), None, None], &[]),
            ExprKind::Binary { left, right, .. } | ExprKind::Elvis { left, right } => {
                ([Some(left), Some(right), None], &[])
            }
            ExprKind::Conditional { condition, yes, no } => ([Some(condition), Some(yes), Some(no)], &[]),
            ExprKind::Assignment { variable, value, .. } => ([Some(variable), Some(value), None], &[]),
            ExprKind::Step { variable, .. } => ([Some(variable), None, None], &[]),
        };
        fixed.into_iter().flatten().chain(list)
    }
}

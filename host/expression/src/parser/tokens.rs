//! The parser: where it is in the tokens, and the limits that it keeps to.

use crate::failure::{Failure, Located};
use crate::language::Language;
use crate::lexer::{Token, TokenKind, tokens};
use crate::limits::ScriptLimits;
use crate::syntax::{Expr, ExprKind};

pub(super) struct Parser<'a> {
    pub(super) tokens: Vec<Token>,
    /// The index of the next token.
    pub(super) next: usize,
    pub(super) language: Language,
    pub(super) limits: &'a ScriptLimits,
    /// Expressions and blocks that are being parsed.
    pub(super) level: usize,
    pub(super) operations: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &str, language: Language, limits: &'a ScriptLimits) -> Result<Self, Located> {
        if source.len() > limits.source_bytes {
            let (bytes, limit) = (source.len(), limits.source_bytes);
            let reason = format!("scripts may have at most [{limit}] bytes, but this one has [{bytes}]");
            return Err(Failure::argument(reason).at(0));
        }
        Ok(Parser { tokens: tokens(source, language)?, next: 0, language, limits, level: 0, operations: 0 })
    }

    pub(super) fn token(&self) -> &Token {
        &self.tokens[self.next]
    }

    pub(super) fn peek(&self) -> &TokenKind {
        &self.token().kind
    }

    /// The token after the next one, and so on.
    pub(super) fn peek_after(&self, tokens: usize) -> &TokenKind {
        &self.tokens[(self.next + tokens).min(self.tokens.len() - 1)].kind
    }

    pub(super) fn at(&self) -> usize {
        self.token().start
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.token().clone();
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    pub(super) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), TokenKind::Symbol(next) if *next == symbol)
    }

    /// Takes the symbol if it is next.
    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let is_next = self.is_symbol(symbol);
        if is_next {
            self.advance();
        }
        is_next
    }

    pub(super) fn expect(&mut self, symbol: &'static str) -> Result<(), Located> {
        if self.take(symbol) { Ok(()) } else { Err(self.unexpected(&format!("'{symbol}'"))) }
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self.peek(), TokenKind::Name(next) if next == name)
    }

    pub(super) fn unexpected(&self, expected: &str) -> Located {
        let reason = match self.peek() {
            TokenKind::End => format!("unexpected end of script: expected {expected}."),
            _ => format!("unexpected token ['{}'], expected {expected}.", self.written()),
        };
        Failure::argument(reason).at(self.at())
    }

    /// The next token as text.
    pub(super) fn written(&self) -> String {
        match self.peek() {
            TokenKind::Name(text) | TokenKind::Number(text) | TokenKind::Text(text) => text.clone(),
            TokenKind::Regex(pattern, flags) => format!("/{pattern}/{flags}"),
            TokenKind::Symbol(symbol) => (*symbol).to_owned(),
            TokenKind::End => String::new(),
        }
    }

    pub(super) fn unsupported<T>(&self, what: impl std::fmt::Display, at: usize) -> Result<T, Located> {
        Err(Failure::unsupported(what).at(at))
    }

    pub(super) fn deeper(&mut self) -> Result<(), Located> {
        self.level += 1;
        // The parser recurses twice for parentheses, which do not add a level to the tree.
        self.check_depth(self.level.div_ceil(2), self.at())
    }

    pub(super) fn check_depth(&self, depth: usize, at: usize) -> Result<(), Located> {
        if depth <= self.limits.depth {
            return Ok(());
        }
        let reason = format!("the script is nested too deeply: at most {} levels are allowed", self.limits.depth);
        Err(Failure::argument(reason).at(at))
    }

    /// Makes an expression, within the limits.
    pub(super) fn make(&mut self, kind: ExprKind, at: usize) -> Result<Expr, Located> {
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
            ExprKind::Call { arguments, .. } | ExprKind::New { arguments, .. } => ([None; 3], arguments),
            ExprKind::Index { object, index } => ([Some(object), Some(index), None], &[]),
            ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => ([Some(operand), None, None], &[]),
            ExprKind::Binary { left, right, .. } | ExprKind::Elvis { left, right } => {
                ([Some(left), Some(right), None], &[])
            }
            ExprKind::Conditional { condition, yes, no } => ([Some(condition), Some(yes), Some(no)], &[]),
            ExprKind::Assignment { variable, value, .. } => ([Some(variable), Some(value), None], &[]),
            ExprKind::Step { variable, .. } => ([Some(variable), None, None], &[]),
            ExprKind::Lambda { body, .. } => ([Some(body), None, None], &[]),
        };
        fixed.into_iter().flatten().chain(list)
    }
}

//! Branches that do nothing but return.

use crate::program::{Node, Statement};

/// How many branches become one conditional. 8: conditionals nest, and the depth of what is evaluated is limited.
const MOST: usize = 8;

/// Makes `if (a) { return x } return y` one `return` of a conditional, whose branches may be evaluated for all documents at once.
pub(super) fn join_returns(statements: &mut Vec<Statement>) {
    for _ in 0..MOST {
        let Some(conditional) = conditional_at_the_end(statements) else { return };
        statements.push(Statement::Return(conditional));
    }
}

/// Removes the statements at the end that are a conditional, if there are any.
fn conditional_at_the_end(statements: &mut Vec<Statement>) -> Option<Node> {
    let no = match &statements[..] {
        [.., Statement::If { yes, no, .. }, Statement::Return(_)] if is_return(yes) && no.is_empty() => {
            statements.pop()
        }
        [.., Statement::If { yes, no, .. }] if is_return(yes) && is_return(no) => None,
        _ => return None,
    };
    let Some(Statement::If { condition, mut yes, no: mut other }) = statements.pop() else { return None };
    match (yes.pop(), no.or_else(|| other.pop())) {
        (Some(Statement::Return(yes)), Some(Statement::Return(no))) => {
            let at = condition.at;
            Some(Node::conditional(condition, yes, no, at))
        }
        _ => None,
    }
}

fn is_return(statements: &[Statement]) -> bool {
    matches!(statements, [Statement::Return(_)])
}

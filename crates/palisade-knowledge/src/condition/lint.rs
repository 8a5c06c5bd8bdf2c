//! Allows only what a Kubernetes 1.30 API server and this evaluator agree on.

use std::collections::BTreeMap;

use cel::Program;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};
use palisade_inventory::Position;
use regex::Regex;

use super::ConditionError;
use super::guard::end_of;

/// Functions called as `f(x)`.
const GLOBAL: [&str; 6] = ["size", "int", "double", "string", "quantity", "isQuantity"];

/// Functions called as `x.f(y)`.
const MEMBER: [&str; 25] = [
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "matches",
    "find",
    "findAll",
    "lowerAscii",
    "upperAscii",
    "trim",
    "charAt",
    "indexOf",
    "lastIndexOf",
    "replace",
    "split",
    "join",
    "substring",
    "orValue",
    "or",
    "hasValue",
    "value",
    "compareTo",
    "isGreaterThan",
    "isLessThan",
    "sign",
];

/// Functions that take a regular expression.
const MATCHERS: [&str; 3] = ["matches", "find", "findAll"];

const OPERATORS: [&str; 20] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::SUBSTRACT,
    operators::ADD,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::NEGATE,
    operators::INDEX,
    operators::OPT_INDEX,
    operators::OPT_SELECT,
    operators::IN,
];

/// The variable in which the standard macros keep their result; not writable in an expression.
const ACCUMULATOR: &str = "@result";

/// Checks an expression and returns its free variables, each with its first position.
pub(super) fn check(program: &Program, source: &str) -> Result<BTreeMap<Box<str>, Position>, ConditionError> {
    // The parser expands this newer spelling of `exists_one` as well, so that the tree does not show it.
    if let Some((before, _)) = source.split_once(".existsOne(") {
        return Err(ConditionError::UnknownFunction {
            name: "existsOne".to_owned(),
            position: end_of(before),
        });
    }
    let mut lint = Lint {
        program,
        source,
        bound: Vec::new(),
        free: BTreeMap::new(),
    };
    lint.expression(program.expression())?;
    Ok(lint.free)
}

struct Lint<'a> {
    program: &'a Program,
    source: &'a str,
    /// The variables of the macros around the expression at hand.
    bound: Vec<&'a str>,
    free: BTreeMap<Box<str>, Position>,
}

impl<'a> Lint<'a> {
    fn expression(&mut self, expr: &'a IdedExpr) -> Result<(), ConditionError> {
        match &expr.expr {
            Expr::Literal(LiteralValue::Bytes(_) | LiteralValue::UInt(_)) => {
                Err(self.unsupported(expr, "a bytes or unsigned literal", "write a string or an integer"))
            }
            Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => {
                if !self.bound.contains(&name.as_str()) {
                    let position = self.position(expr);
                    self.free.entry(name.as_str().into()).or_insert(position);
                }
                Ok(())
            }
            Expr::Select(select) => self.expression(&select.operand),
            Expr::List(list) => list.elements.iter().try_for_each(|item| self.expression(item)),
            Expr::Map(map) if map.entries.is_empty() => Ok(()),
            Expr::Call(call) => self.call(expr, call),
            Expr::Comprehension(fold) => self.comprehension(expr, fold),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err(self.unsupported(expr, "a map or message literal", "name the keys one by one"))
            }
        }
    }

    fn call(&mut self, expr: &'a IdedExpr, call: &'a CallExpr) -> Result<(), ConditionError> {
        let name = call.func_name.as_str();
        let unknown = || ConditionError::UnknownFunction {
            name: name.to_owned(),
            position: self.position(expr),
        };
        match &call.target {
            Some(target) if is_optional_namespace(target) => {
                if !matches!(name, "of" | "none") {
                    return Err(unknown());
                }
            }
            Some(target) => {
                if !MEMBER.contains(&name) {
                    return Err(unknown());
                }
                self.expression(target)?;
            }
            None => {
                let compares = matches!(name, operators::EQUALS | operators::NOT_EQUALS | operators::IN);
                if compares && call.args.iter().any(|arg| matches!(arg.expr, Expr::Map(_))) {
                    return Err(self.unsupported(expr, "a comparison with a map literal", "compare its size"));
                }
                if !GLOBAL.contains(&name) && !OPERATORS.contains(&name) {
                    return Err(unknown());
                }
            }
        }
        if MATCHERS.contains(&name) {
            self.pattern(call.args.first().unwrap_or(expr))?;
        }
        call.args.iter().try_for_each(|arg| self.expression(arg))
    }

    /// Patterns are literals, so that each is compiled once and its errors are seen here.
    fn pattern(&self, expr: &IdedExpr) -> Result<(), ConditionError> {
        let Expr::Literal(LiteralValue::String(pattern)) = &expr.expr else {
            return Err(self.unsupported(expr, "a computed pattern", "write the pattern as a string"));
        };
        Regex::new(pattern.inner())
            .map(drop)
            .map_err(|error| ConditionError::Pattern {
                message: error.to_string().lines().last().unwrap_or_default().to_owned(),
                position: self.position(expr),
            })
    }

    /// The parser writes macros out as loops; only those that the standard macros make are understood.
    fn comprehension(&mut self, expr: &'a IdedExpr, fold: &'a ComprehensionExpr) -> Result<(), ConditionError> {
        if fold.accu_var != ACCUMULATOR || fold.iter_var2.is_some() {
            return Err(self.unsupported(
                expr,
                "a macro of a later CEL library",
                "use all, exists, exists_one, map or filter",
            ));
        }
        self.expression(&fold.iter_range)?;
        self.expression(&fold.accu_init)?;
        self.bound.extend([fold.iter_var.as_str(), ACCUMULATOR]);
        // The loop's condition is the macro's own.
        self.expression(&fold.loop_step)?;
        self.bound.truncate(self.bound.len().saturating_sub(2));
        Ok(())
    }

    fn unsupported(&self, expr: &IdedExpr, what: &'static str, help: &'static str) -> ConditionError {
        ConditionError::Unsupported {
            what,
            help,
            position: self.position(expr),
        }
    }

    fn position(&self, expr: &IdedExpr) -> Position {
        let (start, _) = self.program.source_info().offset_for(expr.id).unwrap_or_default();
        let before: String = self.source.chars().take(start as usize).collect();
        end_of(&before)
    }
}

/// `optional.of(x)` parses as a call of `of` on a variable.
pub(super) fn is_optional_namespace(target: &IdedExpr) -> bool {
    matches!(&target.expr, Expr::Ident(name) if name == "optional")
}

//! The types of an expression: refuses what an API server would refuse when the policy is created.

use std::collections::BTreeMap;

use cel::Program;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use palisade_inventory::Position;

use super::ConditionError;
use super::evaluate::MAP_INSERT;
use super::guard::end_of;
use super::library::{self, Library};
use super::types::{BOOL, Bindings, INT, NAMED, TEXT, Type};

/// What is known of an expression without evaluating it.
pub(super) struct Checked {
    /// What it evaluates to.
    pub(super) result: Type,
    /// Its free variables, each with its first position.
    pub(super) variables: BTreeMap<Box<str>, Position>,
}

/// Checks an expression for a minor version of Kubernetes.
pub(super) fn check(
    program: &Program,
    source: &str,
    minor: u16,
    library: &'static Library,
) -> Result<Checked, ConditionError> {
    let mut checker = Checker {
        program,
        source,
        minor,
        library,
        bound: Vec::new(),
        free: BTreeMap::new(),
        in_format: false,
    };
    let result = checker.type_of(program.expression())?;
    Ok(Checked {
        result,
        variables: checker.free,
    })
}

struct Checker<'a> {
    program: &'a Program,
    source: &'a str,
    minor: u16,
    library: &'static Library,
    /// The variables of the macros around the expression at hand.
    bound: Vec<(&'a str, Type)>,
    free: BTreeMap<Box<str>, Position>,
    /// The expression is an argument of `format`, whose list may hold all sorts of values.
    in_format: bool,
}

impl<'a> Checker<'a> {
    fn type_of(&mut self, expr: &'a IdedExpr) -> Result<Type, ConditionError> {
        match &expr.expr {
            Expr::Literal(literal) => Ok(of_literal(literal)),
            Expr::Ident(name) => Ok(self.variable(expr, name)),
            Expr::Select(select) => self.select(expr, select),
            Expr::List(list) => {
                let mut item = None;
                for (index, element) in list.elements.iter().enumerate() {
                    let kind = self.type_of(element)?;
                    let kind = if list.optional_indices.contains(&index) {
                        self.unwrapped(element, kind)?
                    } else {
                        kind
                    };
                    item = Some(self.joined(element, item, kind)?);
                }
                Ok(Type::List(Box::new(item.unwrap_or(Type::Free))))
            }
            Expr::Map(map) => {
                let (mut keys, mut values) = (None, None);
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else {
                        return Err(self.wrong(expr, "a message can't be made here".to_owned()));
                    };
                    let key = self.type_of(&entry.key)?;
                    keys = Some(self.joined(&entry.key, keys, key)?);
                    let value = self.type_of(&entry.value)?;
                    let value = if entry.optional {
                        self.unwrapped(&entry.value, value)?
                    } else {
                        value
                    };
                    values = Some(self.joined(&entry.value, values, value)?);
                }
                let known = |kind: Option<Type>| Box::new(kind.unwrap_or(Type::Free));
                Ok(Type::Map(known(keys), known(values)))
            }
            Expr::Call(call) => self.call(expr, call),
            Expr::Comprehension(fold) => self.fold(expr, fold),
            Expr::Struct(made) => {
                Err(self.wrong(expr, format!("`{}` is no type that can be made here", made.type_name)))
            }
            Expr::Unspecified => Err(self.wrong(expr, "this is no expression".to_owned())),
        }
    }

    fn variable(&mut self, expr: &IdedExpr, name: &str) -> Type {
        if let Some((_, kind)) = self.bound.iter().rev().find(|(bound, _)| *bound == name) {
            return kind.clone();
        }
        if NAMED.contains(&name) {
            return Type::Named("type");
        }
        let position = self.position(expr);
        self.free.entry(name.into()).or_insert(position);
        Type::Dyn
    }

    fn select(&mut self, expr: &'a IdedExpr, select: &'a SelectExpr) -> Result<Type, ConditionError> {
        let operand = self.type_of(&select.operand)?;
        let (operand, is_optional) = match operand {
            Type::Optional(inner) => (*inner, true),
            other => (other, false),
        };
        let field = match operand {
            Type::Dyn | Type::Free => Type::Dyn,
            Type::Map(_, value) => *value,
            other => return Err(self.wrong(expr, format!("{other} has no fields"))),
        };
        Ok(match (select.test, is_optional) {
            (true, _) => BOOL,
            (false, true) => Type::Optional(Box::new(field)),
            (false, false) => field,
        })
    }

    fn call(&mut self, expr: &'a IdedExpr, call: &'a CallExpr) -> Result<Type, ConditionError> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::OPT_SELECT, [operand, _]) => {
                let operand = match self.type_of(operand)? {
                    Type::Optional(inner) => *inner,
                    other => other,
                };
                let field = match operand {
                    Type::Dyn | Type::Free => Type::Dyn,
                    Type::Map(_, value) => *value,
                    other => return Err(self.wrong(expr, format!("{other} has no fields"))),
                };
                return Ok(Type::Optional(Box::new(field)));
            }
            (MAP_INSERT, [map, key, value]) => {
                self.type_of(map)?;
                let (key, value) = (self.type_of(key)?, self.type_of(value)?);
                return Ok(Type::Map(Box::new(key), Box::new(value)));
            }
            (operators::NOT_STRICTLY_FALSE, [value]) => {
                self.type_of(value)?;
                return Ok(BOOL);
            }
            _ => {}
        }
        let (name, target) = self.library.resolve(call);
        let mut types = Vec::with_capacity(call.args.len() + 1);
        let was_in_format = self.in_format;
        self.in_format |= name == "format";
        for arg in target.into_iter().chain(&call.args) {
            types.push(self.type_of(arg)?);
        }
        self.in_format = was_in_format;
        self.literals(&name, &call.args)?;
        let candidates = self.library.overloads(&name, target.is_some());
        let mut result: Option<Type> = None;
        let mut since = None;
        for overload in candidates {
            let mut bindings = Bindings::default();
            let fits = overload.parameters.len() == types.len()
                && overload
                    .parameters
                    .iter()
                    .zip(&types)
                    .all(|(parameter, argument)| bindings.assign(parameter, argument));
            if !fits {
                continue;
            }
            if overload.since > self.minor {
                since = Some(overload.since);
                continue;
            }
            let of_overload = bindings.substitute(&overload.result);
            result = Some(match result {
                Some(known) if known != of_overload => Type::Dyn,
                _ => of_overload,
            });
        }
        result.ok_or_else(|| {
            let name = call.func_name.clone();
            let position = self.position(expr);
            match since {
                Some(since) => ConditionError::TooNew {
                    name,
                    since,
                    minor: self.minor,
                    position,
                },
                None if !candidates.is_empty() => {
                    let types: Vec<_> = types.iter().map(ToString::to_string).collect();
                    self.wrong(expr, format!("`{}` is not for {}", plain(&name), types.join(" and ")))
                }
                None => ConditionError::UnknownFunction { name, position },
            }
        })
    }

    /// Literals whose form is known to be wrong before anything is evaluated.
    fn literals(&self, name: &str, args: &[IdedExpr]) -> Result<(), ConditionError> {
        let Some(arg) = args.last() else { return Ok(()) };
        let Expr::Literal(LiteralValue::String(text)) = &arg.expr else {
            return Ok(());
        };
        let message = match name {
            "matches" => library::regex::compile(text.inner()).err(),
            "duration" => library::time::Duration::parse(text.inner()).err(),
            "timestamp" => library::time::Timestamp::parse(text.inner()).err(),
            _ => None,
        };
        match message {
            Some(failure) if name == "matches" => Err(ConditionError::Pattern {
                message: failure.to_string(),
                position: self.position(arg),
            }),
            Some(failure) => Err(self.wrong(arg, failure.to_string())),
            None => Ok(()),
        }
    }

    /// The parser writes macros out as loops.
    fn fold(&mut self, expr: &'a IdedExpr, fold: &'a ComprehensionExpr) -> Result<Type, ConditionError> {
        let range = self.type_of(&fold.iter_range)?;
        let (first, second) = match range {
            Type::Dyn | Type::Free => (Type::Dyn, Type::Dyn),
            Type::List(item) if fold.iter_var2.is_some() => (INT, *item),
            Type::List(item) => (*item, Type::Dyn),
            Type::Map(key, value) => (*key, *value),
            other => return Err(self.wrong(&fold.iter_range, format!("a macro is not for {other}"))),
        };
        if let Some(second) = &fold.iter_var2
            && (*second == fold.iter_var || self.minor < 32)
        {
            return Err(ConditionError::Unsupported {
                what: "a macro with two variables",
                help: "it needs two different names, and Kubernetes 1.32",
                position: self.position(expr),
            });
        }
        let mut result = self.type_of(&fold.accu_init)?;
        let outer = self.bound.len();
        // The second round knows the type that the first gave the result, as of `[] + [x]`.
        for _ in 0..2 {
            self.bound.push((&fold.accu_var, result.clone()));
            self.bound.push((&fold.iter_var, first.clone()));
            if let Some(name) = &fold.iter_var2 {
                self.bound.push((name, second.clone()));
            }
            let goes_on = self.type_of(&fold.loop_cond)?;
            let step = self.type_of(&fold.loop_step)?;
            self.bound.truncate(outer);
            if goes_on != BOOL && !goes_on.is_dyn() {
                return Err(self.wrong(&fold.loop_cond, format!("a condition must be bool, not {goes_on}")));
            }
            result = if result.is_open() { step } else { result };
        }
        self.bound.push((&fold.accu_var, result));
        let result = self.type_of(&fold.result);
        self.bound.truncate(outer);
        result
    }

    /// The type of items that stand beside each other in a literal. They must be of one type, and what is known only when
    /// evaluated is another than a text; what `format` takes may be of any.
    fn joined(&self, expr: &IdedExpr, known: Option<Type>, kind: Type) -> Result<Type, ConditionError> {
        let Some(known) = known else { return Ok(kind) };
        if self.in_format {
            return Ok(known.join(&kind).unwrap_or(Type::Dyn));
        }
        let is_open = known.is_open() || kind.is_open();
        let joined = known.join(&kind).filter(|_| is_open || known == kind);
        joined.ok_or_else(|| self.wrong(expr, format!("{kind} stands beside {known}")))
    }

    fn unwrapped(&self, expr: &IdedExpr, kind: Type) -> Result<Type, ConditionError> {
        match kind {
            Type::Optional(inner) => Ok(*inner),
            Type::Dyn | Type::Free => Ok(Type::Dyn),
            other => Err(self.wrong(expr, format!("`?` is for an optional, not for {other}"))),
        }
    }

    fn wrong(&self, expr: &IdedExpr, message: String) -> ConditionError {
        ConditionError::Type {
            message,
            position: self.position(expr),
        }
    }

    fn position(&self, expr: &IdedExpr) -> Position {
        let (start, _) = self.program.source_info().offset_for(expr.id).unwrap_or_default();
        let before: String = self.source.chars().take(start as usize).collect();
        end_of(&before)
    }
}

/// An operator's name as people write it.
fn plain(name: &str) -> String {
    name.trim_matches(['_', '@']).replace('_', "")
}

fn of_literal(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::Null => Type::Null,
        LiteralValue::Boolean(_) => BOOL,
        LiteralValue::Int(_) => INT,
        LiteralValue::UInt(_) => Type::Named("uint"),
        LiteralValue::Double(_) => Type::Named("double"),
        LiteralValue::String(_) => TEXT,
        LiteralValue::Bytes(_) => Type::Named("bytes"),
    }
}

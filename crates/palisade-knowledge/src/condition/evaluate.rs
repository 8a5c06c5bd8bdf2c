//! Evaluates an expression's tree, as the API server's evaluator does, within a bounded number of steps.

use std::cmp::Ordering;
use std::rc::Rc;

use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr, operators,
};

use super::claim::{Answer, Oracle, Word};
use super::failure::Failure;
use super::library::{self, Library};
use super::operators::{arithmetic, contains, equal, negate, no_overload, order};
use super::value::{Entries, Key, Text, Value};

/// A value, or why there is none.
pub(super) type Outcome<'v> = Result<Value<'v>, Failure>;

/// The steps that one evaluation may take. The API server allows as many units of cost for one expression.
pub(super) const MOST_STEPS: u64 = 10_000_000;

/// What asking the model costs.
const STEPS_A_QUESTION: u64 = 100;

/// The variable in which the macros keep their result; not writable in an expression.
pub(super) const RESULT: &str = "@result";

/// What the macros that make maps call to add an entry.
pub(super) const MAP_INSERT: &str = "cel.@mapInsert";

/// The variables, and what is left of the steps.
pub(super) struct Evaluation<'l, 'v> {
    library: &'l Library,
    /// Who answers questions about a model, where the expression may ask some.
    oracle: Option<&'l dyn Oracle>,
    variables: Vec<(Box<str>, Outcome<'v>)>,
    steps_left: u64,
}

impl<'l, 'v> Evaluation<'l, 'v> {
    pub(super) fn new(library: &'l Library, variables: Vec<(Box<str>, Value<'v>)>, steps: u64) -> Self {
        Self {
            library,
            oracle: None,
            variables: variables.into_iter().map(|(name, value)| (name, Ok(value))).collect(),
            steps_left: steps,
        }
    }

    /// An evaluation without variables, of an expression that may ask about a model.
    pub(super) fn asking(library: &'l Library, oracle: &'l dyn Oracle, steps: u64) -> Self {
        Self {
            oracle: Some(oracle),
            ..Self::new(library, Vec::new(), steps)
        }
    }

    fn pay(&mut self, steps: u64) -> Result<(), Failure> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Failure::Cost)?;
        Ok(())
    }

    pub(super) fn value(&mut self, expr: &IdedExpr) -> Outcome<'v> {
        self.pay(1)?;
        match &expr.expr {
            Expr::Literal(literal) => Ok(of_literal(literal)),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => {
                let operand = self.value(&select.operand)?;
                let key = Value::Text(Text::Borrowed(&select.field));
                if select.test {
                    return Ok(Value::Bool(find(&operand, &key)?.is_some()));
                }
                self::select(&operand, &key)
            }
            Expr::List(list) => self.list(list),
            Expr::Map(map) => self.map(map),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(fold) => self.fold(fold),
            Expr::Struct(_) | Expr::Unspecified => Err(Failure::of("messages are not known here")),
        }
    }

    fn variable(&self, name: &str) -> Outcome<'v> {
        let bound = self.variables.iter().rev().find(|(bound, _)| **bound == *name);
        match bound {
            Some((_, outcome)) => outcome.clone(),
            None => of_type(name).ok_or_else(|| Failure::Unbound(name.to_owned())),
        }
    }

    fn list(&mut self, list: &ListExpr) -> Outcome<'v> {
        let mut items = Vec::with_capacity(list.elements.len());
        for (index, element) in list.elements.iter().enumerate() {
            let value = self.value(element)?;
            if list.optional_indices.contains(&index) {
                items.extend(unwrapped(value)?);
            } else {
                items.push(value);
            }
        }
        Ok(Value::list(items))
    }

    fn map(&mut self, map: &MapExpr) -> Outcome<'v> {
        let mut entries = Entries::default();
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return Err(Failure::of("messages are not known here"));
            };
            let key = self.value(&entry.key)?;
            let value = self.value(&entry.value)?;
            let value = if entry.optional { unwrapped(value)? } else { Some(value) };
            let Some(value) = value else { continue };
            let key = match key {
                Value::Double(_) => None,
                key => key.key(),
            };
            let key = key.ok_or_else(|| Failure::of("the key of a map is of a type that can't be one"))?;
            if !entries.insert(key, value) {
                return Err(Failure::of("a key stands twice in a map"));
            }
        }
        Ok(Value::Map(Rc::new(entries)))
    }

    fn call(&mut self, call: &CallExpr) -> Outcome<'v> {
        let name = call.func_name.as_str();
        match (name, call.args.as_slice()) {
            (operators::CONDITIONAL, [condition, yes, no]) => match self.value(condition)? {
                Value::Bool(true) => self.value(yes),
                Value::Bool(false) => self.value(no),
                other => Err(no_overload("?:", &[&other])),
            },
            (operators::LOGICAL_OR, [left, right]) => self.logical(name, left, right, true),
            (operators::LOGICAL_AND, [left, right]) => self.logical(name, left, right, false),
            // True of an error too: the loop of a macro goes on until something decides.
            (operators::NOT_STRICTLY_FALSE, [value]) => match self.value(value) {
                Ok(Value::Bool(value)) => Ok(Value::Bool(value)),
                Err(Failure::Cost) => Err(Failure::Cost),
                _ => Ok(Value::Bool(true)),
            },
            (operators::LOGICAL_NOT, [value]) => match self.value(value)? {
                Value::Bool(value) => Ok(Value::Bool(!value)),
                other => Err(no_overload(name, &[&other])),
            },
            (operators::INDEX, [operand, index]) => {
                let is_literal = matches!(index.expr, Expr::Literal(_));
                let (operand, index) = (self.value(operand)?, self.value(index)?);
                select(&operand, &index).map_err(|failure| match failure {
                    // A key that comes from a document may be a secret.
                    Failure::NoSuchKey(_) if !is_literal => Failure::of("a map has no such key"),
                    failure => failure,
                })
            }
            (operators::OPT_INDEX | operators::OPT_SELECT, [operand, index]) => {
                let (operand, index) = (self.value(operand)?, self.value(index)?);
                Ok(Value::optional(find(&operand, &index)?))
            }
            (operators::ADD, [left, right]) if is_result(left) && matches!(right.expr, Expr::List(_)) => {
                self.append(right)
            }
            (MAP_INSERT, [left, key, value]) if is_result(left) => self.insert(key, value),
            // These look at their other argument only when they need it.
            ("orValue" | "or", [other]) => match &call.target {
                Some(target) => match self.value(target)? {
                    Value::Optional(Some(value)) if name == "orValue" => Ok(Value::clone(&value)),
                    Value::Optional(None) => self.value(other),
                    some @ Value::Optional(Some(_)) => Ok(some),
                    target => Err(no_overload(name, &[&target])),
                },
                None => Err(Failure::Unbound(name.to_owned())),
            },
            _ => self.function(call),
        }
    }

    /// `||` and `&&`: what decides counts, whatever the other side is; else the first error does.
    fn logical(&mut self, name: &str, left: &IdedExpr, right: &IdedExpr, decisive: bool) -> Outcome<'v> {
        let left = self.value(left);
        if matches!(left, Err(Failure::Cost)) || matches!(left, Ok(Value::Bool(value)) if value == decisive) {
            return left;
        }
        let right = self.value(right);
        if matches!(right, Err(Failure::Cost)) || matches!(right, Ok(Value::Bool(value)) if value == decisive) {
            return right;
        }
        match (left?, right?) {
            (Value::Bool(_), Value::Bool(_)) => Ok(Value::Bool(!decisive)),
            (left, right) => Err(no_overload(name, &[&left, &right])),
        }
    }

    /// `@result + [x]`, as the macros build lists: adds to the list in place.
    fn append(&mut self, right: &IdedExpr) -> Outcome<'v> {
        let right = self.value(right)?;
        match (self.take_result()?, right) {
            (Value::List(mut items), Value::List(more)) => {
                Rc::make_mut(&mut items).extend(more.iter().cloned());
                Ok(Value::List(items))
            }
            (left, right) => arithmetic(operators::ADD, &left, &right),
        }
    }

    /// Adds an entry to the map in the loop's result.
    fn insert(&mut self, key: &IdedExpr, value: &IdedExpr) -> Outcome<'v> {
        let (key, value) = (self.value(key)?, self.value(value)?);
        match (self.take_result()?, key.key()) {
            (Value::Map(mut map), Some(key)) => {
                if !Rc::make_mut(&mut map).insert(key, value) {
                    return Err(Failure::of("a key stands twice in a map"));
                }
                Ok(Value::Map(map))
            }
            (map, _) => Err(no_overload("transformMap", &[&map, &key])),
        }
    }

    /// Takes the loop's result out of its variable: nobody else reads it before it is bound anew.
    fn take_result(&mut self) -> Outcome<'v> {
        let mut bound = self.variables.iter_mut().rev();
        match bound.find(|(name, _)| **name == *RESULT) {
            Some((_, Ok(value))) => Ok(std::mem::replace(value, Value::Null)),
            Some((_, Err(failure))) => Err(failure.clone()),
            None => Err(Failure::Unbound(RESULT.to_owned())),
        }
    }

    fn function(&mut self, call: &CallExpr) -> Outcome<'v> {
        let (name, target) = self.library.resolve(call);
        let mut args = Vec::with_capacity(call.args.len() + 1);
        for arg in target.into_iter().chain(&call.args) {
            args.push(self.value(arg)?);
        }
        self.pay(args.iter().map(Value::weight).sum())?;
        match (&*name, args.as_slice()) {
            (operators::EQUALS, [a, b]) => Ok(Value::Bool(equal(a, b))),
            (operators::NOT_EQUALS, [a, b]) => Ok(Value::Bool(!equal(a, b))),
            (operators::LESS, [a, b]) => compare(&name, a, b, Ordering::is_lt),
            (operators::LESS_EQUALS, [a, b]) => compare(&name, a, b, Ordering::is_le),
            (operators::GREATER, [a, b]) => compare(&name, a, b, Ordering::is_gt),
            (operators::GREATER_EQUALS, [a, b]) => compare(&name, a, b, Ordering::is_ge),
            (operators::IN, [item, container]) => contains(item, container).map(Value::Bool),
            (operators::NEGATE, [value]) => negate(value),
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                [a, b],
            ) => arithmetic(&name, a, b),
            (name, args) => {
                let function = self.library.implementation(name, target.is_some(), args)?;
                if let Some(oracle) = self.oracle.filter(|_| library::is_question(name)) {
                    self.pay(STEPS_A_QUESTION)?;
                    return ask(oracle, name, args);
                }
                function(args)
            }
        }
    }

    /// The parser writes macros out as loops. An error is kept in the loop's result, so that a later item may still
    /// decide what `all` and `exists` say.
    fn fold(&mut self, fold: &ComprehensionExpr) -> Outcome<'v> {
        let range = self.value(&fold.iter_range)?;
        let rounds: Vec<(Value<'v>, Value<'v>)> = match &range {
            Value::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (Value::count(index), item.clone()))
                .collect(),
            Value::Map(map) => map.iter().map(|(key, value)| (key.value(), value.clone())).collect(),
            other => return Err(no_overload("a macro", &[other])),
        };
        let is_map = matches!(range, Value::Map(_));
        let mut result = self.value(&fold.accu_init);
        let outer = self.variables.len();
        for (index, item) in rounds {
            if matches!(result, Err(Failure::Cost)) {
                break;
            }
            self.variables.push((fold.accu_var.as_str().into(), result));
            if let Some(second) = &fold.iter_var2 {
                self.variables.push((fold.iter_var.as_str().into(), Ok(index)));
                self.variables.push((second.as_str().into(), Ok(item)));
            } else {
                let bound = if is_map { index } else { item };
                self.variables.push((fold.iter_var.as_str().into(), Ok(bound)));
            }
            let goes_on = self.value(&fold.loop_cond);
            let step = match goes_on {
                Ok(Value::Bool(true)) => Some(self.value(&fold.loop_step)),
                Err(Failure::Cost) => Some(Err(Failure::Cost)),
                _ => None,
            };
            self.variables.truncate(outer + 1);
            let before = self.variables.pop().map_or(Ok(Value::Null), |(_, result)| result);
            if let Some(step) = step {
                result = step;
            } else {
                result = before;
                break;
            }
        }
        self.variables.push((fold.accu_var.as_str().into(), result));
        let value = self.value(&fold.result);
        self.variables.truncate(outer);
        value
    }
}

/// What the model says.
fn ask<'v>(oracle: &dyn Oracle, question: &str, args: &[Value<'_>]) -> Outcome<'v> {
    let word = |value: &Value<'_>| match value {
        Value::Text(text) => Ok(Word::Text(text.as_str().to_owned())),
        Value::Int(number) => Ok(Word::Number(*number)),
        other => Err(no_overload(question, &[other])),
    };
    let words = args.iter().map(word).collect::<Result<Vec<_>, _>>()?;
    match oracle.answer(question, &words).map_err(Failure::of)? {
        Answer::Is(answer) => Ok(Value::Bool(answer)),
        Answer::Ids(ids) => {
            let ids = ids.into_iter().map(|id| Value::Text(Text::Owned(id.into())));
            Ok(Value::list(ids))
        }
    }
}

/// `x.f` and `x[i]`. Of an optional it is an optional.
fn select<'v>(operand: &Value<'v>, key: &Value<'_>) -> Outcome<'v> {
    let found = find(operand, key)?;
    if let Value::Optional(_) = operand {
        return Ok(Value::optional(found));
    }
    found.ok_or_else(|| match (operand, key) {
        (Value::List(_), _) => Failure::OutOfBounds,
        (_, Value::Text(key)) => Failure::NoSuchKey(key.as_str().to_owned()),
        _ => Failure::of("a map has no such key"),
    })
}

/// What stands under a key or at an index, if anything does.
fn find<'v>(operand: &Value<'v>, key: &Value<'_>) -> Result<Option<Value<'v>>, Failure> {
    match operand {
        Value::Optional(Some(value)) => find(value, key),
        Value::Map(map) => Ok(key.key().and_then(|key| map.get(&key).cloned())),
        Value::List(items) => match key.key() {
            Some(Key::Number(index)) => Ok(usize::try_from(index).ok().and_then(|index| items.get(index).cloned())),
            _ => Err(no_overload("[]", &[operand, key])),
        },
        // Neither a map nor a list: nothing is there.
        _ => Ok(None),
    }
}

fn compare<'v>(function: &str, a: &Value<'v>, b: &Value<'v>, holds: fn(Ordering) -> bool) -> Outcome<'v> {
    Ok(Value::Bool(order(function, a, b)?.is_some_and(holds)))
}

fn is_result(expr: &IdedExpr) -> bool {
    matches!(&expr.expr, Expr::Ident(name) if name == RESULT)
}

/// The value of an optional that a literal asks for with `?`.
fn unwrapped(value: Value<'_>) -> Result<Option<Value<'_>>, Failure> {
    match value {
        Value::Optional(inner) => Ok(inner.map(|value| Value::clone(&value))),
        other => Err(no_overload("?", &[&other])),
    }
}

fn of_literal<'v>(literal: &LiteralValue) -> Value<'v> {
    match literal {
        LiteralValue::Null => Value::Null,
        LiteralValue::Boolean(value) => Value::Bool(*value.inner()),
        LiteralValue::Int(value) => Value::Int(*value.inner()),
        LiteralValue::UInt(value) => Value::Uint(*value.inner()),
        LiteralValue::Double(value) => Value::Double(*value.inner()),
        LiteralValue::String(value) => Value::Text(Text::Owned(value.inner().into())),
        LiteralValue::Bytes(value) => Value::Bytes(value.inner().into()),
    }
}

/// The names of types are variables that hold the type.
fn of_type<'v>(name: &str) -> Option<Value<'v>> {
    super::types::NAMED
        .iter()
        .find(|known| **known == name)
        .map(|name| Value::Type(name))
}

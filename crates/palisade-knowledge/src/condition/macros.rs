//! The parser, with the macros that newer versions of Kubernetes have: those that bind two variables.

use std::sync::{Arc, LazyLock};

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr, operators};
use cel::parser::{Macro, MacroExprHelper, ParseError};
use cel::{DeclarationError, Env, extensions};

use super::evaluate::{MAP_INSERT, RESULT};

/// The environment that parses all expressions. Only its macros are of use: functions are ours.
pub(super) fn environment() -> Arc<Env> {
    static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
        let mut env = Env::stdlib();
        let extended = extend(&mut env);
        debug_assert_eq!(extended, Ok(()), "no macro is declared twice");
        Arc::new(env)
    });
    Arc::clone(&ENVIRONMENT)
}

fn extend(env: &mut Env) -> Result<(), DeclarationError> {
    // It brings the macro `sortBy`.
    env.add_extension(extensions::lists)?;
    env.add_macro(Macro::receiver("all", 3, |helper, target, args| {
        logical(helper, target, args, true)
    }))?;
    env.add_macro(Macro::receiver("exists", 3, |helper, target, args| {
        logical(helper, target, args, false)
    }))?;
    for name in ["existsOne", "exists_one"] {
        env.add_macro(Macro::receiver(name, 3, exists_one))?;
    }
    for count in [3, 4] {
        env.add_macro(Macro::receiver("transformList", count, transform_list))?;
        env.add_macro(Macro::receiver("transformMap", count, transform_map))?;
    }
    Ok(())
}

type Expansion = Result<Option<IdedExpr>, ParseError>;

/// The parts of `range.macro(first, second, …)`.
struct Parts {
    range: IdedExpr,
    first: String,
    second: String,
    /// What follows the variables.
    rest: Vec<IdedExpr>,
}

impl Parts {
    fn take(
        helper: &MacroExprHelper<'_>,
        target: &mut Option<IdedExpr>,
        args: &mut Vec<IdedExpr>,
    ) -> Result<Self, ParseError> {
        let mut rest = std::mem::take(args).into_iter();
        let mut variable = || {
            let arg = rest.next().unwrap_or_default();
            match arg.expr {
                Expr::Ident(name) => Ok(name),
                _ => Err(helper.new_error(arg.id, "a variable of a macro must be a simple name")),
            }
        };
        let (first, second) = (variable()?, variable()?);
        Ok(Self {
            range: target.take().unwrap_or_default(),
            first,
            second,
            rest: rest.collect(),
        })
    }

    /// The last part, and the condition before it, if there is one.
    fn body(&mut self) -> (IdedExpr, Option<IdedExpr>) {
        let body = self.rest.pop().unwrap_or_default();
        (body, self.rest.pop())
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a macro returns")]
    fn fold(
        self,
        helper: &mut MacroExprHelper<'_>,
        init: IdedExpr,
        goes_on: IdedExpr,
        step: IdedExpr,
        result: IdedExpr,
    ) -> Expansion {
        let fold = ComprehensionExpr {
            iter_range: self.range,
            iter_var: self.first,
            iter_var2: Some(self.second),
            accu_var: RESULT.to_owned(),
            accu_init: init,
            loop_cond: goes_on,
            loop_step: step,
            result,
        };
        Ok(Some(helper.next_expr(Expr::Comprehension(Box::new(fold)))))
    }
}

/// `all` and `exists`: an error counts only where nothing decides.
fn logical(
    helper: &mut MacroExprHelper<'_>,
    target: &mut Option<IdedExpr>,
    args: &mut Vec<IdedExpr>,
    is_all: bool,
) -> Expansion {
    let mut parts = Parts::take(helper, target, args)?;
    let (predicate, _) = parts.body();
    let init = boolean(helper, is_all);
    let mut so_far = result(helper);
    if !is_all {
        so_far = call(helper, operators::LOGICAL_NOT, vec![so_far]);
    }
    let goes_on = call(helper, operators::NOT_STRICTLY_FALSE, vec![so_far]);
    let operator = if is_all {
        operators::LOGICAL_AND
    } else {
        operators::LOGICAL_OR
    };
    let before = result(helper);
    let step = call(helper, operator, vec![before, predicate]);
    let last = result(helper);
    parts.fold(helper, init, goes_on, step, last)
}

fn exists_one(helper: &mut MacroExprHelper<'_>, target: &mut Option<IdedExpr>, args: &mut Vec<IdedExpr>) -> Expansion {
    let mut parts = Parts::take(helper, target, args)?;
    let (predicate, _) = parts.body();
    let init = integer(helper, 0);
    let goes_on = boolean(helper, true);
    let (before, one) = (result(helper), integer(helper, 1));
    let more = call(helper, operators::ADD, vec![before, one]);
    let same = result(helper);
    let step = call(helper, operators::CONDITIONAL, vec![predicate, more, same]);
    let (count, one) = (result(helper), integer(helper, 1));
    let last = call(helper, operators::EQUALS, vec![count, one]);
    parts.fold(helper, init, goes_on, step, last)
}

fn transform_list(
    helper: &mut MacroExprHelper<'_>,
    target: &mut Option<IdedExpr>,
    args: &mut Vec<IdedExpr>,
) -> Expansion {
    let mut parts = Parts::take(helper, target, args)?;
    let (transform, filter) = parts.body();
    let init = helper.next_expr(Expr::List(ListExpr::new(Vec::new())));
    let before = result(helper);
    let item = helper.next_expr(Expr::List(ListExpr::new(vec![transform])));
    let step = call(helper, operators::ADD, vec![before, item]);
    transforming(helper, parts, init, step, filter)
}

fn transform_map(
    helper: &mut MacroExprHelper<'_>,
    target: &mut Option<IdedExpr>,
    args: &mut Vec<IdedExpr>,
) -> Expansion {
    let mut parts = Parts::take(helper, target, args)?;
    let (transformed, filter) = parts.body();
    let init = helper.next_expr(Expr::Map(MapExpr::default()));
    let before = result(helper);
    let key = helper.next_expr(Expr::Ident(parts.first.clone()));
    let step = call(helper, MAP_INSERT, vec![before, key, transformed]);
    transforming(helper, parts, init, step, filter)
}

fn transforming(
    helper: &mut MacroExprHelper<'_>,
    parts: Parts,
    init: IdedExpr,
    step: IdedExpr,
    filter: Option<IdedExpr>,
) -> Expansion {
    let goes_on = boolean(helper, true);
    let step = match filter {
        Some(filter) => {
            let same = result(helper);
            call(helper, operators::CONDITIONAL, vec![filter, step, same])
        }
        None => step,
    };
    let last = result(helper);
    parts.fold(helper, init, goes_on, step, last)
}

fn result(helper: &mut MacroExprHelper<'_>) -> IdedExpr {
    helper.next_expr(Expr::Ident(RESULT.to_owned()))
}

fn boolean(helper: &mut MacroExprHelper<'_>, value: bool) -> IdedExpr {
    helper.next_expr(Expr::Literal(LiteralValue::Boolean(value.into())))
}

fn integer(helper: &mut MacroExprHelper<'_>, value: i64) -> IdedExpr {
    helper.next_expr(Expr::Literal(LiteralValue::Int(value.into())))
}

fn call(helper: &mut MacroExprHelper<'_>, name: &str, args: Vec<IdedExpr>) -> IdedExpr {
    helper.next_expr(Expr::Call(CallExpr {
        func_name: name.to_owned(),
        target: None,
        args,
    }))
}

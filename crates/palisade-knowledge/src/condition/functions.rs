//! The functions that conditions may call: CEL's own, its string extension, and those that Kubernetes adds.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use cel::common::types::{CelBool, CelInt, CelList, CelString, DYN_TYPE, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload, extensions};
use regex::Regex;

use super::quantity::Quantity;

/// The environment that all conditions share.
pub(super) fn environment() -> Arc<Env> {
    static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| {
        let mut env = Env::stdlib();
        let extended = extend(&mut env);
        debug_assert_eq!(extended, Ok(()), "no name is declared twice");
        Arc::new(env)
    });
    Arc::clone(&ENVIRONMENT)
}

fn extend(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_extension(extensions::strings)?;
    add_member_overload!(env, fn matches: (CelString, CelString) -> Result<CelBool>)?;
    add_member_overload!(env, fn find: (CelString, CelString) -> Result<CelString>)?;
    add_member_overload!(env, fn find_all: (CelString, CelString) -> Result<CelList>)?;
    env.add_member_overload("indexOf", "list_index_of", LIST_TYPE, vec![DYN_TYPE], list_index_of)?;
    env.add_member_overload(
        "lastIndexOf",
        "list_last_index_of",
        LIST_TYPE,
        vec![DYN_TYPE],
        list_last_index_of,
    )?;
    add_overload!(env, fn quantity: (CelString) -> Result<Quantity>)?;
    add_overload!(env, fn is_quantity: (CelString) -> CelBool)?;
    add_member_overload!(env, fn is_less_than: (Quantity, Quantity) -> CelBool)?;
    add_member_overload!(env, fn is_greater_than: (Quantity, Quantity) -> CelBool)?;
    add_member_overload!(env, fn compare_to: (Quantity, Quantity) -> CelInt)?;
    add_member_overload!(env, fn sign: (Quantity) -> CelInt)?;
    Ok(())
}

/// The compiled pattern. Patterns are literals of conditions, so that there are few.
fn pattern(source: &str) -> Result<Arc<Regex>, ExecutionError> {
    static COMPILED: LazyLock<RwLock<HashMap<String, Arc<Regex>>>> = LazyLock::new(RwLock::default);
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known.get(source) {
        return Ok(Arc::clone(regex));
    }
    drop(known);
    let regex = Regex::new(source).map_err(|error| ExecutionError::function_error("matches", error))?;
    let mut known = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    Ok(Arc::clone(known.entry(source.to_owned()).or_insert(Arc::new(regex))))
}

fn matches(text: &CelString<'_>, regex: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    Ok(pattern(regex.inner())?.is_match(text.inner()).into())
}

/// The first match, or nothing.
fn find(text: &CelString<'_>, regex: &CelString<'_>) -> Result<CelString<'static>, ExecutionError> {
    let found = pattern(regex.inner())?
        .find(text.inner())
        .map_or_else(String::new, |found| found.as_str().to_owned());
    Ok(found.into())
}

fn find_all(text: &CelString<'_>, regex: &CelString<'_>) -> Result<CelList<'static>, ExecutionError> {
    let found: Vec<Box<dyn Val>> = pattern(regex.inner())?
        .find_iter(text.inner())
        .map(|found| Box::new(CelString::from(found.as_str().to_owned())) as Box<dyn Val>)
        .collect();
    Ok(found.into())
}

/// Kubernetes' `indexOf` of lists.
fn list_index_of<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [list, item] = list_and_item(args)?;
    Ok(index(items(&list).iter().position(|other| other.equals(&*item))))
}

/// Kubernetes' `lastIndexOf` of lists.
fn list_last_index_of<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let [list, item] = list_and_item(args)?;
    Ok(index(items(&list).iter().rposition(|other| other.equals(&*item))))
}

fn list_and_item<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<[CowVal<'b, 'v>; 2], ExecutionError> {
    let count = args.len();
    args.try_into()
        .map_err(|_| ExecutionError::invalid_argument_count(2, count))
}

fn items<'a, 'v>(list: &'a CowVal<'_, 'v>) -> &'a [Box<dyn Val + 'v>] {
    list.downcast_ref::<CelList>().map_or(&[], CelList::inner)
}

fn index<'b, 'v>(index: Option<usize>) -> CowVal<'b, 'v> {
    CowVal::owned(CelInt::from(
        index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1),
    ))
}

fn quantity(text: &CelString<'_>) -> Result<Quantity, ExecutionError> {
    Quantity::parse(text.inner()).ok_or_else(|| ExecutionError::function_error("quantity", "it is not a quantity"))
}

fn is_quantity(text: &CelString<'_>) -> CelBool {
    Quantity::parse(text.inner()).is_some().into()
}

fn is_less_than(a: &Quantity, b: &Quantity) -> CelBool {
    (a < b).into()
}

fn is_greater_than(a: &Quantity, b: &Quantity) -> CelBool {
    (a > b).into()
}

fn compare_to(a: &Quantity, b: &Quantity) -> CelInt {
    CelInt::from(a.cmp(b) as i64)
}

fn sign(a: &Quantity) -> CelInt {
    a.sign().into()
}

//! Lists: what Kubernetes adds, and CEL's own extension.

use std::cmp::Ordering;

use super::Row;
use super::Style::{Global, Member};
use crate::condition::evaluate::Outcome;
use crate::condition::failure::Failure;
use crate::condition::operators::{arithmetic, equal, order};
use crate::condition::value::Value;

pub(super) const TABLE: &[Row] = &[
    (0, Member, "indexOf", "list(A) A", "int", index_of),
    (0, Member, "lastIndexOf", "list(A) A", "int", last_index_of),
    (0, Member, "isSorted", "list(int)", "bool", is_sorted),
    (0, Member, "isSorted", "list(uint)", "bool", is_sorted),
    (0, Member, "isSorted", "list(double)", "bool", is_sorted),
    (0, Member, "isSorted", "list(bool)", "bool", is_sorted),
    (0, Member, "isSorted", "list(duration)", "bool", is_sorted),
    (0, Member, "isSorted", "list(timestamp)", "bool", is_sorted),
    (0, Member, "isSorted", "list(string)", "bool", is_sorted),
    (0, Member, "isSorted", "list(bytes)", "bool", is_sorted),
    (0, Member, "sum", "list(int)", "int", sum),
    (0, Member, "sum", "list(uint)", "uint", sum),
    (0, Member, "sum", "list(double)", "double", sum),
    (0, Member, "sum", "list(duration)", "duration", sum),
    (0, Member, "min", "list(int)", "int", min),
    (0, Member, "min", "list(uint)", "uint", min),
    (0, Member, "min", "list(double)", "double", min),
    (0, Member, "min", "list(bool)", "bool", min),
    (0, Member, "min", "list(duration)", "duration", min),
    (0, Member, "min", "list(timestamp)", "timestamp", min),
    (0, Member, "min", "list(string)", "string", min),
    (0, Member, "min", "list(bytes)", "bytes", min),
    (0, Member, "max", "list(int)", "int", max),
    (0, Member, "max", "list(uint)", "uint", max),
    (0, Member, "max", "list(double)", "double", max),
    (0, Member, "max", "list(bool)", "bool", max),
    (0, Member, "max", "list(duration)", "duration", max),
    (0, Member, "max", "list(timestamp)", "timestamp", max),
    (0, Member, "max", "list(string)", "string", max),
    (0, Member, "max", "list(bytes)", "bytes", max),
    (34, Global, "lists.range", "int", "list(int)", range),
    (34, Member, "slice", "list(A) int int", "list(A)", slice),
    (34, Member, "flatten", "list(list(A))", "list(A)", flatten),
    (34, Member, "flatten", "list(dyn) int", "list(dyn)", flatten),
    (34, Member, "distinct", "list(A)", "list(A)", distinct),
    (34, Member, "reverse", "list(A)", "list(A)", reverse),
    (34, Member, "sort", "list(int)", "list(int)", sort),
    (34, Member, "sort", "list(uint)", "list(uint)", sort),
    (34, Member, "sort", "list(double)", "list(double)", sort),
    (34, Member, "sort", "list(bool)", "list(bool)", sort),
    (34, Member, "sort", "list(duration)", "list(duration)", sort),
    (34, Member, "sort", "list(timestamp)", "list(timestamp)", sort),
    (34, Member, "sort", "list(string)", "list(string)", sort),
    (34, Member, "sort", "list(bytes)", "list(bytes)", sort),
    (
        34,
        Member,
        "@sortByAssociatedKeys",
        "list(A) list(B)",
        "list(A)",
        sort_by,
    ),
];

/// The most numbers that `lists.range` makes.
const LONGEST_RANGE: i64 = 1_000_000;

fn index_of<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::List(items), item] => Ok(index(items.iter().position(|other| equal(other, item)))),
        _ => Err(super::misused("indexOf", args)),
    }
}

fn last_index_of<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::List(items), item] => Ok(index(items.iter().rposition(|other| equal(other, item)))),
        _ => Err(super::misused("lastIndexOf", args)),
    }
}

fn index<'v>(index: Option<usize>) -> Value<'v> {
    index.map_or(Value::Int(-1), Value::count)
}

fn is_sorted<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let items = list(args)?;
    for pair in items.windows(2) {
        if let [a, b] = pair
            && order("isSorted", a, b)? == Some(Ordering::Greater)
        {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

/// The sum; of an empty list it is 0, whatever its items would have been.
fn sum<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let mut items = list(args)?.iter();
    let Some(first) = items.next().cloned() else {
        return Ok(Value::Int(0));
    };
    items.try_fold(first, |sum, item| arithmetic("_+_", &sum, item))
}

fn min<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    extreme(args, "min", Ordering::Less)
}

fn max<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    extreme(args, "max", Ordering::Greater)
}

fn extreme<'v>(args: &[Value<'v>], name: &str, wanted: Ordering) -> Outcome<'v> {
    let mut items = list(args)?.iter();
    let Some(mut best) = items.next() else {
        return Err(Failure::of(format!("`{name}` of an empty list")));
    };
    for item in items {
        if order(name, item, best)? == Some(wanted) {
            best = item;
        }
    }
    Ok(best.clone())
}

fn range<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::Int(count)] if *count > LONGEST_RANGE => Err(Failure::Cost),
        [Value::Int(count)] => Ok(Value::list((0..*count).map(Value::Int))),
        _ => Err(super::misused("lists.range", args)),
    }
}

fn slice<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let [Value::List(items), Value::Int(start), Value::Int(end)] = args else {
        return Err(super::misused("slice", args));
    };
    let part = usize::try_from(*start)
        .ok()
        .zip(usize::try_from(*end).ok())
        .and_then(|(start, end)| items.get(start..end));
    match part {
        Some(part) => Ok(Value::list(part.iter().cloned())),
        None => Err(Failure::OutOfBounds),
    }
}

fn flatten<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let depth = match args {
        [_, Value::Int(depth)] if *depth < 0 => return Err(Failure::of("`flatten` to a negative depth")),
        [_, Value::Int(depth)] => *depth,
        _ => 1,
    };
    let mut flat = Vec::new();
    flatten_into(list(args)?, depth, &mut flat);
    Ok(Value::list(flat))
}

fn flatten_into<'v>(items: &[Value<'v>], depth: i64, flat: &mut Vec<Value<'v>>) {
    for item in items {
        match item {
            Value::List(inner) if depth > 0 => flatten_into(inner, depth - 1, flat),
            other => flat.push(other.clone()),
        }
    }
}

fn distinct<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let items = list(args)?;
    // It looks at every pair.
    if items.len() > 4_000 {
        return Err(Failure::Cost);
    }
    let mut kept: Vec<Value<'v>> = Vec::new();
    for item in items {
        if !kept.iter().any(|other| equal(other, item)) {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn reverse<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    Ok(Value::list(list(args)?.iter().rev().cloned()))
}

fn sort<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    let items = list(args)?;
    sorted(items, items)
}

fn sort_by<'v>(args: &[Value<'v>]) -> Outcome<'v> {
    match args {
        [Value::List(items), Value::List(keys)] if items.len() == keys.len() => sorted(items, keys),
        _ => Err(super::misused("sortBy", args)),
    }
}

fn sorted<'v>(items: &[Value<'v>], keys: &[Value<'v>]) -> Outcome<'v> {
    let Some(first) = keys.first() else {
        return Ok(Value::list([]));
    };
    if keys.iter().any(|key| key.type_name() != first.type_name()) {
        return Err(Failure::of("`sort` of items of different types"));
    }
    order("sort", first, first)?;
    let mut pairs: Vec<_> = keys.iter().zip(items).collect();
    pairs.sort_by(|(a, _), (b, _)| order("sort", a, b).ok().flatten().unwrap_or(Ordering::Equal));
    Ok(Value::list(pairs.into_iter().map(|(_, item)| item.clone())))
}

/// The list that a function is called on.
fn list<'a, 'v>(args: &'a [Value<'v>]) -> Result<&'a [Value<'v>], Failure> {
    match args.first() {
        Some(Value::List(items)) => Ok(items),
        _ => Err(super::misused("list", args)),
    }
}

//! What an expression can read of its variables, from its tree alone.
//!
//! An abstract evaluation: every expression stands for the *places* of the document that its value may come from. Values
//! pass through `?:`, `orValue`, `+`, lists and the macros unread; selecting, indexing and looping lead to places further
//! down; anything else that takes a value reads the whole of it. What is not understood therefore reads too much, never
//! too little.

use std::collections::{BTreeMap, BTreeSet};

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

use super::library;

/// What is read of a value. Whether it is there, and of what kind it is, always counts as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reads {
    /// All of it.
    pub(super) whole: bool,
    /// The length of a list, the keys of a map.
    pub(super) size: bool,
    /// Single keys of a map.
    pub(super) keys: BTreeMap<Box<str>, Reads>,
    /// Each item of a list.
    pub(super) items: Option<Box<Reads>>,
    /// Each value of a map.
    pub(super) values: Option<Box<Reads>>,
}

/// What an expression reads of each free variable.
pub(super) fn of(expr: &IdedExpr) -> BTreeMap<Box<str>, Reads> {
    let mut analysis = Analysis::default();
    let value = analysis.value(expr);
    analysis.read_whole(&value);
    let roots = std::mem::take(&mut analysis.roots);
    roots
        .into_iter()
        .map(|(name, place)| (name, analysis.reads(place)))
        .collect()
}

/// An index into [`Analysis::places`].
type Place = usize;

/// A place of the document and what is known to be read of it; children are places as well.
#[derive(Default)]
struct Seen {
    whole: bool,
    size: bool,
    keys: BTreeMap<Box<str>, Place>,
    items: Option<Place>,
    values: Option<Place>,
}

/// Where a value may come from.
#[derive(Clone, Default)]
struct Origins {
    /// It may be the value of these places.
    places: BTreeSet<Place>,
    /// It may be a new list whose items come from there.
    items: Option<Box<Origins>>,
}

impl Origins {
    fn join(mut self, other: Origins) -> Origins {
        self.places.extend(other.places);
        self.items = match (self.items, other.items) {
            (Some(a), Some(b)) => Some(Box::new(a.join(*b))),
            (a, b) => a.or(b),
        };
        self
    }
}

#[derive(Default)]
struct Analysis<'a> {
    places: Vec<Seen>,
    roots: BTreeMap<Box<str>, Place>,
    /// The variables of the macros around the expression at hand, innermost last.
    scope: Vec<(&'a str, Origins)>,
}

impl<'a> Analysis<'a> {
    fn value(&mut self, expr: &'a IdedExpr) -> Origins {
        match &expr.expr {
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => {
                let operand = self.value(&select.operand);
                let field = self.field(&operand, &select.field);
                // `has(x.f)` asks whether it is there, no more.
                if select.test { Origins::default() } else { field }
            }
            Expr::List(list) => {
                let items = list.elements.iter().map(|item| self.value(item)).collect::<Vec<_>>();
                Origins {
                    places: BTreeSet::new(),
                    items: items.into_iter().reduce(Origins::join).map(Box::new),
                }
            }
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(fold) => self.comprehension(fold),
            Expr::Map(map) => {
                // What goes into a new map is read: where it comes out again is not followed.
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.whole(&entry.key);
                        self.whole(&entry.value);
                    }
                }
                Origins::default()
            }
            Expr::Literal(_) | Expr::Struct(_) | Expr::Unspecified => Origins::default(),
        }
    }

    fn variable(&mut self, name: &str) -> Origins {
        if let Some((_, origins)) = self.scope.iter().rev().find(|(bound, _)| *bound == name) {
            return origins.clone();
        }
        let known = self.roots.get(name).copied();
        let place = known.unwrap_or_else(|| self.new_place());
        self.roots.insert(name.into(), place);
        Origins {
            places: BTreeSet::from([place]),
            items: None,
        }
    }

    fn call(&mut self, call: &'a CallExpr) -> Origins {
        let (name, receiver) = library::get().resolve(call);
        match (&*name, receiver, call.args.as_slice()) {
            (operators::OPT_SELECT | operators::INDEX | operators::OPT_INDEX, None, [operand, index]) => {
                let operand = self.value(operand);
                match literal(index) {
                    Some(LiteralValue::String(key)) => self.field(&operand, key.inner()),
                    _ => self.indexed(&operand, index),
                }
            }
            (operators::CONDITIONAL, None, [condition, yes, no]) => {
                self.whole(condition);
                let yes = self.value(yes);
                yes.join(self.value(no))
            }
            (operators::ADD, None, [left, right]) | ("orValue" | "or", Some(left), [right]) => {
                let left = self.value(left);
                left.join(self.value(right))
            }
            ("value", Some(optional), []) => self.value(optional),
            ("optional.of", None, [value]) => self.value(value),
            ("hasValue", Some(optional), []) => {
                // Whether a place is there is known of every place.
                self.value(optional);
                Origins::default()
            }
            ("size", Some(value), []) | ("size", None, [value]) => {
                let value = self.value(value);
                for place in value.places {
                    self.update(place, |seen| seen.size = true);
                }
                Origins::default()
            }
            (operators::IN, None, [item, list]) => {
                self.membership(item, list);
                Origins::default()
            }
            (_, receiver, args) => {
                for value in receiver.into_iter().chain(args) {
                    self.whole(value);
                }
                Origins::default()
            }
        }
    }

    /// `item in list`: keys of a map, items of a list.
    fn membership(&mut self, item: &'a IdedExpr, list: &'a IdedExpr) {
        let list = self.value(list);
        if let Some(LiteralValue::String(key)) = literal(item) {
            self.field(&list, key.inner());
        } else {
            self.whole(item);
            for place in &list.places {
                self.update(*place, |seen| seen.size = true);
            }
        }
        let items = self.elements(&list, false);
        self.read_whole(&items);
    }

    /// An index that is no string literal: a position in a list, or any key of a map.
    fn indexed(&mut self, operand: &Origins, index: &'a IdedExpr) -> Origins {
        self.whole(index);
        for place in &operand.places {
            self.update(*place, |seen| seen.size = true);
        }
        self.elements(operand, true)
    }

    /// The parser writes macros out as loops over `@result`.
    fn comprehension(&mut self, fold: &'a ComprehensionExpr) -> Origins {
        let range = self.value(&fold.iter_range);
        for place in &range.places {
            self.update(*place, |seen| seen.size = true);
        }
        // Over a map, macros bind its keys, which its size has read already; with two variables the second is its value, or
        // the item of a list whose index is the first.
        let element = self.elements(&range, fold.iter_var2.is_some());
        let (first, second) = match &fold.iter_var2 {
            Some(second) => (Origins::default(), Some((second.as_str(), element))),
            None => (element, None),
        };
        let mut result = self.value(&fold.accu_init);
        // The second round sees what the first may have left in the result.
        for _ in 0..2 {
            let outer = self.scope.len();
            self.scope.push((&fold.iter_var, first.clone()));
            self.scope.extend(second.clone());
            self.scope.push((&fold.accu_var, result.clone()));
            self.whole(&fold.loop_cond);
            result = result.join(self.value(&fold.loop_step));
            self.scope.truncate(outer);
        }
        self.scope.push((&fold.accu_var, result));
        let result = self.value(&fold.result);
        self.scope.pop();
        result
    }

    fn whole(&mut self, expr: &'a IdedExpr) {
        let value = self.value(expr);
        self.read_whole(&value);
    }

    fn read_whole(&mut self, origins: &Origins) {
        for place in &origins.places {
            self.update(*place, |seen| seen.whole = true);
        }
        if let Some(items) = &origins.items {
            self.read_whole(items);
        }
    }

    fn field(&mut self, operand: &Origins, key: &str) -> Origins {
        let places = operand.places.iter().map(|place| {
            let known = self.places.get(*place).and_then(|seen| seen.keys.get(key).copied());
            known.unwrap_or_else(|| {
                let child = self.new_place();
                self.update(*place, |seen| {
                    seen.keys.insert(key.into(), child);
                });
                child
            })
        });
        Origins {
            places: places.collect(),
            items: None,
        }
    }

    /// What the items of a list come from; with `values`, also the values of a map.
    fn elements(&mut self, list: &Origins, values: bool) -> Origins {
        let mut places = BTreeSet::new();
        for place in &list.places {
            places.insert(self.child(*place, |seen| &mut seen.items));
            if values {
                places.insert(self.child(*place, |seen| &mut seen.values));
            }
        }
        let elements = Origins { places, items: None };
        match &list.items {
            Some(items) => elements.join((**items).clone()),
            None => elements,
        }
    }

    fn child(&mut self, place: Place, slot: fn(&mut Seen) -> &mut Option<Place>) -> Place {
        if let Some(known) = self.places.get_mut(place).and_then(|seen| *slot(seen)) {
            return known;
        }
        let child = self.new_place();
        self.update(place, |seen| *slot(seen) = Some(child));
        child
    }

    fn new_place(&mut self) -> Place {
        self.places.push(Seen::default());
        self.places.len() - 1
    }

    fn update(&mut self, place: Place, change: impl FnOnce(&mut Seen)) {
        if let Some(seen) = self.places.get_mut(place) {
            change(seen);
        }
    }

    fn reads(&self, place: Place) -> Reads {
        let Some(seen) = self.places.get(place) else {
            return Reads::default();
        };
        let below = |place: &Place| self.reads(*place);
        let values = seen.values.as_ref().map(below);
        let keys = seen.keys.iter().map(|(key, place)| {
            let mut reads = below(place);
            if let Some(values) = &values {
                reads.join(values);
            }
            (key.clone(), reads)
        });
        Reads {
            whole: seen.whole,
            size: seen.size,
            keys: keys.collect(),
            items: seen.items.as_ref().map(below).map(Box::new),
            values: values.clone().map(Box::new),
        }
    }
}

impl Reads {
    fn join(&mut self, other: &Reads) {
        self.whole |= other.whole;
        self.size |= other.size;
        for (key, reads) in &other.keys {
            self.keys.entry(key.clone()).or_default().join(reads);
        }
        join_optional(&mut self.items, other.items.as_deref());
        join_optional(&mut self.values, other.values.as_deref());
    }
}

fn join_optional(into: &mut Option<Box<Reads>>, other: Option<&Reads>) {
    if let Some(other) = other {
        into.get_or_insert_default().join(other);
    }
}

fn literal(expr: &IdedExpr) -> Option<&LiteralValue> {
    match &expr.expr {
        Expr::Literal(literal) => Some(literal),
        _ => None,
    }
}

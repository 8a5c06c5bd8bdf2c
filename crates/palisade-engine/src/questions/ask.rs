//! What questions about one system are asked with.

use std::collections::{BTreeMap, BTreeSet};

use palisade_inventory::{Amount, Intent};
use palisade_knowledge::Catalogue;

use super::{OpenQuestion, QuestionKind};
use crate::assessment::{AttackPath, SystemAssessment};
use crate::system::{ElementId, Evidence};

/// Elements and places that a question names.
const FEW: usize = 5;

/// One system, with what money hangs on.
pub(super) struct Interview<'a> {
    pub(super) system: &'a SystemAssessment,
    pub(super) catalogue: &'a Catalogue,
    pub(super) intent: &'a Intent,
    paths: BTreeMap<&'a str, &'a AttackPath>,
    elements: BTreeSet<&'a str>,
}

impl<'a> Interview<'a> {
    pub(super) fn new(system: &'a SystemAssessment, catalogue: &'a Catalogue, intent: &'a Intent) -> Self {
        let elements = system.system.elements.iter();
        Self {
            system,
            catalogue,
            intent,
            paths: system.paths.iter().map(|path| (&*path.id, path)).collect(),
            elements: elements.map(|element| element.id.as_str()).collect(),
        }
    }

    /// Whether an element is in this system.
    pub(super) fn holds(&self, element: &ElementId) -> bool {
        self.elements.contains(element.as_str())
    }

    /// The risks that have a path of this sort, in the mean of a year; none where risk was not computed.
    pub(super) fn risk_along(&self, is_such: impl Fn(&AttackPath) -> bool) -> Option<Amount> {
        self.system.risk.as_ref()?;
        let has_one = |ids: &[String]| {
            ids.iter()
                .any(|id| self.paths.get(&**id).is_some_and(|path| is_such(path)))
        };
        let risks = self.system.risks.iter().filter(|risk| has_one(&risk.paths));
        Some(sum(risks.map(|risk| risk.current.mean)))
    }

    /// The risks whose paths go through one of these elements.
    pub(super) fn risk_through(&self, elements: &BTreeSet<&ElementId>) -> Option<Amount> {
        self.risk_along(|path| {
            let mut on_it = path.steps.iter().flat_map(|step| [&step.from, &step.to]);
            elements.contains(&path.asset) || on_it.any(|id| elements.contains(id))
        })
    }

    /// A question about this system, without answers yet.
    pub(super) fn question(&self, kind: QuestionKind, asks: String, why: String) -> OpenQuestion {
        OpenQuestion {
            system: Some(self.system.system.root.clone()),
            kind,
            asks,
            why,
            hangs: None,
            concerns: 1,
            answers: Vec::new(),
            elements: Vec::new(),
            evidence: Vec::new(),
        }
    }

    /// An amount in whole units with its currency: `984,867 EUR`.
    pub(super) fn money(&self, amount: Amount) -> String {
        let currency = self.system.risk.as_ref().map_or("", |risk| &*risk.currency);
        let mut units = (amount.cents() + 50) / 100;
        let mut text = String::new();
        while units >= 1000 {
            text = format!(",{:03}{text}", units % 1000);
            units /= 1000;
        }
        format!("{units}{text} {currency}").trim_end().to_owned()
    }
}

/// The sum of amounts.
pub(super) fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    Amount::from_cents(amounts.map(Amount::cents).fold(0, u64::saturating_add))
}

/// The first few of a list.
pub(super) fn few<'a, T: Clone + 'a>(list: impl IntoIterator<Item = &'a T>) -> Vec<T> {
    list.into_iter().take(FEW).cloned().collect()
}

/// The first place of each, a few.
pub(super) fn places<'a>(evidence: impl IntoIterator<Item = &'a [Evidence]>) -> Vec<Evidence> {
    evidence
        .into_iter()
        .filter_map(|it| it.first())
        .take(FEW)
        .cloned()
        .collect()
}

/// `a`, `a and b`, `a, b and 3 more`.
pub(super) fn named(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, other] => format!("{one} and {other}"),
        [one, other, rest @ ..] => format!("{one}, {other} and {} more", rest.len()),
    }
}

/// Text as a YAML scalar, in single quotes.
pub(super) fn quoted(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", text.replace('\'', "''"))
}

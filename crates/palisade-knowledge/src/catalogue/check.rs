//! Checks that the entries fit together.

use palisade_inventory::offer;

use super::Catalogue;
use super::fault::Faults;
use crate::entry::{Examples, Weakness};
use crate::step::{AttackStep, Relation};

impl Catalogue {
    pub(super) fn check_weakness(&self, weakness: &Weakness) -> Faults {
        let mut faults = Faults::default();
        faults.unknown("techniques", &self.techniques, &weakness.techniques);
        faults.unknown("controls", &self.controls, &weakness.controls);
        check_examples(&weakness.examples, &mut faults);
        if weakness.stride.is_empty() {
            faults.add("stride", "`stride` names no category of threat");
        }
        if let Err(error) = weakness.when.check(weakness.applies_to.variables()) {
            faults.add("when", format!("`when`: {error}"));
        }
        if weakness.remedy.is_some() && weakness.applies_to.is_built() {
            faults.add("remedy", "`remedy` needs a view over single objects");
        }
        let first = weakness.applies_to.variables().first().copied().unwrap_or_default();
        if weakness.at == first || weakness.at.starts_with(&format!("{first}.")) {
            let help = format!("leave `{first}.` out: `at` starts below it");
            faults.with_help("at", "`at` does not point into the view", help);
        }
        faults
    }

    pub(super) fn check_step(&self, step: &AttackStep) -> Faults {
        let mut faults = Faults::default();
        faults.unknown("techniques", &self.techniques, &step.techniques);
        check_examples(&step.examples, &mut faults);
        if let Some(id) = step.weakness.as_ref().filter(|id| !self.weaknesses.contains_key(*id)) {
            let help = offer(id, self.weaknesses.keys().map(String::as_str));
            faults.dangling("weakness", format!("`weakness`: there is no entry `{id}`"), help);
        }
        if matches!(step.via, Relation::May | Relation::Reconciles) && step.permissions.is_empty() {
            faults.add("permissions", "the relations `may` and `reconciles` need `permissions`");
        }
        for clause in &step.also {
            if let Err(error) = clause.when.check(clause.applies_to.variables()) {
                faults.add("also", format!("`also`: {error}"));
            }
        }
        match (&step.when, step.applies_to) {
            (None, None) => {}
            (Some(when), Some(view)) => {
                if let Err(error) = when.check(view.variables()) {
                    faults.add("when", format!("`when`: {error}"));
                }
            }
            _ => faults.add("when", "`when` and `applies_to` need each other"),
        }
        faults
    }
}

/// A rule proves itself, or it is not a rule.
fn check_examples(examples: &Examples, faults: &mut Faults) {
    if examples.must_match.is_empty() || examples.must_not_match.is_empty() {
        faults.add("examples", "`examples` need one that must match and one that must not");
    }
}

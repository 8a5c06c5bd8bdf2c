//! Checks that the entries fit together.

use crate::catalogue::{Catalogue, CatalogueError};
use crate::entry::{Examples, Weakness};
use crate::step::{AttackStep, Relation};

impl Catalogue {
    /// Whether every reference leads somewhere and every condition can be evaluated. The first fault is the error.
    pub(super) fn check(&self) -> Result<(), CatalogueError> {
        for (id, weakness) in &self.weaknesses {
            self.check_weakness(weakness)
                .map_err(|message| fault("weaknesses", id, message))?;
        }
        for (id, step) in &self.steps {
            self.check_step(step).map_err(|message| fault("steps", id, message))?;
        }
        self.check_references()
    }

    fn check_weakness(&self, weakness: &Weakness) -> Result<(), String> {
        self.check_techniques(&weakness.techniques)?;
        if let Some(id) = weakness.controls.iter().find(|id| !self.controls.contains_key(*id)) {
            return Err(format!("`controls`: there is no entry `{id}`"));
        }
        check_examples(&weakness.examples)?;
        if weakness.stride.is_empty() {
            return Err("`stride` names no category of threat".to_owned());
        }
        weakness
            .when
            .check(weakness.applies_to.variables())
            .map_err(|error| format!("`when`: {error}"))
    }

    fn check_step(&self, step: &AttackStep) -> Result<(), String> {
        self.check_techniques(&step.techniques)?;
        check_examples(&step.examples)?;
        if let Some(id) = &step.weakness
            && !self.weaknesses.contains_key(id)
        {
            return Err(format!("`weakness`: there is no entry `{id}`"));
        }
        if (step.via == Relation::May) == step.permissions.is_empty() {
            return Err("`permissions` belong to the relation `may`, and to no other".to_owned());
        }
        match (&step.when, step.applies_to) {
            (None, None) => Ok(()),
            (Some(when), Some(view)) => when.check(view.variables()).map_err(|error| format!("`when`: {error}")),
            _ => Err("`when` and `applies_to` need each other".to_owned()),
        }
    }

    fn check_techniques(&self, ids: &[String]) -> Result<(), String> {
        match ids.iter().find(|id| !self.techniques.contains_key(*id)) {
            Some(id) => Err(format!("`techniques`: there is no entry `{id}`")),
            None => Ok(()),
        }
    }
}

/// A rule proves itself, or it is not a rule.
fn check_examples(examples: &Examples) -> Result<(), String> {
    if examples.must_match.is_empty() || examples.must_not_match.is_empty() {
        return Err("`examples` need one that must match and one that must not".to_owned());
    }
    Ok(())
}

pub(super) fn fault(folder: &str, id: &str, message: String) -> CatalogueError {
    CatalogueError {
        file: format!("{folder}/{id}"),
        message,
    }
}

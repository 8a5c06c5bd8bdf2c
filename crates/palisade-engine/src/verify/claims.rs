//! A claim about the whole model: whether it holds, and which answers break it.

use palisade_knowledge::{Claim, Verdict};

use super::assumptions::Said;
use super::oracle::{Asked, Model};
use super::{Counterexample, Known};
use crate::assessment::SystemAssessment;

/// Answers that are tried the other way round to see whether they decide. The last are nearest to the result.
const TRIED: usize = 20;

pub(super) fn judge(claim: &str, system: &SystemAssessment, known: &Known<'_>) -> Said {
    let claim = match Claim::compile(claim) {
        Ok(claim) => claim,
        Err(error) => return Said::NotEvaluated(error.to_string()),
    };
    let model = Model::new(system, known.catalogue);
    match claim.evaluate(&model) {
        Verdict::Match => Said::Holds,
        Verdict::NotEvaluated(reason) if model.missed_something() => Said::Elsewhere(reason),
        Verdict::NotEvaluated(reason) => Said::NotEvaluated(reason),
        Verdict::NoMatch => Said::Broken(counterexamples(&claim, &model)),
    }
}

/// The answers any of which would have to be another for the claim to hold; where no single one is enough, the last, on
/// which the evaluation ended.
fn counterexamples(claim: &Claim, model: &Model<'_>) -> Vec<Counterexample> {
    let asked = model.asked();
    let first = asked.len().saturating_sub(TRIED);
    let latest = asked.get(first..).unwrap_or_default();
    let decides = |asked: &&Asked| {
        model.answer_otherwise(Some((*asked).clone()));
        claim.evaluate(model) == Verdict::Match
    };
    let mut decisive: Vec<&Asked> = latest.iter().filter(decides).collect();
    model.answer_otherwise(None);
    if decisive.is_empty() {
        decisive.extend(latest.last());
    }
    decisive.into_iter().map(|asked| model.explain(asked)).collect()
}

//! What fails a run: `--fail-on`, judged and told with the reason.

use clap::ValueEnum;
use palisade_engine::assessment::{AttackPath, Finding, RangeState};
use palisade_engine::plan::Planning;
use palisade_engine::verify::{CheckKind, CheckOutcome, Known, verify};
use palisade_engine::{Assessment, Settings};
use palisade_knowledge::{Catalogue, Severity};

use crate::failure::Failure;

/// How many days before its end an acceptance ends soon: nothing fails by that here.
const SOON: u32 = 0;

/// Something that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// A finding or path of any severity that nobody bears
    Low,
    /// One of medium or high severity
    Medium,
    /// One of high severity
    High,
    /// Risk above the upper boundary of what palisade.yaml accepts; quote it
    #[value(name = "risk>upper", alias = "risk-above-upper")]
    RiskAboveUpper,
    /// An assumption of palisade.yaml that does not hold
    BrokenAssumption,
    /// A condition or an assumption that could not be evaluated
    NotEvaluated,
}

/// Everything that fails a run.
pub(crate) struct Gate<'a>(pub(crate) &'a [FailOn]);

impl Gate<'_> {
    fn has(&self, one: FailOn) -> bool {
        self.0.contains(&one)
    }

    /// The least severity that fails.
    fn least(&self) -> Option<Severity> {
        let severities = self.0.iter().filter_map(|one| match one {
            FailOn::Low => Some(Severity::Low),
            FailOn::Medium => Some(Severity::Medium),
            FailOn::High => Some(Severity::High),
            FailOn::RiskAboveUpper | FailOn::BrokenAssumption | FailOn::NotEvaluated => None,
        });
        severities.min()
    }

    /// The settings with what it takes to judge.
    pub(crate) fn settings(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        if self.has(FailOn::RiskAboveUpper) && settings.planning.is_none() {
            settings.planning = Some(Planning::default());
        }
        settings
    }

    /// What fails by the whole of what was found out: risk, assumptions, what could not be evaluated.
    ///
    /// # Errors
    /// Something that is asked for can't be judged by what is declared.
    pub(crate) fn of_whole(
        &self,
        assessment: &Assessment,
        catalogue: &Catalogue,
        settings: &Settings,
    ) -> Result<Vec<String>, Failure> {
        let mut reasons = Vec::new();
        if self.has(FailOn::RiskAboveUpper) {
            reasons.extend(risk(assessment)?);
        }
        if self.has(FailOn::NotEvaluated) && !assessment.not_evaluated.is_empty() {
            reasons.push(counted(
                assessment.not_evaluated.len(),
                "condition",
                "could not be evaluated",
            ));
        }
        if self.has(FailOn::BrokenAssumption) || self.has(FailOn::NotEvaluated) {
            let known = Known {
                catalogue,
                intent: &settings.intent,
                as_of: settings.as_of,
                soon: SOON,
            };
            let checks = verify(assessment, &known).checks.into_iter();
            for check in checks.filter(|check| check.kind == CheckKind::Assumption) {
                let name = palisade_report::clean(&check.name);
                match check.outcome {
                    CheckOutcome::Broken if self.has(FailOn::BrokenAssumption) => {
                        reasons.push(format!(
                            "the assumption `{name}` is broken; `palisade verify` says by what"
                        ));
                    }
                    CheckOutcome::NotEvaluated if self.has(FailOn::NotEvaluated) => {
                        reasons.push(format!("the assumption `{name}` could not be evaluated"));
                    }
                    _ => {}
                }
            }
        }
        Ok(reasons)
    }

    /// What fails by the findings and paths that are asked about. What somebody bears does not count, and neither does what
    /// a baseline has.
    pub(crate) fn of_part(&self, assessment: &Assessment) -> Option<String> {
        let least = self.least()?;
        let systems = || assessment.systems.iter();
        let fails = |finding: &&Finding| finding.counts() && finding.severity >= least;
        let is_walked = |path: &&AttackPath| path.counts() && path.severity >= least;
        let findings = systems().flat_map(|system| &system.findings).filter(fails).count();
        let paths = systems().flat_map(|system| &system.paths).filter(is_walked).count();
        let level = match least {
            Severity::Low => "of low severity or above",
            Severity::Medium => "of medium severity or above",
            Severity::High => "of high severity",
        };
        let both = format!(
            "{}, {}",
            counted(findings, "finding", ""),
            counted(paths, "attack path", level)
        );
        (findings + paths > 0).then_some(both)
    }
}

fn risk(assessment: &Assessment) -> Result<Vec<String>, Failure> {
    let mut reasons = Vec::new();
    for system in &assessment.systems {
        let root = &system.system.root;
        let Some((verdict, upper)) = system
            .verdict
            .as_ref()
            .and_then(|verdict| Some((verdict, verdict.upper?)))
        else {
            return Err(Failure::new(
                "whether risk is above the upper boundary can't be told: no boundary is declared",
                "palisade.yaml has it, as `appetite: {upper: 400k}`",
            ));
        };
        if verdict.state == RangeState::Above {
            let (risk, upper) = (verdict.risk.cents() / 100, upper.cents() / 100);
            reasons.push(format!(
                "the risk of `{root}` is {risk} a year in the mean, above the upper boundary of {upper}"
            ));
        }
    }
    Ok(reasons)
}

fn counted(n: usize, thing: &str, state: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {thing}{plural} {state}").trim_end().to_owned()
}

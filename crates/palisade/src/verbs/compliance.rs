//! `palisade compliance`: what frameworks ask for, held against what was seen.

use std::sync::Arc;

use palisade_engine::Settings;
use palisade_engine::assessment::SystemAssessment;
use palisade_engine::compliance::{self, FrameworkCompliance};
use palisade_inventory::Intent;
use palisade_knowledge::{Baseline, Catalogue, Framework};
use palisade_report::{ComplianceDetail, SystemCompliance};

use super::Done;
use crate::cli::compliance::{BaselineName, Compliance, ComplianceFormat};
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::own::Own;
use crate::pipeline;

pub(crate) fn run<'a>(
    args: &'a Compliance,
    own: &Own,
    settings: &Settings,
    console: &Console,
) -> anyhow::Result<Done<'a>> {
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let wanted = wanted(args, &catalogue)?;
    let settings = pipeline::declared(&args.input, &catalogue, settings, console)?;
    let mut found = Vec::new();
    // Before anything is narrowed: what is cut away could make a requirement look met.
    let assessed = pipeline::assess_as(&args.input, &catalogue, &settings, console, |assessment| {
        found.extend(assessment.systems.iter().map(|system| SystemCompliance {
            root: Arc::clone(&system.system.root),
            frameworks: wanted.held_against(system, &catalogue, &settings.intent),
        }));
    })?;
    let assessment = &assessed.assessment;
    found.retain(|one| assessment.systems.iter().any(|system| system.system.root == one.root));
    let detail = match wanted {
        Wanted::All => ComplianceDetail::InForce,
        Wanted::Some(_) => ComplianceDetail::All,
    };
    let report = match args.format {
        ComplianceFormat::Text => {
            Report::Styled(palisade_report::compliance(assessment, &found, detail, console.text()))
        }
        ComplianceFormat::Json => Report::Plain(palisade_report::compliance_json(assessment, &found)?),
        ComplianceFormat::Csv => Report::Plain(palisade_report::compliance_csv(&found)),
        ComplianceFormat::Markdown => Report::Plain(palisade_report::compliance_markdown(assessment, &found)),
    };
    Ok(Done {
        report,
        output: args.input.output.as_deref(),
        outcome: assessed.outcome,
    })
}

/// Which frameworks are held against the systems.
enum Wanted {
    All,
    Some(Vec<(String, Option<Baseline>)>),
}

impl Wanted {
    fn held_against(
        &self,
        system: &SystemAssessment,
        catalogue: &Catalogue,
        intent: &Intent,
    ) -> Vec<FrameworkCompliance> {
        match self {
            Self::All => compliance::compliance(system, catalogue, intent),
            Self::Some(wanted) => wanted
                .iter()
                .filter_map(|(id, baseline)| compliance::against(system, catalogue, intent, id, *baseline))
                .collect(),
        }
    }
}

fn wanted(args: &Compliance, catalogue: &Catalogue) -> Result<Wanted, Failure> {
    let baseline = args.baseline.map(|name| match name {
        BaselineName::Low => Baseline::Low,
        BaselineName::Moderate => Baseline::Moderate,
        BaselineName::High => Baseline::High,
        BaselineName::Privacy => Baseline::Privacy,
    });
    let frameworks: Vec<&Framework> = match (args.frameworks.as_slice(), baseline) {
        ([], None) => return Ok(Wanted::All),
        ([], Some(_)) => {
            let all = catalogue.frameworks.values();
            all.filter(|framework| compliance::has_baselines(framework)).collect()
        }
        (named, _) => named
            .iter()
            .map(|text| named_framework(text, catalogue))
            .collect::<Result<_, _>>()?,
    };
    let without = frameworks
        .iter()
        .find(|framework| !compliance::has_baselines(framework));
    match without {
        Some(framework) if baseline.is_some() => Err(Failure::new(
            format!("`{}` has no baselines", framework.id),
            "leave --baseline out, or name a framework that has them: --framework nist-800-53-r5",
        )),
        _ => Ok(Wanted::Some(
            frameworks
                .into_iter()
                .map(|framework| (framework.id.clone(), baseline))
                .collect(),
        )),
    }
}

/// The framework of this id, or the one whose id begins so.
fn named_framework<'a>(text: &str, catalogue: &'a Catalogue) -> Result<&'a Framework, Failure> {
    let id = text.trim().to_ascii_lowercase();
    if let Some(framework) = catalogue.frameworks.get(&id) {
        return Ok(framework);
    }
    let begin_so: Vec<&Framework> = catalogue
        .frameworks
        .values()
        .filter(|framework| !id.is_empty() && framework.id.starts_with(&id))
        .collect();
    let ids = |frameworks: &[&Framework]| frameworks.iter().map(|it| &*it.id).collect::<Vec<_>>().join(", ");
    match begin_so.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::new(
            format!("no framework is called `{text}`"),
            format!("there are: {}", ids(&catalogue.frameworks.values().collect::<Vec<_>>())),
        )),
        several => Err(Failure::new(
            format!("`{text}` may be {} frameworks", several.len()),
            format!("say which: {}", ids(several)),
        )),
    }
}

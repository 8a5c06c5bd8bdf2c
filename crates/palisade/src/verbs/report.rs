//! `palisade report`: one assessment told to those who decide, build and check.

use std::collections::BTreeSet;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use palisade_engine::compliance::compliance;
use palisade_engine::plan::Planning;
use palisade_engine::questions::questions;
use palisade_engine::risk::Simulation;
use palisade_engine::{Assessment, AttackGraph, AttackTree, Settings};
use palisade_knowledge::Catalogue;
use palisade_report::{Audience, Dossier, SystemCompliance};

use super::Done;
use crate::cli::report::{AudienceName, Report as Args, ReportFormat};
use crate::console::{Console, Report};
use crate::failure::Failure;
use crate::own::Own;
use crate::pipeline;

/// Assets of each system whose attack trees are drawn.
const FEW_TREES: usize = 4;

pub(crate) fn run<'a>(args: &'a Args, own: &Own, settings: &Settings, console: &Console) -> anyhow::Result<Done<'a>> {
    let target = Target::of(args)?;
    let catalogue = own.load(&args.input.paths, console)?.catalogue;
    let planning = Planning {
        simulation: Simulation {
            seed: args.seed,
            ..Simulation::default()
        },
        ..Planning::default()
    };
    let settings = Settings {
        planning: Some(planning),
        ..pipeline::declared(&args.input, &catalogue, settings, console)?
    };
    let (mut held, mut trees, mut open) = (Vec::new(), Vec::new(), Vec::new());
    // Before anything is narrowed: what is cut away could make a requirement look met.
    let assessed = pipeline::assess_as(&args.input, &catalogue, &settings, console, |assessment| {
        held.extend(assessment.systems.iter().map(|system| SystemCompliance {
            root: Arc::clone(&system.system.root),
            frameworks: compliance(system, &catalogue, &settings.intent),
        }));
        trees = grown(assessment, &catalogue);
        open = questions(assessment, &catalogue, &settings.intent);
    })?;
    let dossier = Dossier {
        assessment: &assessed.assessment,
        catalogue: &catalogue,
        compliance: &held,
        questions: &open,
        trees: &trees,
        as_of: settings.as_of,
        audience: match args.audience {
            None => Audience::Everyone,
            Some(AudienceName::Board) => Audience::Board,
            Some(AudienceName::Engineer) => Audience::Engineer,
            Some(AudienceName::Auditor) => Audience::Auditor,
        },
        source: args.source.as_deref(),
    };
    match target {
        Target::One(format, output) => Ok(Done {
            report: Report::Plain(written(format, &dossier)?),
            output,
            outcome: assessed.outcome,
        }),
        Target::Folder(folder, formats) => {
            into_folder(folder, &formats, &dossier, console)?;
            Ok(Done {
                outcome: assessed.outcome,
                ..Done::with(Report::Plain(String::new()))
            })
        }
    }
}

/// Where it is written, and how.
enum Target<'a> {
    One(ReportFormat, Option<&'a Path>),
    Folder(&'a Path, Vec<ReportFormat>),
}

impl<'a> Target<'a> {
    fn of(args: &'a Args) -> Result<Self, Failure> {
        let Some(output) = args.input.output.as_deref() else {
            let format = args.format.unwrap_or(ReportFormat::Html);
            if format == ReportFormat::Html && std::io::stdout().is_terminal() {
                return Err(Failure::new(
                    "a report in HTML is for a browser, not for a terminal",
                    "--output report.html writes it to a file",
                ));
            }
            return Ok(Self::One(format, None));
        };
        let named = output.to_string_lossy();
        let is_folder = output.is_dir() || named.ends_with('/') || named.ends_with('\\');
        if is_folder {
            let all = || {
                vec![
                    ReportFormat::Html,
                    ReportFormat::Markdown,
                    ReportFormat::Csv,
                    ReportFormat::Navigator,
                ]
            };
            return Ok(Self::Folder(
                output,
                args.format.map_or_else(all, |format| vec![format]),
            ));
        }
        let ending = output
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        let by_name = match ending.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(ReportFormat::Html),
            "md" | "markdown" => Some(ReportFormat::Markdown),
            "csv" => Some(ReportFormat::Csv),
            "json" => Some(ReportFormat::Navigator),
            _ => None,
        };
        match args.format.or(by_name) {
            Some(format) => Ok(Self::One(format, Some(output))),
            None => Err(Failure::new(
                format!("the name `{named}` does not tell the format"),
                "let it end in .html, .md, .csv or .json, name --format, or name a folder with / at its end",
            )),
        }
    }
}

fn file_name(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Html => "threat-model.html",
        ReportFormat::Markdown => "threat-model.md",
        ReportFormat::Csv => "risk-register.csv",
        ReportFormat::Navigator => "attack-navigator.json",
    }
}

fn written(format: ReportFormat, dossier: &Dossier<'_>) -> anyhow::Result<String> {
    Ok(match format {
        ReportFormat::Html => palisade_report::report_html(dossier)?,
        ReportFormat::Markdown => palisade_report::report_markdown(dossier),
        ReportFormat::Csv => palisade_report::risk_register(dossier.assessment),
        ReportFormat::Navigator => palisade_report::navigator_layers(dossier)?,
    })
}

fn into_folder(
    folder: &Path,
    formats: &[ReportFormat],
    dossier: &Dossier<'_>,
    console: &Console,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    for format in formats {
        let file: PathBuf = folder.join(file_name(*format));
        console.hand_out(Report::Plain(written(*format, dossier)?), Some(&file))?;
    }
    Ok(())
}

/// The attack trees of the assets that the worst paths lead to.
fn grown(assessment: &Assessment, catalogue: &Catalogue) -> Vec<(Arc<str>, AttackTree)> {
    let mut trees = Vec::new();
    for system in &assessment.systems {
        let of_risks = system.risks.iter().filter_map(|risk| risk.paths.first());
        let of_risks = of_risks.filter_map(|id| system.paths.iter().find(|path| path.id == *id));
        let mut seen = BTreeSet::new();
        let assets: Vec<&str> = of_risks
            .chain(&system.paths)
            .map(|path| path.asset.as_str())
            .filter(|asset| seen.insert(*asset))
            .take(FEW_TREES)
            .collect();
        if assets.is_empty() {
            continue;
        }
        let graph = AttackGraph::new(&system.system, catalogue);
        let grown = assets.into_iter().filter_map(|asset| graph.tree(asset));
        trees.extend(grown.map(|tree| (Arc::clone(&system.system.root), tree)));
    }
    trees
}

//! One system, part by part.

use palisade_engine::assessment::SystemAssessment;
use palisade_engine::questions::{Answer, OpenQuestion};
use palisade_inventory::Amount;

use super::Cut;
use super::findings::FindingsView;
use super::ledger::LedgerView;
use super::matrix::MatrixView;
use super::paths::PathsView;
use super::requirements::ComplianceView;
use super::risk::RiskView;
use super::roadmap::RoadmapView;
use super::summary::SummaryView;
use crate::diagram::{DiagramOptions, Graph, picture_of};
use crate::questions::answered;
use crate::report::place::{Place, Places};
use crate::report::tree;
use crate::report::{Dossier, Part};
use crate::words;

/// Elements that are drawn at most.
const MOST_DRAWN: usize = 70;
/// Questions that are told.
const FEW_QUESTIONS: usize = 12;
/// Actors whose trees are drawn, of each asset.
const FEW_ACTORS: usize = 2;

pub(super) struct SystemView<'a> {
    /// Begins every anchor of this system: `s1`.
    pub(super) id: String,
    pub(super) root: &'a str,
    pub(super) summary: SummaryView,
    pub(super) diagram: Option<DiagramView>,
    pub(super) paths: Option<PathsView>,
    pub(super) trees: Vec<TreeView>,
    pub(super) risk: Option<RiskView>,
    pub(super) roadmap: Option<RoadmapView>,
    pub(super) ledger: Option<LedgerView>,
    pub(super) matrix: Option<MatrixView>,
    pub(super) findings: Option<FindingsView>,
    pub(super) compliance: Option<ComplianceView>,
    pub(super) questions: Option<Cut<QuestionView>>,
}

pub(super) struct DiagramView {
    pub(super) picture: String,
    pub(super) drawn: usize,
    pub(super) all: usize,
}

pub(super) struct TreeView {
    pub(super) id: String,
    pub(super) asset: String,
    pub(super) picture: String,
    /// For each actor: who, how likely, the outline.
    pub(super) outlines: Vec<(String, String)>,
    pub(super) actors_left_out: usize,
    pub(super) bounds: Vec<String>,
}

pub(super) struct QuestionView {
    pub(super) asks: String,
    pub(super) why: String,
    pub(super) hangs: String,
    pub(super) answers: Vec<AnswerView>,
    pub(super) places: Vec<Place>,
}

pub(super) struct AnswerView {
    pub(super) by: &'static str,
    pub(super) text: String,
    /// Lines to copy, rather than a sentence.
    pub(super) is_code: bool,
}

impl<'a> SystemView<'a> {
    pub(super) fn new(system: &'a SystemAssessment, dossier: &Dossier<'a>, places: Places<'_>, number: usize) -> Self {
        let id = format!("s{number}");
        let wants = |part| dossier.audience.wants(part);
        let paths = PathsView::new(system, dossier, places, &id);
        let anchors = paths.anchors();
        Self {
            root: &system.system.root,
            summary: SummaryView::new(system, dossier, &anchors, &id),
            diagram: wants(Part::Diagram).then(|| DiagramView::new(system, &id)),
            trees: if wants(Part::Trees) {
                trees(system, dossier, &id)
            } else {
                Vec::new()
            },
            risk: RiskView::new(system, dossier, places, &anchors, &id),
            roadmap: RoadmapView::new(system, dossier, places, &anchors),
            ledger: wants(Part::Ledger).then(|| LedgerView::new(system, dossier, places)),
            matrix: wants(Part::Matrix).then(|| MatrixView::new(system, dossier.catalogue)),
            findings: wants(Part::Findings).then(|| FindingsView::new(system, dossier, places)),
            compliance: wants(Part::Compliance)
                .then(|| ComplianceView::new(system, dossier, places))
                .flatten(),
            questions: wants(Part::Questions).then(|| questions(system, dossier, places)),
            paths: wants(Part::Paths).then_some(paths),
            id,
        }
    }
}

impl DiagramView {
    fn new(system: &SystemAssessment, id: &str) -> Self {
        let mut graph = Graph::new(system, DiagramOptions::default());
        let all = graph.keep_most_important(system, MOST_DRAWN);
        Self {
            drawn: graph.nodes.len(),
            picture: picture_of(&graph, &format!("{id}-diagram")),
            all,
        }
    }
}

fn trees(system: &SystemAssessment, dossier: &Dossier<'_>, id: &str) -> Vec<TreeView> {
    let of_here = dossier.trees.iter().filter(|(root, _)| *root == system.system.root);
    of_here
        .enumerate()
        .map(|(index, (_, tree))| {
            let id = format!("{id}-tree-{}", index + 1);
            let told = tree.actors.iter().map(|actor| {
                let likely = words::percent(actor.goal.likelihood);
                let who = format!("{}, {likely} likely", words::actor(&actor.actor));
                (who, tree::outline(&actor.goal))
            });
            let bounds = tree.actors.iter().flat_map(|actor| actor.bounds_hit.clone());
            let mut bounds: Vec<String> = bounds.collect();
            bounds.sort();
            bounds.dedup();
            TreeView {
                asset: tree.asset.to_string(),
                picture: tree::drawing(tree, FEW_ACTORS, &format!("{id}-title")),
                outlines: told.collect(),
                actors_left_out: tree.actors.len().saturating_sub(FEW_ACTORS),
                bounds,
                id,
            }
        })
        .collect()
}

fn questions(system: &SystemAssessment, dossier: &Dossier<'_>, places: Places<'_>) -> Cut<QuestionView> {
    let is_here = |it: &&OpenQuestion| it.system.as_ref().is_none_or(|root| *root == system.system.root);
    let here: Vec<&OpenQuestion> = dossier.questions.iter().filter(is_here).collect();
    let currency = system.risk.as_ref().map_or("", |risk| &*risk.currency);
    Cut::first(&here, FEW_QUESTIONS, |question| QuestionView {
        asks: question.asks.clone(),
        why: question.why.clone(),
        hangs: question
            .hangs
            .filter(|hangs| *hangs > Amount::ZERO)
            .map(|hangs| words::rough(hangs, currency))
            .unwrap_or_default(),
        answers: question.answers.iter().map(answer).collect(),
        places: places.few(&question.evidence, 2),
    })
}

fn answer(answer: &Answer) -> AnswerView {
    let (by, text) = answered(answer);
    AnswerView {
        by,
        text: text.trim_end().to_owned(),
        is_code: !matches!(answer, Answer::File(_)),
    }
}

//! What should be asked next, as text and JSON.

use palisade_engine::Assessment;
use palisade_engine::questions::{Answer, OpenQuestion};
use palisade_inventory::{Amount, Coverage};
use serde::Serialize;

use crate::text::page::{Page, span};
use crate::text::{TextOptions, coverage, style};
use crate::words::{self, money};

/// Questions that are told unless all are wanted.
const FEW_QUESTIONS: usize = 10;

/// The open questions, that on which most hangs first, each with how it is answered.
pub fn questions(assessment: &Assessment, open: &[OpenQuestion], options: TextOptions) -> String {
    let mut page = Page::new(options.width);
    let shown = options.limit(FEW_QUESTIONS).min(open.len());
    let remark = match open.len() {
        0 => "none is open".to_owned(),
        all => format!("{shown} of {all}"),
    };
    page.heading("Questions", &remark);
    let with_root = assessment.systems.len() > 1;
    for (index, question) in open.iter().take(shown).enumerate() {
        if index > 0 {
            page.gap();
        }
        one(&mut page, index + 1, question, assessment, with_root);
    }
    if shown < open.len() {
        page.gap();
        page.indented(
            2,
            &[span(
                style::DIM,
                format!("and {} more; -v tells all", open.len() - shown),
            )],
        );
    }
    coverage::coverage(&mut page, assessment, options);
    page.finish()
}

fn one(page: &mut Page, number: usize, question: &OpenQuestion, assessment: &Assessment, with_root: bool) {
    let margin = [span(style::PLAIN, "     ")];
    page.line(
        &[span(style::BOLD, format!("{number:>3}. "))],
        &margin,
        &[span(style::BOLD, question.asks.clone())],
    );
    let mut why = vec![span(style::PLAIN, question.why.clone())];
    if let Some(hangs) = question.hangs.filter(|hangs| *hangs > Amount::ZERO) {
        let amount = money(hangs, currency(assessment, question));
        why.push(span(style::MEDIUM, format!("  {amount} a year hang on it")));
    }
    if let (true, Some(root)) = (with_root, &question.system) {
        why.push(span(style::DIM, format!("  in {root}")));
    }
    page.line(&margin, &margin, &why);
    for evidence in question.evidence.iter().take(2) {
        page.line(&margin, &margin, &[span(style::DIM, words::position(evidence))]);
    }
    for answer in &question.answers {
        let (what, text) = answered(answer);
        let head = span(style::GOOD, format!("     {what:<9} "));
        let below = span(style::PLAIN, " ".repeat(15));
        if matches!(answer, Answer::File(_)) {
            page.line(&[head], &[below], &[span(style::PLAIN, words::one_line(text))]);
            continue;
        }
        // To be copied, so that a line stays one.
        for (index, line) in text.lines().enumerate() {
            let margin = if index == 0 { head.clone() } else { below.clone() };
            page.line(&[margin, span(style::PLAIN, line)], &[], &[]);
        }
    }
}

/// The currency of the system that a question is about.
pub(crate) fn currency<'a>(assessment: &'a Assessment, question: &OpenQuestion) -> &'a str {
    let mut systems = assessment.systems.iter();
    let of = systems.find(|system| question.system.as_ref() == Some(&system.system.root));
    of.and_then(|system| system.risk.as_ref())
        .map_or("", |risk| &*risk.currency)
}

/// By what a question is answered, and how.
pub(crate) fn answered(answer: &Answer) -> (&'static str, &str) {
    match answer {
        Answer::File(text) => ("look at", text),
        Answer::Intent(text) => ("declare", text),
        Answer::Command(text) => ("run", text),
    }
}

#[derive(Serialize)]
struct Whole<'a> {
    schema: u32,
    version: &'a str,
    coverage: &'a Coverage,
    questions: &'a [OpenQuestion],
}

/// All open questions, in the frame of an assessment.
pub fn questions_json(assessment: &Assessment, open: &[OpenQuestion]) -> Result<String, serde_json::Error> {
    let whole = Whole {
        schema: assessment.schema,
        version: &assessment.version,
        coverage: &assessment.coverage,
        questions: open,
    };
    serde_json::to_string_pretty(&whole).map(|text| text + "\n")
}

#[cfg(test)]
mod tests {
    use palisade_engine::questions::QuestionKind;

    use super::*;
    use crate::sample;

    fn open() -> Vec<OpenQuestion> {
        let question = |asks: &str, hangs: Option<u64>, answers| OpenQuestion {
            system: Some("shop".into()),
            kind: QuestionKind::Callee,
            asks: asks.to_owned(),
            why: "No flow is drawn to it.".to_owned(),
            hangs: hangs.map(Amount::from_cents),
            concerns: 1,
            answers,
            elements: vec!["Deployment/shop/web".into()],
            evidence: vec![sample::evidence(21, "names it")],
        };
        let lines = "flows:\n  - {from: 'Deployment/shop/web', to: 'External/a-host-with-a-long-name.example.com', ports: [443]}\n";
        vec![
            question(
                "Who answers at assistant:80?",
                Some(123_456_700),
                vec![
                    Answer::File("the manifests of what\nanswers there".to_owned()),
                    Answer::Intent(lines.to_owned()),
                ],
            ),
            question(
                "Evil\u{1b}[2J?",
                None,
                vec![Answer::Command("palisade threats".to_owned())],
            ),
        ]
    }

    #[test]
    fn questions_read_well() {
        let options = TextOptions {
            width: 80,
            verbose: false,
        };
        let text = questions(&sample::assessment(), &open(), options);
        insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
    }

    #[test]
    fn lines_to_declare_are_whole() {
        let options = TextOptions {
            width: 40,
            verbose: false,
        };
        let text = questions(&sample::assessment(), &open(), options);
        assert!(
            text.contains("to: 'External/a-host-with-a-long-name.example.com', ports: [443]}"),
            "{text}"
        );
    }

    #[test]
    fn json_holds_every_question() {
        let json: serde_json::Value =
            serde_json::from_str(&questions_json(&sample::assessment(), &open()).unwrap()).unwrap();
        let first = json.pointer("/questions/0/answers/1/by").unwrap();
        assert_eq!(first, "intent");
        assert_eq!(json.pointer("/questions").unwrap().as_array().unwrap().len(), 2);
    }
}

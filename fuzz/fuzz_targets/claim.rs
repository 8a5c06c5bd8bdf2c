//! Any text must compile as a claim or be refused at a place, and what compiles must come to a verdict, twice the same,
//! whatever the model answers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use palisade_knowledge::{Answer, Claim, Oracle, Word};

/// Answers by the length of what is asked.
struct Echo;

impl Oracle for Echo {
    fn answer(&self, question: &str, words: &[Word]) -> Result<Answer, String> {
        match (question.len() + words.len()) % 4 {
            0 => Err("it is not known".to_owned()),
            rest => Ok(Answer::Is(rest == 1)),
        }
    }
}

fuzz_target!(|text: &str| {
    match Claim::compile(text) {
        Ok(claim) => assert_eq!(claim.evaluate(&Echo), claim.evaluate(&Echo)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

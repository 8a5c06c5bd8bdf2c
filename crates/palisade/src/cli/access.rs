//! The flags of `can` and `who-can`.

use std::path::PathBuf;

use clap::Args;

use super::ListFormat;

/// Flags of `can`.
#[derive(Debug, Args)]
#[command(override_usage = "\
palisade can --as SUBJECT [--as-group GROUP]… VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] [-n NAMESPACE] [PATH]…
       palisade can --as SUBJECT VERB /URL [PATH]…
       palisade can --batch FILE [PATH]…")]
pub(crate) struct Can {
    /// Who asks: system:serviceaccount:NAMESPACE:NAME, ServiceAccount/NAMESPACE/NAME, User/NAME, Group/NAME, or a user's
    /// name
    ///
    /// The groups that everybody of that kind is in are implied: system:authenticated, system:serviceaccounts,
    /// system:serviceaccounts:NAMESPACE; system:nodes for system:node:NAME; system:unauthenticated for system:anonymous.
    #[arg(long = "as", value_name = "SUBJECT", required_unless_present = "batch")]
    pub(crate) subject: Option<String>,
    /// A group that the subject is in besides
    #[arg(long = "as-group", value_name = "GROUP")]
    pub(crate) groups: Vec<String>,
    /// Answer many questions: a file with one SubjectAccessReview or its spec a line, as JSON; - for standard input
    ///
    /// Each line of the answer is JSON: line, allowed, and the reason in the words of the API server. User and groups are
    /// taken as they are written; nothing is implied.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "groups", "namespace", "all_namespaces", "subresource", "name", "format"])]
    pub(crate) batch: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) question: Question,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ListFormat,
}

/// Flags of `who-can`.
#[derive(Debug, Args)]
#[command(override_usage = "\
palisade who-can VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] [-n NAMESPACE] [PATH]…
       palisade who-can VERB /URL [PATH]…")]
pub(crate) struct WhoCan {
    #[command(flatten)]
    pub(crate) question: Question,
    /// How to write it
    #[arg(
        short,
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub(crate) format: ListFormat,
}

/// What is asked, and of which input.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The verb, the resource, the name of an object if one is meant, and the files and folders to read
    ///
    /// A word after RESOURCE that is - or names a file or folder that is there is a PATH, and so is every word after the
    /// first PATH. Any other word after RESOURCE is the object's NAME. With --name all words after RESOURCE are PATHs.
    /// Without any, the current folder is read. With --batch all words are PATHs.
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,
    /// The object's name, where it is also the name of a file
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The namespace
    #[arg(short, long, value_name = "NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// In all namespaces at once
    #[arg(short = 'A', long, conflicts_with = "namespace")]
    pub(crate) all_namespaces: bool,
    /// The subresource: log, exec, scale …
    #[arg(long, value_name = "SUBRESOURCE")]
    pub(crate) subresource: Option<String>,
    /// Only the systems with these roots; * stands for any text
    #[arg(
        long = "system",
        value_name = "ROOT",
        value_delimiter = ',',
        help_heading = "Narrowing"
    )]
    pub(crate) systems: Vec<String>,
    /// Render every kustomization and chart found, not only those named (with kubectl and helm, offline)
    #[arg(long, help_heading = "Reading")]
    pub(crate) render: bool,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}

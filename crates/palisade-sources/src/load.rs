//! From one stream of bytes to resources: guesses the format, reads, recognises, counts.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use palisade_inventory::{Coverage, Node, Notice, Origin, Position, Resource, ResourceId, Root, Skipped, Value};

use crate::document::{Block, Document, Failure, LARGEST, ListHead, Receiver};
use crate::embedded;
use crate::fragment::is_fragment;
use crate::intent::INTENT_FILE;
use crate::intern::Interner;
use crate::json::{self, End, Window};
use crate::pods::{self, SharedContents};
use crate::recognise::{self, Object, Recognised};
use crate::redact;
use crate::yaml;

/// Collects the resources of many streams.
#[derive(Default)]
pub(crate) struct Loader {
    /// Map keys.
    keys: Interner,
    /// Kinds, groups, namespaces.
    names: Interner,
    pods: SharedContents,
    resources: Vec<Resource>,
    coverage: Coverage,
    /// Nothing is redacted, trimmed or shared.
    pub(crate) as_written: bool,
}

/// A stream being read.
struct Reading<'l> {
    loader: &'l mut Loader,
    file: Arc<str>,
    root: Arc<Root>,
    /// Items whose list has not told its kind yet.
    parked: Vec<Document>,
    parked_weight: usize,
}

/// JSON up to this size is read again as YAML if it turns out not to be JSON.
const REPLAYED: usize = 4 << 20;

/// What parked items may weigh, in nodes; a list that tells its kind last is rare and small.
const MOST_PARKED: usize = 1 << 20;

impl Loader {
    /// A loader that has read nothing yet.
    pub(crate) fn new(as_written: bool) -> Self {
        Self {
            as_written,
            ..Self::default()
        }
    }

    /// Everything read so far.
    pub(crate) fn finish(self) -> (Vec<Resource>, Coverage) {
        (self.resources, self.coverage)
    }

    /// What was not understood, and more.
    pub(crate) fn coverage_mut(&mut self) -> &mut Coverage {
        &mut self.coverage
    }

    /// Reads one stream whole. Errors are those of the stream itself; everything else is coverage.
    pub(crate) fn read(&mut self, file: &Arc<str>, root: &Arc<Root>, source: impl Read) -> io::Result<()> {
        let mut keys = std::mem::take(&mut self.keys);
        let mut reading = Reading {
            loader: self,
            file: Arc::clone(file),
            root: Arc::clone(root),
            parked: Vec::new(),
            parked_weight: 0,
        };
        let result = Self::parse(source, &mut keys, &mut reading);
        self.keys = keys;
        result
    }

    /// Guesses the format of a stream and parses it.
    pub(crate) fn parse(source: impl Read, keys: &mut Interner, receiver: &mut dyn Receiver) -> io::Result<()> {
        let mut window = Window::new(source);
        window.fill(4)?;
        if window.held().starts_with(&[0xef, 0xbb, 0xbf]) {
            window.skip_mark(3);
        } else if let Some(decode) = utf16_decoder(window.held()) {
            window.fill(LARGEST)?;
            let text = decode(window.held());
            return parse_text(Window::new(Cursor::new(text)), keys, receiver);
        }
        parse_text(window, keys, receiver)
    }
}

fn parse_text<R: Read>(mut window: Window<R>, keys: &mut Interner, receiver: &mut dyn Receiver) -> io::Result<()> {
    if looks_like_json(&mut window)? {
        parse_json(window, keys, receiver)
    } else {
        yaml::read(window.into_rest(), 0, keys, receiver)
    }
}

/// `{` and then a quote or `}`: a JSON object. Flow maps of YAML hardly ever quote their keys.
fn looks_like_json<R: Read>(window: &mut Window<R>) -> io::Result<bool> {
    const LOOKED_AT: usize = 4 << 10;
    window.fill(LOOKED_AT)?;
    let mut bytes = window.held().iter().filter(|byte| !byte.is_ascii_whitespace());
    Ok(bytes.next() == Some(&b'{') && matches!(bytes.next(), Some(b'"' | b'}')))
}

fn parse_json<R: Read>(mut window: Window<R>, interner: &mut Interner, receiver: &mut dyn Receiver) -> io::Result<()> {
    window.fill(REPLAYED)?;
    if !window.is_whole() {
        return match json::read(&mut window, interner, receiver)? {
            End::Stream => Ok(()),
            End::Separator(line) => yaml::read(window.into_rest(), line, interner, receiver),
            End::Failure(failure) => {
                receiver.failed(failure);
                Ok(())
            }
        };
    }
    let text = window.held().to_vec();
    let mut held = Held::default();
    match json::read(&mut window, interner, &mut held)? {
        End::Stream => {}
        End::Separator(line) => yaml::read(window.into_rest(), line, interner, &mut held)?,
        End::Failure(failure) => {
            let mut as_yaml = Held::default();
            yaml::read(Cursor::new(text), 0, interner, &mut as_yaml)?;
            if as_yaml.is_clean() {
                held = as_yaml;
            } else {
                held.failed(failure);
            }
        }
    }
    held.hand_over(receiver);
    Ok(())
}

/// Text in UTF-16, as some shells write it, begins with a mark that says so.
fn utf16_decoder(bytes: &[u8]) -> Option<fn(&[u8]) -> String> {
    fn decode(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
        let units = bytes.chunks_exact(2).skip(1).filter_map(|pair| pair.try_into().ok());
        char::decode_utf16(units.map(unit))
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }
    if bytes.starts_with(&[0xff, 0xfe]) {
        Some(|bytes| decode(bytes, u16::from_le_bytes))
    } else if bytes.starts_with(&[0xfe, 0xff]) {
        Some(|bytes| decode(bytes, u16::from_be_bytes))
    } else {
        None
    }
}

/// What a parser read, held back until it is sure that the format was guessed right.
#[derive(Default)]
struct Held {
    parts: Vec<Part>,
}

enum Part {
    Item(Document, ListHead),
    Document(Document, Option<u64>),
    Failure(Failure),
    DuplicateKey(Position),
}

impl Held {
    fn is_clean(&self) -> bool {
        !self.parts.iter().any(|part| matches!(part, Part::Failure(_)))
    }

    fn hand_over(self, receiver: &mut dyn Receiver) {
        for part in self.parts {
            match part {
                Part::Item(item, list) => receiver.item(item, &list),
                Part::Document(document, items) => receiver.document(document, items),
                Part::Failure(failure) => receiver.failed(failure),
                Part::DuplicateKey(position) => receiver.duplicate_key(position),
            }
        }
    }
}

impl Receiver for Held {
    fn item(&mut self, item: Document, list: &ListHead) {
        self.parts.push(Part::Item(item, list.clone()));
    }

    fn document(&mut self, document: Document, items: Option<u64>) {
        self.parts.push(Part::Document(document, items));
    }

    fn failed(&mut self, failure: Failure) {
        self.parts.push(Part::Failure(failure));
    }

    fn duplicate_key(&mut self, position: Position) {
        self.parts.push(Part::DuplicateKey(position));
    }
}

impl Receiver for Reading<'_> {
    fn item(&mut self, item: Document, list: &ListHead) {
        if list.kind.is_none() && recognise::needs_list(&item.node) {
            self.parked_weight += weight(&item.node);
            if self.parked_weight <= MOST_PARKED {
                self.parked.push(item);
            } else {
                self.parked.clear();
            }
            return;
        }
        self.object(item, list);
    }

    fn document(&mut self, document: Document, items: Option<u64>) {
        let parked = std::mem::take(&mut self.parked);
        let is_overfull = std::mem::take(&mut self.parked_weight) > MOST_PARKED;
        let Some(items) = items else {
            self.whole(document);
            return;
        };
        let head = ListHead {
            api_version: document.node.text(&["apiVersion"]).map(Into::into),
            kind: document.node.text(&["kind"]).map(Into::into),
        };
        let is_list = head.kind.as_deref().is_some_and(|kind| kind.ends_with("List"));
        if is_list && is_overfull {
            self.failed(Failure::too_large(document.node.position));
        } else if is_list {
            if items == 0 {
                self.loader.coverage.documents += 1;
                self.loader.coverage.understood += 1;
            }
            for item in parked {
                self.object(item, &head);
            }
        } else if head.kind.is_some() || items == 0 || !parked.is_empty() || is_overfull {
            // `items` is a field of the document's own.
            self.object(document, &ListHead::default());
        }
    }

    fn failed(&mut self, failure: Failure) {
        self.loader.coverage.documents += 1;
        self.parked.clear();
        self.parked_weight = 0;
        self.skip(failure);
    }

    fn duplicate_key(&mut self, position: Position) {
        let message = "a key stands twice in one map; the last one counts";
        self.notice(position, "duplicate-key", message);
    }
}

impl Reading<'_> {
    /// A document that is no list of Kubernetes. As written, a plain list of objects will do as well.
    fn whole(&mut self, document: Document) {
        let Document { mut node, blocks } = document;
        if let Value::List(items) = &mut node.value
            && self.loader.as_written
        {
            for node in std::mem::take(items) {
                let blocks = blocks.clone();
                self.object(Document { node, blocks }, &ListHead::default());
            }
        } else if !node.is_null() {
            self.object(Document { node, blocks }, &ListHead::default());
        }
    }

    fn object(&mut self, document: Document, list: &ListHead) {
        let Document { node, blocks } = document;
        let as_written = self.loader.as_written;
        match recognise::recognise(node, list, as_written, &mut self.loader.names) {
            Ok(Recognised::List(head, items)) => {
                for node in items {
                    let blocks = blocks.clone();
                    self.object(Document { node, blocks }, &head);
                }
            }
            Ok(Recognised::BuildInstruction) => {
                self.loader.coverage.documents += 1;
                self.loader.coverage.understood += 1;
            }
            Ok(Recognised::Nameless(id)) => {
                self.loader.coverage.documents += 1;
                self.loader.coverage.understood += 1;
                self.count_opaque(&id);
            }
            Ok(Recognised::Object(object)) => {
                self.loader.coverage.documents += 1;
                self.loader.coverage.understood += 1;
                self.keep(*object, &blocks);
            }
            Err(failure) if failure.code == "not-kubernetes" && is_intent_file(&self.file) => {}
            Err(failure) => {
                self.loader.coverage.documents += 1;
                self.skip(failure);
            }
        }
    }

    fn keep(&mut self, object: Object, blocks: &[Block]) {
        let Object {
            mut id,
            version,
            kind,
            mut node,
        } = object;
        if !self.loader.as_written && is_fragment(&id, &node, &self.file) {
            self.notice(
                node.position,
                "fragment",
                "a part of a workload, without `spec.selector`: a patch that no kustomization applies",
            );
            return;
        }
        if id.name.is_empty() && !self.loader.as_written {
            id.name = stem(&self.file).into();
        }
        if !self.loader.as_written {
            self.keep_embedded(&id, &node, blocks);
        }
        let is_shared = &*id.kind == "Pod" && id.group.is_empty() && !self.loader.as_written;
        let pod = is_shared.then(|| pods::take_instance(&mut node, &mut self.loader.names));
        if !kind.has_meaning {
            self.count_opaque(&id);
        }
        let origin = Origin {
            file: Arc::clone(&self.file),
            position: node.position,
        };
        let redact = |node: &mut Node| redact::redact(node, &id, blocks);
        let (content, content_file) = if let Some(pod) = &pod {
            let pods = &mut self.loader.pods;
            pods.share(&id.namespace, pod.owner.as_ref(), node, &self.file, redact)
        } else {
            if !self.loader.as_written {
                redact(&mut node);
            }
            (Arc::new(node), Arc::clone(&self.file))
        };
        self.loader.resources.push(Resource {
            id,
            version,
            root: Arc::clone(&self.root),
            origin,
            content,
            content_file,
            pod,
        });
    }

    /// Configuration files in a ConfigMap are objects of their own, called by its name.
    fn keep_embedded(&mut self, id: &ResourceId, object: &Node, blocks: &[Block]) {
        let found = embedded::of(id, object, blocks);
        found.failures.into_iter().for_each(|failure| self.skip(failure));
        for node in found.documents {
            let recognised = recognise::recognise(node, &ListHead::default(), false, &mut self.loader.names);
            if let Ok(Recognised::Object(mut configuration)) = recognised
                && configuration.id.name.is_empty()
            {
                configuration.id.name = Arc::clone(&id.name);
                self.keep(*configuration, &[]);
            }
        }
    }

    fn count_opaque(&mut self, id: &ResourceId) {
        let name = if id.group.is_empty() {
            id.kind.to_string()
        } else {
            format!("{}.{}", id.kind, id.group)
        };
        *self.loader.coverage.opaque.entry(name).or_default() += 1;
    }

    fn notice(&mut self, position: Position, code: &str, message: &str) {
        self.loader.coverage.notices.push(Notice {
            file: self.file.to_string(),
            line: position.line.saturating_add(1),
            column: position.column.saturating_add(1),
            code: code.to_owned(),
            message: message.to_owned(),
        });
    }

    fn skip(&mut self, failure: Failure) {
        self.loader.coverage.skipped.push(skipped(&self.file, failure));
    }
}

/// The name of a file without folder and extension, by which a configuration without a name of its own is called.
fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    match name.split_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}

/// What people declare is read apart, and no document that ought to have been understood here.
fn is_intent_file(file: &str) -> bool {
    file.rsplit(['/', '\\']).next() == Some(INTENT_FILE)
}

/// A failure as coverage shows it.
pub(crate) fn skipped(file: &str, failure: Failure) -> Skipped {
    Skipped {
        file: file.to_owned(),
        line: failure.position.line.saturating_add(1),
        column: failure.position.column.saturating_add(1),
        code: failure.code.to_owned(),
        reason: failure.reason,
        help: failure.help.to_owned(),
    }
}

/// How many values a node holds, itself included; a long text counts for several.
fn weight(node: &Node) -> usize {
    let below: usize = match (node.as_list(), node.as_map()) {
        (Some(items), _) => items.iter().map(weight).sum(),
        (_, Some(map)) => map.entries().iter().map(|entry| weight(&entry.value)).sum(),
        _ => node.as_str().map_or(0, |text| text.len() / 64),
    };
    below + 1
}

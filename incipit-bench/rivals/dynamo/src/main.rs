// SPDX-License-Identifier: Apache-2.0
//! NVIDIA Dynamo's indexes behind the protocol of `docs/evaluation.md`: a command a line on standard
//! input, an answer a line on standard output.
//!
//! `incipit-rival-dynamo crtc|radix|strided|binary`

mod answers;
mod index;
mod memory;
mod workload;

use std::io::{BufRead, Write};
use std::process::ExitCode;

use index::{Crtc, Index, Kind, Positional, Radix};
use workload::{Chain, Set, Workload};

/// Changes that are made before the clock starts.
const BATCH: usize = 512;

/// Questions that are made before the clock starts: few, as a server holds few at a time.
const QUESTIONS: usize = 32;

fn main() -> ExitCode {
    memory::begin();
    let variant = std::env::args().nth(1).unwrap_or_default();
    let done = match variant.as_str() {
        "crtc" => serve::<Crtc>(Kind::Plain),
        "radix" => serve::<Radix>(Kind::Plain),
        "strided" => serve::<Positional>(Kind::Strided),
        "binary" => serve::<Positional>(Kind::Binary),
        _ => Err(format!("index: {variant} (expected: crtc, radix, strided or binary)")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn serve<I: Index>(kind: Kind) -> Result<(), String> {
    let mut rival = Rival::<I> {
        kind,
        index: None,
        workload: Workload::default(),
        chains: Vec::new(),
        bytes_before: 0,
    };
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| e.to_string())?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = rival.answer(&words)?;
        writeln!(out, "{answer}").and_then(|()| out.flush()).map_err(|e| e.to_string())?;
    }
    Ok(())
}

struct Rival<I: Index> {
    kind: Kind,
    index: Option<I>,
    workload: Workload,
    chains: Vec<Chain>,
    bytes_before: usize,
}

impl<I: Index> Rival<I> {
    fn answer(&mut self, words: &[&str]) -> Result<String, String> {
        match words {
            ["load", file] => {
                self.index = None;
                self.workload = Workload::read(file).map_err(|e| format!("{file}: {e}"))?;
                Ok(format!("loaded {}", self.workload.count()))
            }
            ["store"] => Ok(self.store()),
            ["ask", set] => Ok(self.ask(Set::parse(set)?)),
            ["check", set] => Ok(self.check(Set::parse(set)?)),
            ["remove"] => Ok(self.remove()),
            ["bytes"] => Ok(format!("bytes {}", memory::live() - self.bytes_before)),
            ["new"] => {
                self.index = Some(I::new(self.kind));
                self.chains.clear();
                Ok("ok".into())
            }
            ["chain", hashes @ ..] => {
                self.chains.push(Chain::parse(hashes)?);
                Ok("ok".into())
            }
            ["put" | "puts", worker, chain, from, to] => {
                let (chain, from, to) = (self.chain(chain)?, number(from)?, number(to)?);
                let event = chain.stored(number(worker)? as u64, from, to);
                self.index()?.change(vec![event]);
                Ok("ok".into())
            }
            ["drop", worker, chain, from, to] => {
                let (chain, from, to) = (self.chain(chain)?, number(from)?, number(to)?);
                let event = chain.removed(number(worker)? as u64, from, to);
                self.index()?.change(vec![event]);
                Ok("ok".into())
            }
            ["score", chain, length] => {
                let question = self.chain(chain)?.locals[..number(length)?].to_vec();
                let scores = self.index()?.ask(question);
                Ok(answers::text(&scores))
            }
            _ => Err(format!("command: {} (expected: one of the protocol)", words.join(" "))),
        }
    }

    fn index(&mut self) -> Result<&mut I, String> {
        self.index.as_mut().ok_or_else(|| "no index: say new or store first".into())
    }

    fn chain(&self, number_of: &str) -> Result<&Chain, String> {
        self.chains.get(number(number_of)?).ok_or_else(|| format!("no chain {number_of}"))
    }

    fn store(&mut self) -> String {
        self.index = None;
        self.bytes_before = memory::live();
        let mut index = I::new(self.kind);
        let (mut ns, mut blocks) = (0, 0);
        for batch in batches(self.workload.count(), BATCH) {
            let mut events = Vec::with_capacity(BATCH);
            for i in batch {
                let head = self.workload.head(i);
                if head.stored_from < head.length {
                    events.push(self.workload.stored(i));
                    blocks += head.length - head.stored_from;
                }
            }
            ns += index.change(events);
        }
        self.index = Some(index);
        format!("stored {ns} {blocks}")
    }

    /// Drops what the second half of the prompts stored, the last first, tails first.
    fn remove(&mut self) -> String {
        let count = self.workload.count();
        let (mut ns, mut blocks) = (0, 0);
        let Some(index) = self.index.as_mut() else { return "removed 0 0".into() };
        for batch in batches(count - count / 2, BATCH) {
            let mut events = Vec::with_capacity(BATCH);
            for i in batch.map(|back| count - 1 - back) {
                let head = self.workload.head(i);
                if head.stored_from < head.length {
                    events.push(self.workload.removed(i));
                    blocks += head.length - head.stored_from;
                }
            }
            ns += index.change(events);
        }
        format!("removed {ns} {blocks}")
    }

    fn ask(&mut self, set: Set) -> String {
        let count = self.workload.count();
        let (mut ns, mut sum) = (0, 0u64);
        let Some(index) = self.index.as_mut() else { return "asked 0 0 0".into() };
        for batch in batches(count, QUESTIONS) {
            let (took, blocks) = index.ask_all(self.workload.questions(set, batch));
            ns += took;
            sum = sum.wrapping_add(blocks);
        }
        format!("asked {ns} {count} {sum}")
    }

    fn check(&mut self, set: Set) -> String {
        let count = self.workload.count();
        let mut digest = 0u64;
        let Some(index) = self.index.as_mut() else { return "checked 0 0".into() };
        for i in 0..count {
            let question = self.workload.question(set, i);
            digest = digest.wrapping_add(answers::digest(i as u64, &index.ask(question)));
        }
        format!("checked {digest:016x} {count}")
    }
}

fn batches(count: usize, size: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    (0..count).step_by(size).map(move |from| from..count.min(from + size))
}

fn number(word: &str) -> Result<usize, String> {
    word.parse().map_err(|_| format!("number: {word} (expected: digits)"))
}

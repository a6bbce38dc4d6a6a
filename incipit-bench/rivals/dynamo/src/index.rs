// SPDX-License-Identifier: Apache-2.0
//! The indexes of `dynamo-kv-router`, and the CPU time that they take.

use std::os::unix::thread::JoinHandleExt;
use std::sync::Arc;
use std::thread::JoinHandle;

use dynamo_kv_router::indexer::positional::SearchMode;
use dynamo_kv_router::indexer::WorkerTask;
use dynamo_kv_router::{
    ConcurrentRadixTreeCompressed, LocalBlockHash, OverlapScores, PositionalIndexer, RadixTree,
    RouterEvent, SyncIndexer,
};
use tokio::sync::oneshot;

/// Positions that the positional index jumps over.
const JUMP: usize = 32;

/// How an index searches.
#[derive(Clone, Copy)]
pub enum Kind {
    Plain,
    Strided,
    Binary,
}

/// An index under measurement.
pub trait Index {
    fn new(kind: Kind) -> Self;

    /// Applies events in their order.
    ///
    /// Returns CPU time of the thread that does, in nanoseconds.
    fn change(&mut self, events: Vec<RouterEvent>) -> u64;

    fn ask(&mut self, question: Vec<LocalBlockHash>) -> OverlapScores;

    /// Asks all, and adds up the blocks of all workers.
    ///
    /// Returns CPU time in nanoseconds and that sum.
    fn ask_all(&mut self, questions: Vec<Vec<LocalBlockHash>>) -> (u64, u64);
}

pub struct Radix(RadixTree);

impl Index for Radix {
    fn new(_kind: Kind) -> Self {
        Radix(RadixTree::new())
    }

    fn change(&mut self, events: Vec<RouterEvent>) -> u64 {
        let start = cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID);
        for event in events {
            // What does not apply shows in the answers.
            let _ = self.0.apply_event(event);
        }
        cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID) - start
    }

    fn ask(&mut self, question: Vec<LocalBlockHash>) -> OverlapScores {
        self.0.find_matches(question, false)
    }

    fn ask_all(&mut self, questions: Vec<Vec<LocalBlockHash>>) -> (u64, u64) {
        let start = cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID);
        let sum = questions.into_iter().map(|one| sum(&self.0.find_matches(one, false))).sum();
        (cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID) - start, sum)
    }
}

/// An index that is asked from any thread and changed by one of its own, as in Dynamo's pool.
pub struct Shared<T: SyncIndexer> {
    tree: Arc<T>,
    tasks: flume::Sender<WorkerTask>,
    writer: Option<JoinHandle<()>>,
}

impl<T: SyncIndexer> Shared<T> {
    fn start(tree: T) -> Self {
        let tree = Arc::new(tree);
        let (tasks, receiver) = flume::unbounded();
        let theirs = tree.clone();
        let writer = std::thread::spawn(move || {
            if let Err(error) = theirs.worker(receiver, None) {
                eprintln!("the index' own thread: {error}");
            }
        });
        Shared { tree, tasks, writer: Some(writer) }
    }

    fn change(&mut self, events: Vec<RouterEvent>) -> u64 {
        let start = self.writer_ns();
        let (done, settled) = oneshot::channel();
        for event in events {
            let _ = self.tasks.send(WorkerTask::Event(event));
        }
        let _ = self.tasks.send(WorkerTask::Flush(done));
        let _ = settled.blocking_recv();
        self.writer_ns() - start
    }

    fn writer_ns(&self) -> u64 {
        let mut clock = 0;
        if let Some(writer) = &self.writer {
            // The thread has not been joined, so its handle is valid.
            unsafe { libc::pthread_getcpuclockid(writer.as_pthread_t(), &mut clock) };
        }
        cpu_ns(clock)
    }

    fn ask_all(&self, questions: Vec<Vec<LocalBlockHash>>) -> (u64, u64) {
        let start = cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID);
        let sum = questions.iter().map(|one| sum(&self.tree.find_matches(one, false))).sum();
        (cpu_ns(libc::CLOCK_THREAD_CPUTIME_ID) - start, sum)
    }
}

impl<T: SyncIndexer> Drop for Shared<T> {
    fn drop(&mut self) {
        let _ = self.tasks.send(WorkerTask::Terminate);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

pub struct Crtc(Shared<ConcurrentRadixTreeCompressed>);

impl Index for Crtc {
    fn new(_kind: Kind) -> Self {
        Crtc(Shared::start(ConcurrentRadixTreeCompressed::new()))
    }

    fn change(&mut self, events: Vec<RouterEvent>) -> u64 {
        self.0.change(events)
    }

    fn ask(&mut self, question: Vec<LocalBlockHash>) -> OverlapScores {
        self.0.tree.find_matches(&question, false)
    }

    fn ask_all(&mut self, questions: Vec<Vec<LocalBlockHash>>) -> (u64, u64) {
        self.0.ask_all(questions)
    }
}

pub struct Positional(Shared<PositionalIndexer>);

impl Index for Positional {
    fn new(kind: Kind) -> Self {
        let mode = match kind {
            Kind::Binary => SearchMode::Binary,
            _ => SearchMode::Strided,
        };
        Positional(Shared::start(PositionalIndexer::new_with_mode(JUMP, mode)))
    }

    fn change(&mut self, events: Vec<RouterEvent>) -> u64 {
        self.0.change(events)
    }

    fn ask(&mut self, question: Vec<LocalBlockHash>) -> OverlapScores {
        self.0.tree.find_matches(&question, false)
    }

    fn ask_all(&mut self, questions: Vec<Vec<LocalBlockHash>>) -> (u64, u64) {
        self.0.ask_all(questions)
    }
}

fn sum(scores: &OverlapScores) -> u64 {
    scores.scores.values().map(|blocks| *blocks as u64).sum()
}

fn cpu_ns(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    unsafe { libc::clock_gettime(clock, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

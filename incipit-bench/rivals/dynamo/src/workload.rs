// SPDX-License-Identifier: Apache-2.0
//! What is stored and asked for, read from the file that `./incipit evaluate rivals` writes.

use std::io::{Error, ErrorKind};
use std::ops::Range;

use dynamo_kv_router::protocols::{
    ExternalSequenceBlockHash, KvCacheEvent, KvCacheEventData, KvCacheRemoveData, KvCacheStoreData,
    KvCacheStoredBlockData, LocalBlockHash, RouterEvent, compute_seq_hash_for_block,
};

const MAGIC: &[u8; 8] = b"INCRIV01";

/// Which question is asked about a prompt.
#[derive(Clone, Copy)]
pub enum Set {
    /// As it was when it came in: what was known, then blocks that nobody has.
    Arrival,
    /// All of it, everything being stored.
    Full,
}

impl Set {
    pub fn parse(word: &str) -> Result<Set, String> {
        match word {
            "arrival" => Ok(Set::Arrival),
            "full" => Ok(Set::Full),
            _ => Err(format!("set: {word} (expected: arrival or full)")),
        }
    }
}

/// Of a prompt, what stands before its hashes.
#[derive(Clone, Copy)]
pub struct Head {
    pub worker: u64,
    pub length: usize,
    pub stored_from: usize,
    known: usize,
    at: usize,
}

#[derive(Default)]
pub struct Workload {
    heads: Vec<Head>,
    locals: Vec<LocalBlockHash>,
    /// The hash of a block and all before it, as Dynamo chains them.
    rolling: Vec<u64>,
}

impl Workload {
    pub fn read(file: &str) -> std::io::Result<Workload> {
        let bytes = std::fs::read(file)?;
        let mut input = Input { bytes: &bytes };
        if input.take(8)? != MAGIC {
            return Err(Error::new(ErrorKind::InvalidData, "not a workload of version 1"));
        }
        let _workers = input.int()?;
        let chains = input.int()?;
        let mut heads = Vec::with_capacity(chains);
        let mut at = 0;
        for _ in 0..chains {
            let (worker, length) = (input.int()? as u64, input.int()?);
            let (stored_from, known) = (input.int()?, input.int()?);
            heads.push(Head { worker, length, stored_from, known, at });
            at += length;
        }
        let locals: Vec<_> = input
            .take(at * 8)?
            .chunks_exact(8)
            .map(|hash| LocalBlockHash(u64::from_be_bytes(hash.try_into().unwrap_or_default())))
            .collect();
        let mut rolling = Vec::with_capacity(at);
        for head in &heads {
            let chain = &locals[head.at..head.at + head.length];
            rolling.extend(compute_seq_hash_for_block(chain));
        }
        Ok(Workload { heads, locals, rolling })
    }

    pub fn count(&self) -> usize {
        self.heads.len()
    }

    pub fn head(&self, i: usize) -> Head {
        self.heads[i]
    }

    pub fn stored(&self, i: usize) -> RouterEvent {
        let head = self.heads[i];
        let all = head.at..head.at + head.length;
        let (locals, rolling) = (&self.locals[all.clone()], &self.rolling[all]);
        stored(head.worker, locals, rolling, head.stored_from, head.length)
    }

    pub fn removed(&self, i: usize) -> RouterEvent {
        let head = self.heads[i];
        let rolling = &self.rolling[head.at..head.at + head.length];
        removed(head.worker, rolling, head.stored_from, head.length)
    }

    pub fn question(&self, set: Set, i: usize) -> Vec<LocalBlockHash> {
        let head = self.heads[i];
        let chain = &self.locals[head.at..head.at + head.length];
        match set {
            Set::Full => chain.to_vec(),
            Set::Arrival => {
                let unknown = chain[head.known..].iter().map(|hash| LocalBlockHash(!hash.0));
                chain[..head.known].iter().copied().chain(unknown).collect()
            }
        }
    }

    pub fn questions(&self, set: Set, range: Range<usize>) -> Vec<Vec<LocalBlockHash>> {
        range.map(|i| self.question(set, i)).collect()
    }
}

/// A prompt of the table of holes.
pub struct Chain {
    pub locals: Vec<LocalBlockHash>,
    rolling: Vec<u64>,
}

impl Chain {
    /// From `local:chained` in hexadecimal, block by block; Dynamo chains by itself.
    pub fn parse(words: &[&str]) -> Result<Chain, String> {
        let mut locals = Vec::with_capacity(words.len());
        for word in words {
            let local = word.split(':').next().unwrap_or_default();
            let hash = u64::from_str_radix(local, 16)
                .map_err(|_| format!("hash: {word} (expected: local:chained)"))?;
            locals.push(LocalBlockHash(hash));
        }
        let rolling = compute_seq_hash_for_block(&locals);
        Ok(Chain { locals, rolling })
    }

    pub fn stored(&self, worker: u64, from: usize, to: usize) -> RouterEvent {
        stored(worker, &self.locals, &self.rolling, from, to)
    }

    pub fn removed(&self, worker: u64, from: usize, to: usize) -> RouterEvent {
        removed(worker, &self.rolling, from, to)
    }
}

fn stored(
    worker: u64,
    locals: &[LocalBlockHash],
    rolling: &[u64],
    from: usize,
    to: usize,
) -> RouterEvent {
    let blocks = (from..to)
        .map(|at| KvCacheStoredBlockData {
            block_hash: ExternalSequenceBlockHash(rolling[at]),
            tokens_hash: locals[at],
            mm_extra_info: None,
        })
        .collect();
    let parent_hash = from.checked_sub(1).map(|at| ExternalSequenceBlockHash(rolling[at]));
    event(
        worker,
        KvCacheEventData::Stored(KvCacheStoreData { parent_hash, start_position: None, blocks }),
    )
}

fn removed(worker: u64, rolling: &[u64], from: usize, to: usize) -> RouterEvent {
    let block_hashes = rolling[from..to].iter().rev().map(|h| ExternalSequenceBlockHash(*h)).collect();
    event(worker, KvCacheEventData::Removed(KvCacheRemoveData { block_hashes }))
}

fn event(worker: u64, data: KvCacheEventData) -> RouterEvent {
    RouterEvent::new(worker, KvCacheEvent { event_id: 0, data, dp_rank: 0 })
}

struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> std::io::Result<&'a [u8]> {
        let (taken, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or_else(|| Error::new(ErrorKind::UnexpectedEof, "ends early"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn int(&mut self) -> std::io::Result<usize> {
        let bytes = self.take(4)?;
        Ok(u32::from_be_bytes(bytes.try_into().unwrap_or_default()) as usize)
    }
}

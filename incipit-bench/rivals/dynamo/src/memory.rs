// SPDX-License-Identifier: Apache-2.0
//! mimalloc, and how many bytes are asked of it and not given back: what callers ask for, not what
//! it rounds that up to. Counted only where `RIVAL_COUNT` is set, since counting costs time.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static COUNTED: AtomicBool = AtomicBool::new(true);

struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTED.load(Relaxed) {
            LIVE.fetch_add(layout.size(), Relaxed);
        }
        unsafe { MiMalloc.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if COUNTED.load(Relaxed) {
            LIVE.fetch_add(layout.size(), Relaxed);
        }
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if COUNTED.load(Relaxed) {
            LIVE.fetch_sub(layout.size(), Relaxed);
        }
        unsafe { MiMalloc.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if COUNTED.load(Relaxed) {
            LIVE.fetch_add(size, Relaxed);
            LIVE.fetch_sub(layout.size(), Relaxed);
        }
        unsafe { MiMalloc.realloc(at, layout, size) }
    }
}

/// Bytes in use.
pub fn live() -> usize {
    LIVE.load(Relaxed)
}

/// Stops counting unless it was asked for.
pub fn begin() {
    static ASKED: LazyLock<bool> = LazyLock::new(|| std::env::var_os("RIVAL_COUNT").is_some());
    COUNTED.store(*ASKED, Relaxed);
}

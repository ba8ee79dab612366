//! Memory for blocks of text, used again and again: taking it from the system anew costs as much as reading
//! the file.

use std::sync::{Arc, Mutex, PoisonError};

/// Buffers for blocks.
#[derive(Clone, Debug)]
pub(crate) struct Buffers {
    pub(crate) block_bytes: usize,
    /// Those that are not in use.
    spare: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Buffers {
    pub(crate) fn new(block_bytes: usize) -> Self {
        Self { block_bytes, spare: Arc::default() }
    }

    /// Takes a buffer with room for a block and for what was `begun` before it; its content is arbitrary.
    pub(crate) fn take(&self, begun: usize) -> Vec<u8> {
        let mut buffer = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let wanted = begun + self.block_bytes;
        if buffer.len() < wanted {
            buffer.resize(wanted, 0);
        }
        buffer
    }

    /// Gives a buffer back.
    pub(crate) fn put(&self, buffer: Vec<u8>) {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

//! The text of a file: unpacked, cut into blocks of whole lines, and into cells.

pub(crate) mod blocks;
pub(crate) mod buffers;
pub(crate) mod cells;
pub(crate) mod container;
pub(crate) mod findings;
pub(crate) mod header;
pub(crate) mod line;
pub(crate) mod source;
pub(crate) mod zip_member;

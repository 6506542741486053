//! What servers say to each other, as bytes.
mod append;
mod frame;

pub(crate) use append::{decode_append, encode_append};
pub(crate) use frame::{
    Envelope, Kind, Piece, PieceAnswer, Refusal, VoteAnswer, VoteAsk, decode, decode_answer, encode,
    encode_answer, encode_with_body, group_key, split_body,
};

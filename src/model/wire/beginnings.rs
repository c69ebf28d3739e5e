//! What files are, by how they begin.

const BEGINNINGS: [(&[u8], &str); 15] = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\xff\xf1", "audio/aac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
];

/// The media type of a file that begins with these bytes.
pub(crate) fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let behind = |at: usize| bytes.get(at..at + 4);
    match (behind(0), behind(4), behind(8)) {
        (Some(b"RIFF"), _, Some(b"WAVE")) => Some("audio/wav"),
        (Some(b"RIFF"), _, Some(b"WEBP")) => Some("image/webp"),
        (_, Some(b"ftyp"), _) => Some("video/mp4"),
        _ => BEGINNINGS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, media)| *media),
    }
}

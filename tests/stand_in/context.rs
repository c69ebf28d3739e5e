//! The parts of an answer that do not follow from the request, and so differ from call to call.

/// Makes ids, times and fingerprints for one answer.
pub struct Context {
    state: u64,
    /// Other wordings: 0 for the first version of the model.
    pub rewording: u32,
    /// Whether streams carry random filling.
    pub obfuscate: bool,
    /// Seconds since midnight of the day on which all answers are made.
    second: u64,
}

impl Context {
    pub fn new(seed: u64, rewording: u32, obfuscate: bool) -> Context {
        let mut context = Context { state: seed, rewording, obfuscate, second: 0 };
        context.second = context.random() % 86_400;
        context
    }

    /// The generator SplitMix64.
    pub fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn pick(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[(self.random() % alphabet.len() as u64) as usize])).collect()
    }

    /// An id: the prefix and so many letters and digits.
    pub fn id(&mut self, prefix: &str, length: usize) -> String {
        let letters = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        format!("{prefix}{}", self.pick(letters, length))
    }

    /// An id: the prefix and so many hexadecimal digits.
    pub fn hex(&mut self, prefix: &str, length: usize) -> String {
        format!("{prefix}{}", self.pick(b"0123456789abcdef", length))
    }

    /// The time of the answer in seconds since 1970: some time on 21 November 2025.
    pub fn unix_time(&self) -> u64 {
        1_763_683_200 + self.second
    }

    fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.second / 3600, self.second / 60 % 60, self.second % 60)
    }

    /// The same time, with a fraction that grows with `n`.
    pub fn rfc3339(&self, n: usize) -> String {
        format!("2025-11-21T{}.{:06}Z", self.clock(), 101 + n * 9_173 % 999_000)
    }

    /// The same time, for a `date` header.
    pub fn http_date(&self) -> String {
        format!("Fri, 21 Nov 2025 {} GMT", self.clock())
    }
}

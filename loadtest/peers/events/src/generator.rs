//! Numbers and texts that are the same in every run.

const WORDS: [&str; 24] = [
    "harbour", "maple", "quartz", "velvet", "copper", "lantern", "meadow", "orbit", "pepper", "raven",
    "saddle", "timber", "umber", "willow", "yonder", "zephyr", "amber", "birch", "canvas", "delta", "ember",
    "fjord", "granite", "hollow",
];
const GIVEN: [&str; 10] =
    ["Nadia", "Tomás", "Yuki", "Petra", "Kofi", "Søren", "Ines", "Rahul", "Maeve", "Oleg"];
const FAMILY: [&str; 10] =
    ["Okafor", "Lindqvist", "D'Arcy", "Moreau", "Nakamura", "Silva", "Haddad", "Bergström", "Kaya", "Novak"];

/// `SplitMix64`.
pub struct Generator(u64);

impl Generator {
    pub fn new(kind: &str, seed: u64) -> Self {
        Self(kind.bytes().fold(seed, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.next() % 100 < chance
    }

    pub fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[(self.next() % texts.len() as u64) as usize]
    }

    /// A number with that many digits behind the point.
    pub fn decimal(&mut self, low: u64, high: u64, digits: u32) -> String {
        let unit = 10_u64.pow(digits);
        let value = self.between(low * unit, high * unit);
        format!("{}.{:0width$}", value / unit, value % unit, width = digits as usize)
    }

    /// The same, half of the time below zero.
    pub fn signed(&mut self, high: u64, digits: u32) -> String {
        format!("{}{}", self.pick(&["", "-"]), self.decimal(0, high, digits))
    }

    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            text += &format!("{:016x}", self.next());
        }
        text.truncate(digits);
        text
    }

    pub fn time(&mut self) -> String {
        let (month, day) = (self.between(1, 12), self.between(1, 28));
        let (hour, minute, second) = (self.between(0, 23), self.between(0, 59), self.between(0, 59));
        let milli = self.between(0, 999);
        format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }

    pub fn word(&mut self) -> &'static str {
        self.pick(&WORDS)
    }

    pub fn name(&mut self) -> (&'static str, &'static str) {
        (self.pick(&GIVEN), self.pick(&FAMILY))
    }

    /// Words as the inside of a JSON string: 3 % need escapes, 3 % are not ASCII.
    pub fn text(&mut self, words: usize) -> String {
        let text = (0..words).map(|_| self.word()).collect::<Vec<_>>().join(" ");
        match self.between(0, 99) {
            0..3 => format!(r#"the \"{text}\" one\n"#),
            3..6 => format!("{text} – à 5 €"),
            _ => text,
        }
    }

    /// As many elements, with commas between them.
    pub fn list(&mut self, count: u64, mut element: impl FnMut(&mut Self, u64) -> String) -> String {
        (0..count).map(|index| element(self, index)).collect::<Vec<_>>().join(",")
    }
}

//! Writes the orders of this example: always the same ones.
//!
//! ```sh
//! cargo run --example generate-orders > examples/order-processing/orders.ndjson
//! ```

use std::io::{self, BufWriter, Write};

const ORDERS: usize = 10_000;
/// Lines that are no JSON at all: a torn one, one of another format, one with a stray comma.
const MALFORMED: [(usize, &str); 3] = [
    (1_234, r#"{"orderId":"ORD-001234","orderValue":89.9,"customerTy"#),
    (5_678, "orderId=ORD-005678 orderValue=12.50 customerType=REGULAR"),
    (9_012, r#"{"orderId":"ORD-009012","orderValue":310.00,}"#),
];

const NAMES: [&str; 10] = [
    "Anna Schmidt",
    "Benoît Lefèvre",
    "Chloe O'Brien",
    "Daniel García",
    "Elif Yılmaz",
    "Farid Haddad",
    "Grace Novák",
    "Hiroshi Tanaka",
    "Inês Ferreira",
    "Jonas Müller",
];
const CITIES: [&str; 6] = ["Berlin", "Lyon", "Porto", "Dublin", "Kraków", "Seattle"];
const PRODUCTS: [(&str, u64); 8] = [
    ("desk lamp", 3_990),
    ("notebook, 3 pack", 1_290),
    ("espresso machine", 54_900),
    ("running shoes", 11_995),
    ("e-bike", 219_900),
    ("headphones", 17_900),
    ("garden hose", 2_450),
    ("27\\\" monitor", 32_900),
];

/// `SplitMix64`: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (bits ^ (bits >> 31)) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut random = Random(20_261_123);
    for number in 1..=ORDERS {
        match MALFORMED.iter().find(|(line, _)| *line == number) {
            Some((_, text)) => writeln!(out, "{text}")?,
            None => writeln!(out, "{}", order(number, &mut random))?,
        }
    }
    out.flush()
}

fn order(number: usize, random: &mut Random) -> String {
    let mut cents = 0;
    let items: Vec<String> = (0..=random.below(3))
        .map(|_| {
            let product = random.below(PRODUCTS.len() as u64) as usize;
            let (name, price) = PRODUCTS[product];
            let quantity = 1 + random.below(3);
            cents += price * quantity;
            let price = money(price);
            format!(r#"{{"sku":"SKU-{product:04}","name":"{name}","price":{price},"quantity":{quantity}}}"#)
        })
        .collect();
    let customer_type = random.pick(&["PREMIUM", "REGULAR", "REGULAR", "GUEST"]);
    let id = random.below(100_000);
    let name = random.pick(&NAMES);
    // One order in a hundred cannot be confirmed, one in two hundred was paid with a voucher already.
    let email = match random.below(100) {
        0 => String::new(),
        _ => format!(r#""email":"customer{id}@example.com","#),
    };
    if random.below(200) == 0 {
        cents = 0;
    }
    let city = random.pick(&CITIES);
    let (month, day) = (1 + random.below(12), 1 + random.below(28));
    let (hour, minute, second) = (random.below(24), random.below(60), random.below(60));
    let method = random.pick(&["card", "paypal", "invoice"]);
    let (value, items) = (money(cents), items.join(","));
    format!(
        r#"{{"orderId":"ORD-{number:06}","createdAt":"2026-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z","customerType":"{customer_type}","orderValue":{value},"customer":{{"id":"C{id:06}","name":"{name}",{email}"city":"{city}"}},"items":[{items}],"payment":{{"method":"{method}"}}}}"#
    )
}

/// An amount with two decimals, exactly.
fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

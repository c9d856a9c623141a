//! Writes the orders of this example: always the same ones.
//!
//! ```sh
//! cargo run --example generate-orders > examples/order-processing/orders.ndjson
//! ```

use std::io::{self, BufWriter, Write};

use serde_json::{Map, Value, json};

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
    ("27\" monitor", 32_900),
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

fn order(number: usize, random: &mut Random) -> Value {
    let mut cents = 0;
    let items: Vec<Value> = (0..=random.below(3))
        .map(|_| {
            let product = random.below(PRODUCTS.len() as u64) as usize;
            let (name, price) = PRODUCTS[product];
            let quantity = 1 + random.below(3);
            cents += price * quantity;
            json!({ "sku": format!("SKU-{product:04}"), "name": name, "price": money(price), "quantity": quantity })
        })
        .collect();
    let customer_type = random.pick(&["PREMIUM", "REGULAR", "REGULAR", "GUEST"]);
    let id = random.below(100_000);
    let mut customer = Map::new();
    customer.insert("id".into(), json!(format!("C{id:06}")));
    customer.insert("name".into(), json!(random.pick(&NAMES)));
    // One order in a hundred cannot be confirmed, one in two hundred was paid with a voucher already.
    if random.below(100) != 0 {
        customer.insert("email".into(), json!(format!("customer{id}@example.com")));
    }
    if random.below(200) == 0 {
        cents = 0;
    }
    customer.insert("city".into(), json!(random.pick(&CITIES)));
    json!({
        "orderId": format!("ORD-{number:06}"),
        "createdAt": format!("2026-{:02}-{:02}T{:02}:{:02}:{:02}Z", 1 + random.below(12), 1 + random.below(28),
            random.below(24), random.below(60), random.below(60)),
        "customerType": customer_type,
        "orderValue": money(cents),
        "customer": customer,
        "items": items,
        "payment": { "method": random.pick(&["card", "paypal", "invoice"]) },
    })
}

/// An amount with two decimals, exactly.
fn money(cents: u64) -> Value {
    let text = format!("{}.{:02}", cents / 100, cents % 100);
    serde_json::from_str(&text).expect("digits, a point and two digits are a JSON number")
}

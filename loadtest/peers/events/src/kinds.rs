//! One function for each kind of event.

use crate::generator::Generator;

type Event = fn(&mut Generator, u64) -> String;

pub const KINDS: [(&str, Event); 7] = [
    ("pass", position),
    ("order", booking),
    ("etl", visit),
    ("choice16", message),
    ("map", meter),
    ("jsonata", invoice),
    ("large", stocktaking),
];

const REGIONS: [&str; 6] =
    ["eu-west-3", "eu-north-1", "us-east-2", "ca-central-1", "me-central-1", "af-south-1"];
const GROUPS: [&str; 6] = ["light", "kitchen", "garden", "office", "textile", "tools"];
const CITIES: [&str; 6] = ["Lisbon", "Malmö", "Nairobi", "Kyoto", "Łódź", "Quebec"];

/// 250 B: where a vehicle is.
fn position(g: &mut Generator, index: u64) -> String {
    format!(
        r#"{{"pingId":"ping-{}","vehicle":"tram-{:04}","at":"{}","line":"{}","speed":{},"unit":"{}","seq":{index},"closed":{},"position":{{"lat":{},"lon":{}}},"flags":["{}","{}"]}}"#,
        g.hex(12),
        g.between(0, 9_999),
        g.time(),
        g.pick(&["M1", "M5", "N12", "X30"]),
        g.decimal(0, 70, 3),
        g.pick(&["km/h", "m/s"]),
        g.percent(95),
        g.signed(90, 6),
        g.signed(180, 6),
        g.word(),
        g.word(),
    )
}

/// 1 KB: freight to be shipped.
fn booking(g: &mut Generator, index: u64) -> String {
    let (given, family) = g.name();
    let parcels = g.list(6, |g, _| {
        format!(
            r#"{{"code":"PCL-{:06}","content":"{}","class":"{}","price":{},"count":{}}}"#,
            g.between(0, 999_999),
            g.text(2),
            g.pick(&GROUPS),
            g.decimal(1, 120, 2),
            g.between(1, 5),
        )
    });
    format!(
        r#"{{"bookingId":"BKG-{index:09}","traceId":"{}","createdAt":"{}","tier":"{}","value":{},"currency":"EUR","shipper":{{"id":"S{:08}","name":"{given} {family}","email":"{}{}@post.example","address":{{"street":"{} {} Quay","city":"{}","zip":"{:05}","country":"PT"}}}},"parcels":[{parcels}],"payment":{{"method":"{}","last4":"{:04}","authorized":true,"token":"{}"}},"express":{},"voucher":null}}"#,
        g.hex(32),
        g.time(),
        g.pick(&["CORPORATE", "CORPORATE", "PRIVATE", "PRIVATE", "WALKIN"]),
        g.decimal(5, 2_600, 2),
        g.between(0, 99_999_999),
        family.to_lowercase().replace('\'', ""),
        g.between(1, 999),
        g.between(1, 300),
        g.word(),
        g.pick(&CITIES),
        g.between(0, 99_999),
        g.pick(&["card", "transfer", "account"]),
        g.between(0, 9_999),
        g.hex(24),
        g.percent(30),
    )
}

/// 1 KB: a visit to a shop's pages.
fn visit(g: &mut Generator, _index: u64) -> String {
    let (given, family) = g.name();
    let count = g.between(2, 8);
    let basket = g.list(count, |g, _| {
        format!(
            r#"{{"id":{},"price":{},"count":{}}}"#,
            g.between(1, 1_000_000),
            g.decimal(1, 500, 2),
            g.between(1, 4)
        )
    });
    let head = format!(
        r#"{{"id":"{}","origin":"shop","at":"{}","region":"{}","version":4}}"#,
        g.hex(32),
        g.time(),
        g.pick(&REGIONS)
    );
    let (views, clicks, errors) = (g.between(0, 5_000), g.between(0, 500), g.between(0, 3));
    format!(
        r#"{{"head":{head},"fallback":{{"plan":"basic","lang":"en","letters":false,"theme":"plain","beta":false}},"body":{{"member":{{"id":{},"given":"{given}","family":"{family}","age":{}}},"route":"{}/{}/{}/p{}","referrer":"https://shop.example/{}?find={}&ref={}","basket":[{basket}],"tally":{{"views":{views},"clicks":{clicks},"errors":{errors}}},"settings":{{"plan":"{}","lang":"{}","score":{},"segment":"{}"}},"agent":"Mozilla/5.0 (Wayland; Linux aarch64; rv:{}.0) Gecko/20100101 Firefox/{}.0 with a rather long name of a browser behind it"}}}}"#,
        g.between(1, 100_000_000),
        g.between(18, 90),
        g.pick(&GROUPS),
        g.word(),
        g.word(),
        g.between(1, 9_999),
        g.pick(&GROUPS),
        g.word(),
        g.hex(8),
        g.pick(&["basic", "plus", "crew"]),
        g.pick(&["pt", "en", "sv", "ja"]),
        g.decimal(0, 1, 4),
        g.word(),
        g.between(100, 140),
        g.between(100, 140),
    )
}

/// 500 B: a message to be routed.
fn message(g: &mut Generator, _index: u64) -> String {
    let channel = match g.between(0, 4) {
        0 => format!("agent-{}", g.between(1, 50)),
        1 => format!("drop-{}.csv", g.hex(6)),
        _ => g.pick(&["site", "ios", "android"]).to_owned(),
    };
    let kind =
        g.pick(&["sale", "charge", "return", "dispatch", "signin", "enrol", "beat", "review"]).to_owned();
    format!(
        r#"{{"id":"msg-{}","at":"{}","kind":"{kind}","channel":"{channel}","region":"{}","sum":{},"urgency":{},"tries":{},"state":"{}","starred":{},"object":"s3://depot-{}/in/{}.{}","user":{{"id":{},"rank":"{}","country":"{}"}},"remark":"{}","trace":{{"id":"{}","span":"{}","sampled":{}}}}}"#,
        g.hex(16),
        g.time(),
        g.pick(&REGIONS),
        g.decimal(0, 5_000, 2),
        g.between(0, 10),
        g.pick(&["0", "0", "0", "1", "2", "5"]),
        g.pick(&["FRESH", "FRESH", "FRESH", "FRESH", "FRESH", "BEGUN", "BEGUN", "BEGUN", "PARKED", "ENDED"]),
        g.percent(5),
        g.between(1, 9),
        g.hex(10),
        g.pick(&["json", "csv", "orc"]),
        g.between(1, 10_000_000),
        g.pick(&["senior", "junior", "trainee"]),
        g.pick(&["SE", "US", "AE", "JP", "ZA"]),
        g.text(8),
        g.hex(32),
        g.hex(16),
        g.percent(10),
    )
}

/// 8 KB: a hundred readings of a meter.
fn meter(g: &mut Generator, index: u64) -> String {
    let readings = g.list(100, |g, number| {
        format!(
            r#"{{"id":"m{number:04}-{}","v":{},"q":{},"t":{},"ok":{},"bat":{}}}"#,
            g.hex(6),
            g.signed(45, 2),
            g.between(0, 100),
            1_780_000_000 + index * 100 + number,
            g.percent(97),
            g.between(5, 100),
        )
    });
    format!(
        r#"{{"batch":"{}","meter":"meter-{:05}","at":"{}","limit":28.5,"firmware":"3.{}.{}","readings":[{readings}]}}"#,
        g.hex(16),
        g.between(0, 99_999),
        g.time(),
        g.between(0, 9),
        g.between(0, 20),
    )
}

/// 1.9 KB: an invoice with ten lines.
fn invoice(g: &mut Generator, index: u64) -> String {
    let (given, family) = g.name();
    let lines = g.list(10, |g, _| {
        format!(
            r#"{{"code":"{}-{:04}","title":"{} {} {}","group":"{}","price":{},"count":{},"weight":{},"tags":["{}","{}"]}}"#,
            g.pick(&["TX", "KN", "GD"]),
            g.between(0, 9_999),
            g.word(),
            g.word(),
            g.word(),
            g.pick(&GROUPS),
            g.decimal(1, 120, 2),
            g.between(1, 5),
            g.decimal(0, 9, 3),
            g.word(),
            g.word(),
        )
    });
    let payments = g.between(1, 3);
    let payments = g.list(payments, |g, _| {
        format!(
            r#"{{"on":"{}","amount":{},"method":"{}"}}"#,
            g.time(),
            g.decimal(1, 400, 2),
            g.pick(&["card", "transfer"])
        )
    });
    let mailbox = family.to_lowercase().replace('\'', "");
    format!(
        r#"{{"number":"INV-{index:07}","issued":"{}","client":{{"id":{},"name":"{given} {family}","email":"{mailbox}@post.example","tier":"{}","city":"{}","phones":["+351 21 555 {:04}","+46 8 555 {:04}"]}},"lines":[{lines}],"payments":[{payments}],"discount":{},"shipping":{{"method":"{}","cost":{}}},"note":"see {}-{:03} and {}-{:03}, {}","traceId":"{}"}}"#,
        g.time(),
        g.between(1, 100_000_000),
        g.pick(&["gold", "silver", "bronze"]),
        g.pick(&CITIES),
        g.between(0, 9_999),
        g.between(0, 9_999),
        g.pick(&["0", "0", "5", "10"]),
        g.pick(&["road", "air"]),
        g.decimal(0, 15, 2),
        g.pick(&["RMA", "PO"]),
        g.between(0, 999),
        g.pick(&["SO", "DN"]),
        g.between(0, 999),
        g.text(4),
        g.hex(32),
    )
}

/// 100 KB: all that is in a warehouse.
fn stocktaking(g: &mut Generator, _index: u64) -> String {
    let mut rows = String::with_capacity(100_000);
    while rows.len() < 99_000 {
        if !rows.is_empty() {
            rows.push(',');
        }
        let words = g.between(8, 40) as usize;
        rows += &format!(
            r#"{{"id":"{}","name":"{}","price":{},"count":{},"active":{},"traits":{{"colour":"{}","size":{},"w":{}}},"tags":["{}","{}","{}"],"text":"{}","place":[{},{}]}}"#,
            g.hex(16),
            g.text(4),
            g.decimal(1, 999, 2),
            g.between(0, 100),
            g.percent(80),
            g.word(),
            g.between(1, 50),
            g.decimal(0, 1, 5),
            g.word(),
            g.word(),
            g.word(),
            g.text(words),
            g.signed(90, 6),
            g.signed(180, 6),
        );
    }
    format!(
        r#"{{"messageId":"{}","at":"{}","payload":{{"kind":"stocktaking","rows":[{rows}]}},"zone":"{}","version":1}}"#,
        g.hex(32),
        g.time(),
        g.pick(&["north", "south", "east"]),
    )
}

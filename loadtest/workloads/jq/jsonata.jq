def cents: (. * 100 | round) / 100;
[.lines[] | select(.price > 20 and .count >= 1)] as $large
| {
    number: .number,
    client: .client.name,
    total: ([$large[] | .price * .count] | add // 0 | cents),
    count: ($large | length),
    codes: [$large[].code],
    rows: [$large[] | { code: .code, amount: (.price * .count | cents), many: (.count > 2) }],
    light: ([.lines[] | select(.group == "light")] | length),
    gold: (.client.tier == "gold")
  }

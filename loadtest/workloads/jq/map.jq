.limit as $limit
| .levels = [
    .readings
    | to_entries[]
    | { id: .value.id, n: .key, v: .value.v, level: (if .value.v > $limit then "HIGH" else "FINE" end) }
  ]

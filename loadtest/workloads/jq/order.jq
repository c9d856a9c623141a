.space = { free: true, vessel: "MV Alma", slots: 6 }
| (if (.value > 500 and .tier == "CORPORATE") or .value > 2000 then "phone" else "mail" end) as $by
| .shipment = [
    { loaded: true, vessel: "MV Alma" },
    { bookingId: .bookingId, email: .shipper.email, by: $by }
  ]

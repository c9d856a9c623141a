.queue = (
  if .starred == true and .urgency >= 8 then "starred"
  elif .state == "PARKED" then "parked"
  elif .kind == "return" and .sum > 2500 then "return"
  elif .kind == "charge" and .sum > 4000 then "charge"
  elif (.channel | startswith("drop-") and endswith(".csv")) then "drop"
  elif (.channel | startswith("agent-")) and .state != "FRESH" then "agent"
  elif .tries >= 5 then "tried"
  elif .kind == "signin" or .kind == "enrol" then "access"
  elif (.region | startswith("me-")) and .user.country == "AE" then "gulf"
  elif (.object | startswith("s3://depot-1/") and endswith(".orc")) and .urgency < 5 then "depot"
  elif .sum >= 1000 and .sum < 1200 then "band"
  elif .user.rank == "senior" and (.urgency > 8 or .region == "af-south-1") then "senior"
  elif .kind == "dispatch" and (.region | startswith("eu-") | not) then "dispatch"
  elif has("failure") and (.failure | type) == "string" then "failure"
  elif .at > "2026-11-01" and .kind == "review" then "review"
  elif (.object | endswith(".orc")) then "orc"
  else "rest" end
)

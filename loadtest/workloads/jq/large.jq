if .zone == "north" then . elif .zone == "south" then . else . end

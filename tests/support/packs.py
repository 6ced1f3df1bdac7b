"""A small style pack that nothing can be said against, for tests of whoever reads packs."""

SMALL_PACK = """pack = 1
slug = "mine"
name = "Mine"
about = "A plain beat for tests."
words = ["mine music"]
colour = "seventh"

[tempo]
low_bpm = 160.0
high_bpm = 220.0
typical_bpm = 200.0

[humanise]
timing_ms = 2.0

[drums]
kit = "house"
opens = "full"
channel = { gain_db = 0.0 }

[[grooves]]
name = "one"
[grooves.lines]
kick  = "X... x... X... x..."
snare = ".... X... .... X..."
closed-hat = "x.x. x.x. x.x. x.x."

[[grooves]]
name = "two"
[grooves.lines]
kick  = "X..x .... X.x. ...."
snare = ".... X... .... X..g"

[[grooves]]
name = "waltz"
beats = 3
[grooves.lines]
kick = "X... .... ...."

[[grooves]]
name = "six"
beats = 6
[grooves.lines]
kick = "X. .. .. X. .. .."

[[fills]]
beats = 1
size = "small"
[fills.lines]
snare = "x.xx"

[[fills]]
beats = 2
size = "big"
[fills.lines]
snare = "x.x. xxxX"

[[parts]]
name = "bass"
role = "bass"
program = 33
families = ["electric-bass"]
low = 28
high = 47
channel = { gain_db = -3.0 }
patterns = [
  { steps = "R--r R---" },
  { steps = "R--- 5-" , beats = 3 },
  { steps = "R- -- 5- R- -- a-", beats = 6 },
]

[[parts]]
name = "keys"
role = "chords"
program = 4
families = ["electric-piano", "keys"]
low = 55
high = 77
energy = [0.0, 1.0]
channel = { gain_db = -4.0 }
patterns = [
  { steps = "x--- ..x. .... ..x." },
  { steps = "x--- ..x. ....", beats = 3 },
  { steps = "x- -- .. x- -- ..", beats = 6 },
]
"""

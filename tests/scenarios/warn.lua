-- SPDX-License-Identifier: MIT
-- WARN() with a text and its arguments, and WARN_ON(): told in each kernel's own way, with
-- the place in the source.

local m = machine { cpus = 1 }
local k = kernel { { "6.12", "5.10", "7" } }

case("WARN() prints its text with all arguments", function()
	expect.equal(k:call("crash.warn_text"), 1, "the value of the condition")
	expect.log "^on purpose: 1 two 3 4 5 6 7$"
	expect.log "WARNING: CPU: 0 PID: %d+ at .*crash%.c:%d+ op_warn_text"
	expect.finding "WARN"
end)

case("WARN_ON() tells where it is", function()
	k:call "crash.warn"
	expect.log "WARNING: CPU: 0 PID: %d+ at .*crash%.c:%d+ op_warn%+"
	expect.finding "WARN"
end)

case("WARN_ON_ONCE() tells it once, and gives the condition each time", function()
	expect.equal((k:call "crash.warn_once"), 1)
	expect.finding "WARN"
	expect.equal((k:call "crash.warn_once"), 1)
end)

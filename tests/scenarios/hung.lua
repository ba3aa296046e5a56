-- SPDX-License-Identifier: MIT
-- Tasks that are blocked for long, though no operation waits for them: told as
-- khungtaskd tells them. Its limit is 120 s; a sleep that a signal would end is not told.

local m = machine { cpus = 2 }
local k = kernel { { "6.12", "5.10", "7" } }

local FOR_EVER, KILLABLE = 0, 1

local function blocked(name, seconds)
	expect.log("^INFO: task crash%-" .. name .. ":%d+ blocked for more than " .. seconds .. " seconds%.$")
	expect.log("^task:crash%-" .. name .. " +state:D ")
end

case("a task is not told before its time", function()
	k:call("crash.hang_behind", nil, FOR_EVER)
	wait "119s"
end)

case("then it is, and so is the one behind it", function()
	wait "1s"
	blocked("holder", 120)
	expect.log "^ %? hold_and_wait%+0x"
	blocked("waiter", 120)
	expect.log "^ %? mutex_lock%+0x"
	expect.finding "hung task"
	expect.finding "hung task"
end)

case("each is told once", function() wait "600s" end)

case("they go on", function() k:call "crash.hang_over" end)

case("a sleep that can be killed is not told", function()
	k:call("crash.hang_behind", nil, KILLABLE)
	wait "300s"
	k:call "crash.hang_over"
end)

case("with less patience", function()
	k:hung_task_timeout "3s"
	k:call("crash.hang_behind", nil, FOR_EVER)
	wait "2900ms"
	k:call("crash.warn", nil, 1)
	wait "200ms"
	blocked("holder", 3)
	blocked("waiter", 3)
	expect.finding "hung task"
	expect.finding "hung task"
	k:call "crash.hang_over"
end)

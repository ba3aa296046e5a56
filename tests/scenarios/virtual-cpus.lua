-- SPDX-License-Identifier: MIT
-- Eight virtual CPUs: what the kernel promises of calls between them, of its timers
-- of high resolution, and of CPUs that go down and come up. The operations
-- (kernel-under-test/modules/services_*.c) measure; what is expected here holds with
-- any seed.

local CPUS = 8
machine { dts = "virt-pcie", cpus = CPUS, ram = "64M" }
local k = kernel { { "6.12", "5.10", "7" } }

local ALL = (1 << CPUS) - 1
local US, MS, JIFFY = 1000, 1000000, 4000000 -- ns
local IPI = 20 * US -- within what a CPU that is free takes a call
local EPERM, EBUSY, ENXIO = -1, -16, -6

-- The numbers that an operation leaves in buf, from 0 on, and its result.
local function numbers(op, n, options, ...)
	options.buf = ("\xff"):rep(8 * n)
	local result, out = k:call("services." .. op, options, ...)
	if result < 0 then error(op .. " failed: " .. result, 2) end
	local t = { ("<" .. ("i8"):rep(n)):unpack(out) }
	for i = 1, n do t[i - 1] = t[i] end
	return t, result
end

-- The text of an operation's steps.
local function steps(op, ...)
	local result, out = k:call("services." .. op, { buf = ("\0"):rep(256) }, ...)
	if result < 0 then error(op .. " failed: " .. result, 2) end
	return out:sub(1, result)
end

local function within(value, low, high, what)
	if value < low or value > high then
		error(("%s: expected %d to %d, came %d"):format(what, low, high, value), 2)
	end
end

local function cpus()
	local r = numbers("cpus", 4, {})
	return { possible = r[0], present = r[1], online = r[2], active = r[3] }
end

local function all_up(what)
	local c = cpus()
	expect.equal(c.online, ALL, what or "online")
	expect.equal(c.active, ALL, what or "active")
end

case("all CPUs have come up", function()
	local c = cpus()
	expect.equal(c.possible, ALL)
	expect.equal(c.present, ALL)
	all_up()
	expect.log("smp: Brought up 1 node, 8 CPUs")
end)

case("each CPU has its own data", function()
	expect.equal(k:call("services.percpu_calls", { cpu = 3 }), ALL)
end)

------------------------------------------------------------------------ calls ---

case("a call that is waited for runs on its CPU, in an interrupt, before the return", function()
	for cpu = 0, CPUS - 1 do
		local from = (cpu + 1) % CPUS
		local r, calls = numbers("call", 6, { cpu = from }, cpu, 1)
		expect.equal(r[0], 0)
		expect.equal(r[1], 1 << cpu, "CPU")
		expect.equal(r[2], 1 << cpu, "in an interrupt")
		expect.equal(r[3], 0, "interrupts are off")
		expect.equal(r[4], 1, "it has run")
		expect.equal(calls, 1)
		within(r[5], 1, IPI, "it takes time")
	end
end)

case("a CPU calls itself at once", function()
	local r = numbers("call", 6, { cpu = 2 }, 2, 1)
	expect.equal(r[1], 1 << 2)
	expect.equal(r[2], 0, "not in an interrupt")
	expect.equal(r[3], 0, "but interrupts are off")
	expect.equal(r[5], 0)
end)

case("a call that is not waited for runs later", function()
	local r = numbers("call", 6, { cpu = 0 }, 5, 0)
	expect.equal(r[4], 0, "not before the return")
	expect.equal(r[1], 1 << 5)
	within(r[5], 1, IPI, "later")
end)

case("a CPU that is not there cannot be called", function()
	expect.equal(numbers("call", 6, {}, 8, 1)[0], ENXIO)
	expect.equal(numbers("call", 6, {}, 1000, 0)[0], ENXIO)
end)

case("calls to all, to the others, to some and by a condition", function()
	local function check(r, i, who, others, what)
		expect.equal(r[i], who, what)
		expect.equal(r[i + 1], others, what .. ": in interrupts but for the caller's")
		expect.equal(r[i + 2], 0, what .. ": interrupts are off")
	end
	for _, from in ipairs { 0, 3 } do
		local r, cpu = numbers("call_all", 12, { cpu = from }, 0x0d)
		local own = 1 << cpu
		expect.equal(cpu, from)
		check(r, 0, ALL, ALL & ~own, "on_each_cpu")
		check(r, 3, ALL & ~own, ALL & ~own, "smp_call_function")
		check(r, 6, 0x0d, 0x0d & ~own, "on_each_cpu_mask")
		check(r, 9, 0xaa, 0xaa & ~own, "on_each_cpu_cond")
	end
end)

case("a CPU with its interrupts off takes the call when they are on, and the caller waits", function()
	for cpu = 1, 3 do expect.equal(steps("call_late", cpu), "ocr") end
end)

case("a call that is under way is not made once more", function()
	local r = numbers("call_async", 6, { cpu = 1 }, 4)
	expect.equal(r[0], 0)
	expect.equal(r[1], EBUSY)
	expect.equal(r[2], 1, "one call")
	expect.equal(r[3], 0, "behind it, again")
	expect.equal(r[4], 2)
	expect.equal(r[5], ENXIO)
end)

case("a call with interrupts off is a finding", function()
	k:call("services.call_irqs_off", { cpu = 1 }, 2, 0)
	expect.finding "WARN"
end)

case("a call to several with interrupts off is a finding", function()
	k:call("services.call_irqs_off", { cpu = 1 }, 2, 1)
	expect.finding "WARN"
end)

case("no call of a flood is lost", function()
	expect.equal(k:call("services.ipi_flood", nil, 6, 200), CPUS * 200)
end)

case("irq_work runs in an interrupt, on its CPU, once", function()
	for cpu = 0, CPUS - 1 do
		local result, out = k:call("services.irq_work", { cpu = cpu, buf = ("\0"):rep(64) }, (cpu + 3) % CPUS)
		expect.equal(out:sub(1, result), "Q-owsQ-ws")
	end
end)

case("stop_machine holds all other CPUs", function()
	for _, mask in ipairs { 0, 1 << 4, 0x21, ALL } do
		local r = numbers("stop_machine", 6, { cpu = 2 }, mask)
		expect.equal(r[0], 7, "result of the function")
		expect.equal(r[1], mask == 0 and 1 or mask, "CPUs it ran on: the first one if none is asked for")
		expect.equal(r[2], 0, "interrupts are off")
		expect.equal(r[3], 0, "nobody else ran meanwhile")
		within(r[4], 1, 1 << 40, "but before")
		within(r[5], 1, 1 << 40, "and behind it")
	end
end)

case("stop_one_cpu runs a function in the task of the CPU that goes before all others", function()
	for cpu = 0, CPUS - 1 do
		local r = numbers("stop_one_cpu", 2, { cpu = 5 }, cpu)
		expect.equal(r[0], 5)
		expect.equal(r[1], cpu)
	end
end)

case("the stopper waits for the task that runs, and for no other", function()
	for _ = 1, 10 do within(k:call("services.stopper_first", { cpu = 1 }, 6), 0, 2, "turns") end
end)

--------------------------------------------------------------------- hrtimers ---

local HARD, SOFT, PINNED = 0, 1, 2

case("an hrtimer comes when it is due, not at the tick", function()
	for _, ns in ipairs { 2 * US, 77 * US, 500 * US, 3 * MS + 1, 21 * MS } do
		for _, kind in ipairs { HARD, SOFT, PINNED } do
			local r, cpu = numbers("hrtimer", 7, { cpu = 3 }, kind, ns, 0, 0)
			within(r[0], ns, ns + IPI, "after " .. ns .. " ns")
			expect.equal(r[2], 1, "calls")
			expect.equal(r[3], 1 << cpu, "on the CPU that started it")
			expect.equal(r[4], kind == SOFT and 0 or 1, "in a hard interrupt")
			expect.equal(r[5], kind == SOFT and 1 or 0, "in a soft interrupt")
			expect.equal(r[6], 0, "not queued any more")
		end
	end
end)

case("an hrtimer that goes on keeps its period", function()
	local r = numbers("hrtimer", 7, { cpu = 1 }, HARD, 100 * US, 99, 50 * US)
	expect.equal(r[2], 100)
	within(r[1], (100 + 99 * 50) * US, (100 + 99 * 50) * US + IPI, "the last of them")
end)

case("hrtimers come in the order of expiry; starting again moves one", function()
	expect.equal(steps "hrtimer_order", "C-dabc")
end)

case("hrtimer_cancel waits for a function that runs on another CPU", function()
	local r, calls = numbers("hrtimer_cancel", 4, { cpu = 0 }, 6)
	expect.equal(r[0], -1, "try_to_cancel")
	expect.equal(r[1], 0, "it was not queued")
	within(r[2], 100 * US, 200 * US, "ns after the function began")
	expect.equal(r[3], 1 << 6)
	expect.equal(calls, 1)
end)

case("schedule_hrtimeout sleeps at least as long as asked, and no longer than its slack allows", function()
	for _, ns in ipairs { 10 * US, 333 * US, 5 * MS } do
		local r, state = numbers("hrtimeout", 2, {}, ns, 5 * US)
		within(r[0], ns, ns + 5 * US + IPI, "ns")
		expect.equal(r[1], 0)
		expect.equal(state, 0, "running")
	end
end)

---------------------------------------------------------------------- hotplug ---

case("a CPU goes down and comes up", function()
	for _, cpu in ipairs { 1, 4, 7 } do
		expect.equal(k:call("services.cpu_down", { cpu = 2 }, cpu), 0)
		local c = cpus()
		expect.equal(c.online, ALL & ~(1 << cpu))
		expect.equal(c.active, c.online)
		expect.equal(c.present, ALL)
		expect.equal(numbers("call", 6, {}, cpu, 1)[0], ENXIO, "a call to a CPU that is down")
		expect.equal(numbers("call", 6, { cpu = cpu }, 0, 1)[0], 0, "an operation for it runs elsewhere")
		expect.equal(k:call("services.cpu_down", nil, cpu), 1, "it is down already")
		expect.equal(k:call("services.cpu_up", nil, cpu), 0)
		all_up()
		expect.equal(numbers("call", 6, {}, cpu, 1)[1], 1 << cpu)
	end
end)

case("a CPU goes down from a task of its own", function()
	expect.equal(k:call("services.cpu_down", { cpu = 3 }, 3), 0)
	expect.equal(cpus().online, ALL & ~8)
	expect.equal(k:call("services.cpu_up", nil, 3), 0)
	all_up()
end)

case("through sysfs as well", function()
	local function online(value) return k:sysfs_write("/devices/system/cpu/cpu5/online", value) end
	expect.equal(online "0", 1)
	expect.equal(cpus().online, ALL & ~(1 << 5))
	expect.equal(online "1", 1)
	all_up()
end)

case("the first CPU stays, and the last one", function()
	expect.error(k:call("services.cpu_down", nil, 0), "EPERM")
	for cpu = 1, CPUS - 1 do expect.equal(k:call("services.cpu_down", nil, cpu), 0) end
	expect.equal(cpus().online, 1)
	expect.error(k:call("services.cpu_device_down", nil, 0), "EBUSY")
	expect.equal(numbers("call_all", 12, {}, ALL)[0], 1)
	for cpu = CPUS - 1, 1, -1 do expect.equal(k:call("services.cpu_up", nil, cpu), 0) end
	all_up()
end)

case("states are passed in their order, those of a running CPU on it", function()
	expect.equal(steps("hotplug_states", 6, 0), "Dq0pU0|Dq0pU0")
end)

case("a teardown that refuses leaves the CPU up", function()
	expect.equal(steps("hotplug_states", 6, 1), "D1|Dq0pU0")
	all_up()
end)

case("a start-up that refuses takes the CPU down again", function()
	expect.equal(steps("hotplug_states", 6, 2), "Dq0pU0|Dq0pUq1|pU")
	all_up()
end)

case("a new state that refuses on one CPU is undone on those before it", function()
	local result, out = k:call("services.hotplug_refuse", { buf = ("\0"):rep(64) }, 3)
	expect.equal(result, EBUSY)
	expect.equal(out:match "^%Z*", "0123abc")
end)

case("what was on the CPU goes elsewhere", function()
	local r, online = numbers("hotplug_move", 8, { cpu = 1 }, 5)
	expect.equal(r[0], 0)
	for i, what in ipairs { "timer", "hrtimer", "delayed work", "work that sleeps", "new work", "thread" } do
		within(r[i], 0, CPUS - 1, what)
		expect.equal(r[i] ~= 5, true, what .. " ran on the CPU that is down")
	end
	expect.equal(online, 1)
	expect.equal(r[7], 5, "work for the CPU that is up again")
end)

case("an interrupt goes to another CPU when its own goes down, and stays there", function()
	local r = numbers("irq_hotplug", 4, { cpu = 1 }, 6)
	expect.equal(r[0], 6)
	within(r[1], 0, CPUS - 1, "CPU")
	expect.equal(r[1] ~= 6, true, "on the CPU that is down")
	expect.equal(r[2], r[1], "its affinity is a new one")
	expect.equal(r[3], 3, "none is lost")
end)

case("a grace period waits for CPUs that are up, and for no other", function()
	local r = numbers("hotplug_rcu", 4, { cpu = 0 }, 2)
	within(r[0], 0, 5 * JIFFY, "synchronize_rcu with a CPU down")
	expect.equal(r[1], 1, "rcu_barrier")
	within(r[2], 0, 5 * JIFFY, "synchronize_srcu with a CPU down")
	expect.equal(r[3], 0, "the reader on the CPU that is up again has left")
	all_up()
end)

case("a thread of each CPU is parked while its CPU is down", function()
	expect.equal(steps("smpboot", 4), "cS|K|R|e")
end)

case("a parked thread stays so until it is unparked, or stopped", function()
	local r, result = numbers("kthread_park", 4, {})
	expect.equal(r[0], 1)
	expect.equal(r[1], 0, "turns while parked")
	expect.equal(r[2], 1, "turns behind it")
	expect.equal(r[3], 4, "parked and unparked twice")
	expect.equal(result, 3)
end)

case("a hundred times down and up", function()
	for i = 1, 100 do
		local cpu = 1 + i % (CPUS - 1)
		expect.equal(k:call("services.cpu_down", { cpu = i % CPUS }, cpu), 0)
		expect.equal(k:call("services.cpu_up", { cpu = i % cpu }, cpu), 0)
	end
	all_up()
	expect.equal(k:call "services.percpu_calls", ALL)
end)

case("no CPU comes or goes below cpus_read_lock", function()
	local r, online = numbers("hotplug_storm", 2, { cpu = 0 }, 30)
	expect.equal(r[0], 0, "a CPU did not go down or come up")
	expect.equal(r[1], 0, "a call to all CPUs reached others than those that are up")
	expect.equal(online, CPUS)
end)

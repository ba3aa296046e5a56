-- SPDX-License-Identifier: MIT
-- What the hosted kernel's services promise to the code that uses them. The
-- operations (kernel-under-test/modules/services_*.c) measure; what is expected
-- here is what the kernel documents, with any seed.

machine { dts = "virt-pcie", cpus = 2, ram = "64M" }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "services_memory.number=-5 services_memory.flag "
	.. "services_memory.word=\"two words\" services_early=0x11 quux=1" }

local HZ = 250
local JIFFY, US, MS = 1000000000 // HZ, 1000, 1000000 -- ns

-- The numbers that an operation leaves in buf, from 0 on, and its result.
local function numbers(op, n, ...)
	local result, out = k:call("services." .. op, { buf = ("\xff"):rep(8 * n) }, ...)
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

local function count(text, letter) return select(2, text:gsub(letter, "")) end

------------------------------------------------------------------------ time ---

local MSLEEP, USLEEP, UDELAY, NDELAY, MDELAY, TIMEOUT, INTERRUPTIBLE = 0, 1, 2, 3, 4, 5, 6
local SWITCH = 5 * US -- what tasks and interrupts may take around it

local function agree(r, what)
	within(r[1] * JIFFY - r[0], -JIFFY, JIFFY, what .. ": jiffies against ktime")
end

case("msleep sleeps as long as asked, and two ticks more at most", function()
	for _, ms in ipairs { 1, 4, 5, 20, 100 } do
		for _, kind in ipairs { MSLEEP, INTERRUPTIBLE } do
			local r = numbers("sleep", 3, kind, ms)
			within(r[0], ms * MS, ms * MS + 2 * JIFFY + SWITCH, "msleep " .. ms)
			agree(r, "msleep")
			expect.equal(r[2], 0)
		end
	end
end)

case("usleep_range stays in its range", function()
	for _, range in ipairs { { 1, 2 }, { 50, 100 }, { 999, 1001 }, { 10000, 20000 } } do
		local r = numbers("sleep", 3, USLEEP, range[1], range[2])
		within(r[0], range[1] * US, range[2] * US + SWITCH, "usleep_range " .. range[1])
		agree(r, "usleep_range")
	end
end)

case("udelay, ndelay and mdelay are never too short, nor much too long", function()
	for _, us in ipairs { 1, 7, 100, 2000 } do
		within(numbers("sleep", 3, UDELAY, us)[0], us * US, us * US * 5 // 4 + SWITCH, "udelay " .. us)
	end
	for _, ns in ipairs { 20, 100, 999, 5000 } do
		within(numbers("sleep", 3, NDELAY, ns)[0], ns, ns * 5 // 4 + 2, "ndelay " .. ns)
	end
	local r = numbers("sleep", 3, MDELAY, 30)
	within(r[0], 30 * MS, 38 * MS, "mdelay")
	agree(r, "mdelay")
end)

case("schedule_timeout comes back when the jiffies have passed", function()
	for _, n in ipairs { 1, 2, 10 } do
		local r = numbers("sleep", 3, TIMEOUT, n)
		within(r[1], n, n + 2, "jiffies")
		within(r[0], n * JIFFY, (n + 2) * JIFFY, "ns")
		expect.equal(r[2], 0)
	end
end)

case("timers run in the order of expiry, then of arming; changes count", function()
	-- a was pending and went to the front, d was and went back, e was reduced, f deleted, g was idle
	expect.equal(steps "timers", "PPPPIabcegd")
end)

case("a timer that arms itself lets time pass", function()
	local _, took = numbers("timer_rearm", 0, 2, 5)
	within(took, 10, 20, "jiffies of 5 times 2")
	_, took = numbers("timer_rearm", 0, 0, 20)
	within(took, 19, 22, "jiffies of 20 times 0: once in a tick")
	_, took = numbers("timer_rearm", 0, -100, 20)
	within(took, 19, 22, "jiffies of 20 times in the past")
end)

case("timer_delete_sync waits for the function on another CPU", function()
	for again = 0, 1 do
		local r = numbers("timer_sync", 6, again)
		expect.equal(r[4], 1, "CPU of add_timer_on")
		expect.equal(r[1], -1, "try_to_del_timer_sync of a running timer")
		expect.equal(r[2], again, "it was pending if it had armed itself")
		expect.equal(r[0], 2, "the function has returned")
		expect.equal(r[3], 0, "not pending behind timer_delete_sync")
		expect.equal(r[5], 0, "not pending behind timer_shutdown_sync and mod_timer")
	end
end)

----------------------------------------------------------------------- locks ---

local MUTEX, RWSEM, SPINLOCK, SPINLOCK_IRQ, NOTHING = 0, 1, 2, 3, 4

case("without a lock, the CPUs do meet", function()
	local r = numbers("contend", 2, NOTHING, 50, 0)
	within(r[0], 2, 4, "threads inside")
	within(r[1], 50, 199, "updates that were not lost")
end)

local locks = { mutex = MUTEX, rwsem = RWSEM, spinlock = SPINLOCK, spinlock_irqsave = SPINLOCK_IRQ }

for name, kind in pairs(locks) do
	case(name .. ": one at a time, on two CPUs", function()
		local r = numbers("contend", 2, kind, 50, 0)
		expect.equal(r[0], 1, "threads inside")
		expect.equal(r[1], 200, "updates")
	end)
end

for name, kind in pairs { mutex = MUTEX, rwsem = RWSEM } do
	case(name .. ": its owner may sleep, and it is handed on", function()
		local r = numbers("contend", 2, kind, 12, 1)
		expect.equal(r[0], 1, "threads inside")
		expect.equal(r[1], 48, "updates")
	end)
end

case("rwsem: readers are in together, the writer behind them", function()
	expect.equal(steps "rwsem", "22w")
end)

--------------------------------------------------------------------- waiting ---

case("wait_event wakes when the condition is true, or times out", function()
	local r = numbers("wait", 6, 20)
	within(r[0], 5, 7, "jiffies that wait_event_timeout says to have waited")
	within(r[1], r[0] - 1, r[0] + 1, "jiffies that passed")
	expect.equal(r[2], 0, "timed out")
	within(r[3], 2, 4, "jiffies of the time-out")
	expect.equal(r[4], 0, "wait_event_interruptible")
	expect.equal(r[5], 1, "the condition")
end)

case("exclusive waiters wake one by one, or all", function()
	expect.equal(steps "exclusive", "w1ww2ww")
end)

case("completions: before the wait, one by one, all, and time-outs", function()
	expect.equal(steps "completion", "abtc1ccd")
end)

case("wait_on_bit waits for its bit", function() expect.equal(steps "bit", "cw") end)

case("kernel threads: stop, results, names, CPUs", function()
	local EINTR = 4
	local r = numbers("kthread", 6)
	expect.equal(r[0], 42, "result of the function")
	within(r[1], 1, 2, "turns of its loop")
	expect.equal(r[2], -EINTR, "stopped before it was woken")
	expect.equal(r[5], 0, "turns of one that never ran")
	expect.equal(r[3], 10, "from CPU 1 to CPU 0")
	expect.equal(r[4], 1, "name")
end)

case("a busy thread is asked to give way, and follows where it may", function()
	if k.version:match "^7" then -- preemptible: the tick asks
		expect.equal(steps "resched", "antbcd")
		expect.equal(steps("resched", 1), "antbcd")
	else
		expect.equal(steps "resched", "anbctd")
		expect.equal(steps("resched", 1), "anbcdt")
	end
end)

---------------------------------------------------------------------- work ---

case("an item that sleeps does not delay the next one", function()
	expect.equal(steps "work_sleeps", "ABba")
end)

case("an item runs once for two queueings, and never twice at once", function()
	expect.equal(steps "work_once", "10A1aAa0")
end)

case("cancel_work_sync ends an item that queues itself again", function()
	local r = numbers("work_cancel", 9)
	expect.equal(r[0], 0, "work_busy")
	expect.equal(r[1], 0, "functions running")
	expect.equal(r[2], 0, "a second cancel finds nothing")
	expect.equal(r[3], 1, "it was pending")
	expect.equal(r[4], 0, "it never ran")
	expect.equal(r[5], 1, "it can be queued behind a cancel")
	expect.equal(r[6], 0, "disable_work_sync")
	expect.equal(r[7], 0, "it cannot be queued while it is disabled")
	expect.equal(r[8], 1, "enable_work")
end)

case("an ordered queue runs one at a time, in order; destroying it drains it", function()
	expect.equal(steps "work_ordered", "AaBbCcDdEe")
end)

case("max_active is the limit of items at once", function()
	local UNBOUND = 2
	for _, flags in ipairs { 0, UNBOUND } do
		for _, max in ipairs { 1, 3, 0 } do
			local r, most = numbers("work_active", 1, flags, max)
			expect.equal(most, max == 0 and 10 or max, "at once")
			expect.equal(r[0], 20, "a flush waits for all starts and ends")
		end
	end
end)

case("queue_work_on runs the item on that CPU", function()
	local r = numbers("work_on", 2)
	expect.equal(r[0], 0)
	expect.equal(r[1], 1)
end)

case("a flush does not wait for what is queued behind it", function()
	local r = numbers("work_flush", 2)
	within(r[0], 18, 19, "turns left behind the flush")
	expect.equal(r[1], 0, "turns left behind destroy_workqueue")
end)

case("an item may free itself", function() expect.equal(steps "work_free", "f") end)

case("delayed work: delay, change, flush, cancel", function()
	local r = numbers("work_delayed", 9)
	within(r[0], 5, 7, "jiffies of a delay of 5")
	expect.equal(r[1], 1, "mod_delayed_work of a pending one")
	within(r[2], 3, 5, "jiffies of 50 that became 3")
	within(r[3], 0, 1, "jiffies of one that is flushed")
	expect.equal(r[4], 1, "cancelled while it was pending")
	expect.equal(r[5], 0, "cancelled while it was not")
	expect.equal(r[6], 0, "pending")
	expect.equal(r[7], 0, "mod_delayed_work of an idle one")
	expect.equal(r[8], 4, "runs")
end)

case("async functions run beside each other and are waited for", function()
	expect.equal(steps "async", "sxxp")
end)

case("tasklets: once for two schedulings, not while disabled", function()
	expect.equal(steps "tasklet", "btdtk")
end)

-------------------------------------------------------------------- RCU, CPUs ---

case("RCU waits for a reader on the other CPU; callbacks come in order", function()
	expect.equal(steps "rcu", "()xsyb")
end)

case("SRCU waits for its reader, RCU does not", function()
	local s = steps "srcu"
	expect.equal(s:gsub("[sx]", ""), "(r)b")
	expect.equal(s:find("%)") < s:find("s") and s:find("s") < s:find("b"), true, s)
	expect.equal(s:find("%)") < s:find("x") and s:find("x") < s:find("b"), true, s)
end)

case("two callers of synchronize_srcu both wait", function()
	expect.equal(steps "srcu_two", "()ss")
end)

case("kvfree_rcu keeps the object for its readers", function()
	expect.equal(numbers("kvfree_rcu", 1)[0], ("o"):byte())
end)

case("CPU hotplug states start up and tear down on each CPU", function()
	expect.equal(steps "cpuhp", "01AB|")
end)

---------------------------------------------------------------------- memory ---

case("kmalloc: alignment, room, zeroes, no overlap", function()
	local r = numbers("slab_sizes", 4, 20000)
	for i = 0, 3 do expect.equal(r[i], 0, "number " .. i) end
end)

case("krealloc keeps the contents", function()
	local r = numbers("krealloc", 2, 65536)
	expect.equal(r[0], 0, "lost")
	expect.equal(r[1], 1, "size 0 frees")
end)

case("a constructed object keeps its state from use to use", function()
	local r = numbers("slab_ctor", 2)
	within(r[0], 0, 50, "constructions for 100 allocations")
	expect.equal(r[1], 0x5ca1ab1e, "state")
end)

case("a cache that is destroyed with objects is a finding", function()
	numbers("slab_leak", 0)
	expect.finding "leak"
end)

case("SLAB_TYPESAFE_BY_RCU keeps the pages for its readers", function()
	local r = numbers("slab_rcu", 2)
	expect.equal(r[0], 1, "an ordinary cache gives pages back at once")
	expect.equal(r[1], 0, "this one does not")
end)

case("threads that have ended leave nothing behind", function()
	within(numbers("thread_leak", 1, 300)[0], -16, 16, "pages")
end)

case("kmalloc ends at 4 MiB, kvmalloc does not", function()
	local r = numbers("large", 4, 4 << 20)
	expect.equal(r[0], 1, "kmalloc of 4 MiB")
	r = numbers("large", 4, (4 << 20) + 1)
	expect.equal(r[0], 0, "kmalloc of more")
	expect.equal(r[1], 1, "kvmalloc of more")
	expect.equal(r[2], 1, "zeroed")
	expect.equal(r[3], 1, "in the vmalloc area")
end)

case("when all pages were taken and given back, the largest blocks are back", function()
	local r = numbers("buddy", 4)
	within(r[0], 8, 16, "blocks of 4 MiB in 64 MiB")
	within(r[1], r[0] * 1024, 64 << 8, "single pages")
	expect.equal(r[2], 0, "nothing behind the last page")
	expect.equal(r[3], r[0], "blocks of 4 MiB afterwards")
end)

case("compound, split and shared pages", function()
	local r = numbers("pages", 6)
	expect.equal(r[0], 1, "compound")
	expect.equal(r[1], 1, "references")
	expect.equal(r[2], 0, "no longer compound")
	expect.equal(r[3], 1, "the first page is still held")
	expect.equal(r[4], 1, "__GFP_ZERO")
	expect.equal(r[5], 1, "alignment")
	expect.equal(numbers("buddy", 4)[2], 0)
end)

case("a page that is freed twice is a finding", function()
	numbers("page_twice", 0)
	expect.finding "bad page"
end)

case("vmap: the same bytes through both addresses", function()
	local r = numbers("vmap", 12)
	for i = 0, 3 do
		expect.equal(r[i], ("a"):byte() + i, "written through the mapping")
		expect.equal(r[4 + i], ("A"):byte() + i, "written directly")
		expect.equal(r[8 + i], 1, "vmalloc_to_page")
	end
end)

case("per-CPU memory: a zeroed copy for each CPU, NULL at the end", function()
	local r = numbers("percpu", 7)
	expect.equal(r[0], 1, "alignment")
	expect.equal(r[1], 100, "this CPU's")
	expect.equal(r[2], 101, "CPU 1's")
	expect.equal(r[3], 0, "zeroed when it is used again")
	within(r[4], 1000, 8191, "blocks of 64 bytes")
	-- each is aligned to 64, and has a redzone of at least eight bytes behind it
	local small, large = 64 + 64, 1024 + 64
	within(r[5], r[4] * small // large - 1, (r[4] + 1) * small // large, "blocks of 1024 bytes")
	expect.equal(r[6], r[4], "blocks of 64 bytes again")
end)

case("copies of strings", function() expect.equal(steps "strings", "whole,part,byt,007:x,1") end)

case("random bytes differ from draw to draw", function()
	local _, a = k:call("services.random", { buf = ("\0"):rep(64) })
	local _, b = k:call("services.random", { buf = ("\0"):rep(64) })
	expect.equal(a ~= b and a ~= ("\0"):rep(64), true)
end)

case("parameters of the command line", function()
	expect.equal(steps "params", "-5 1 17 two words")
	expect.log "Unknown kernel command line parameters \"quux=1\", will be passed to user space%."
end)

------------------------------------------------------------------ interrupts ---

-- Where the kernel is preemptible, a thread may run as soon as its handler has returned.
case("interrupts wait while they are off, nested or not; threads run behind them", function()
	local order = steps "irq"
	expect.equal((order:gsub("t", "")), "h123h4")
	expect.equal((order:gsub("[^ht]", "")), "htht")
end)

case("an interrupt's thread is a task of its own", function()
	local irq, name = k:call("services.irq_thread", { buf = ("\0"):rep(32) })
	local TASK_COMM_LEN = 16
	expect.equal(name:match("^%Z*"), ("irq/%d-services"):format(irq):sub(1, TASK_COMM_LEN - 1))
end)

case("an interrupt is taken in a spin loop and in a delay, where it is routed", function()
	local r = numbers("irq_spin", 4)
	expect.equal(r[0], 0, "CPU")
	within(r[1], 1 * MS, 1 * MS * 5 // 4 + 100 * US, "ns until the handler in a delay of 3 ms")
	expect.equal(r[2], 1, "CPU")
	expect.equal(r[3], 3, "times")
end)

------------------------------------------------------------------------ CPUs ---

case("CPU 1 goes down and comes up; alone, CPU 0 stays", function()
	local ENXIO = -6
	expect.equal(k:call("services.cpu_down", { cpu = 1 }, 1), 0)
	expect.error(k:call("services.cpu_down", nil, 0), "EPERM")
	expect.error(k:call("services.cpu_device_down", nil, 0), "EBUSY")
	expect.equal(numbers("call", 6, 1, 1)[0], ENXIO)
	expect.equal(numbers("cpus", 4)[2], 1, "online")
	expect.equal(k:call("services.cpu_up", nil, 1), 0)
	expect.equal(numbers("call", 6, 1, 1)[1], 2)
	expect.equal(numbers("stop_machine", 6, 3)[1], 3)
	expect.equal(steps("irq_work", 1), "Q-owsQ-ws")
	expect.equal(steps("smpboot", 1), "cS|K|R|e")
	expect.equal(numbers("hotplug_storm", 2, 20)[1], 0)
	expect.equal(numbers("cpus", 4)[2], 3, "online")
end)

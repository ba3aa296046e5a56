-- SPDX-License-Identifier: MIT
-- Sleeps in atomic context, and code that returns with preemption, interrupts or a lock
-- in another state than it found them: told with the place that brought it about. The
-- same done right is no finding. What is expected are the kernel's own words.

local m = machine { cpus = 2 }
local k = kernel { { "6.12", "5.10", "7" } }

local WRONG, RIGHT = 0, 1

-- What the case's name says is wrong: `kind` is found, and `lines` are logged in this order.
local function detects(name, op, kind, lines)
	case(name, function()
		k:call("crash." .. op, nil, WRONG)
		for _, line in ipairs(lines) do expect.log(line) end
		expect.finding(kind)
	end)
	case(name .. ": not when it is done right", function() k:call("crash." .. op, nil, RIGHT) end)
end

local SLEEP = "^BUG: sleeping function called from invalid context at .*kernel/locking/mutex%.c:%d+$"

detects("a mutex under a spinlock", "sleep_spin", "sleep in atomic context", {
	SLEEP,
	"^in_atomic%(%): 1, irqs_disabled%(%): 0, non_block: 0, pid: %d+, name: crash%.sleep_spi$",
	"^preempt_count: 1, expected: 0$",
	"^Preemption disabled at: op_sleep_spin%+0x",
	"^ holds spinlock spin, taken at op_sleep_spin%+0x",
	"^Call Trace:$",
	"^ %? sleeping_part%+0x",
	"^ %? op_sleep_spin%+0x",
})

detects("a mutex with interrupts off", "sleep_irqs_off", "sleep in atomic context", {
	SLEEP,
	"^in_atomic%(%): 0, irqs_disabled%(%): 1,",
	"^Interrupts disabled at: op_sleep_irqs_off%+0x",
	"^ %? sleeping_part%+0x",
})

detects("a mutex in an RCU reader", "sleep_rcu", "sleep in atomic context", {
	SLEEP,
	"^preempt_count: 1, expected: 0$",
	"^Preemption disabled at: op_sleep_rcu%+0x",
	"^ %? sleeping_part%+0x",
})

detects("a mutex in a timer", "sleep_timer", "sleep in atomic context", {
	SLEEP,
	"^in_atomic%(%): 1, irqs_disabled%(%): 0,",
	"^preempt_count: 100, expected: 0$",
	"^ %? sleep_in_timer%+0x",
})

detects("a mutex in another wait", "sleep_state", "WARN", {
	"^do not call blocking ops when !TASK_RUNNING; state=2$",
})

detects("a timer leaves preemption disabled", "leak_timer", "preempt leak", {
	"^WARNING: timer: leak_in_timer%+0x.* preempt leak: 00000100 %-> 00000101$",
})

detects("a tasklet leaves preemption disabled", "leak_tasklet", "preempt leak", {
	"^WARNING: tasklet: leak_in_tasklet%+0x.* preempt leak: 000001%x%x %-> 000001%x%x$",
})

detects("an RCU callback leaves preemption disabled", "leak_rcu", "preempt leak", {
	"^WARNING: RCU callback: leak_in_callback%+0x.* preempt leak: 00000100 %-> 00000101$",
})

detects("an interrupt handler leaves preemption disabled", "leak_handler", "preempt leak", {
	"^WARNING: interrupt: leak_in_handler%+0x.* preempt leak: %x+0000 %-> %x+0001$",
})

detects("a call from another CPU leaves preemption disabled", "leak_call", "preempt leak", {
	"^WARNING: interrupt: generic_smp_call_function_single_interrupt%+0x.* preempt leak: %x+0000 %-> %x+0001$",
})

detects("a work item leaves a spinlock locked", "leak_item", "workqueue leak", {
	"^BUG: workqueue leaked atomic, lock or RCU: kworker/%d:%d%[%d+%] preempt=0x00000001 lock=0%->0 workfn=leak_in_item%+0x",
	"^ holds spinlock spin, taken at leak_in_item%+0x",
})

case("a work item leaves a mutex locked", function()
	local MUTEX = 2
	k:call("crash.leak_item", nil, MUTEX)
	expect.log "^BUG: workqueue leaked atomic, lock or RCU: .* preempt=0x00000000 lock=0%->1 workfn=leak_in_item%+0x"
	expect.log "^ holds mutex mutex, taken at leak_in_item%+0x"
	expect.finding "workqueue leak"
end)

detects("a task ends with a mutex", "exit_locked", "lock held at exit", {
	"^BUG: services/1/%d+ still has locks held!$",
	"^ holds mutex mutex, taken at exit_with_mutex%+0x",
})

detects("a mutex is released by another task", "unlock_other", "bad unlock", {
	"^BUG: mutex mutex is released by services/1:%d+, which does not hold it$",
	"^ %? unlock_mutex%+0x",
})

detects("a spinlock is released twice", "unlock_twice", "bad unlock", {
	"^BUG: spinlock spin is released by crash%.unlock_tw:%d+ and held by nobody$",
	"^ %? op_unlock_twice%+0x",
})

local BY = " is released by crash%.unlock_rw:%d+ and held "

for row, expected in ipairs {
	{ "an rwsem that nobody holds is released by a reader", "rwsem %(read%) rwsem" .. BY .. "by nobody", "rwsem_read_end" },
	{ "an rwsem that nobody holds is released by a writer", "rwsem %(write%) rwsem" .. BY .. "by nobody", "rwsem_write_end" },
	{ "a writer releases an rwsem as a reader", "rwsem %(read%) rwsem" .. BY .. "as rwsem %(write%)", "rwsem_read_end" },
	{ "an rwlock that nobody holds is released by a reader", "rwlock %(read%) rwlock" .. BY .. "by nobody", "rwlock_read_end" },
	{ "an rwlock that nobody holds is released by a writer", "rwlock %(write%) rwlock" .. BY .. "by nobody", "rwlock_write_end" },
} do
	local name, line, place = table.unpack(expected)
	case(name, function()
		k:call("crash.unlock_rw", nil, WRONG, row - 1)
		expect.log("^BUG: " .. line .. "$")
		expect.log("^ %? " .. place .. "%+0x")
		expect.finding "bad unlock"
	end)
	case(name .. ": not when it is done right", function()
		expect.equal(k:call("crash.unlock_rw", nil, RIGHT, row - 1), 0)
	end)
end

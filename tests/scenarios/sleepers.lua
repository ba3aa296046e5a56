-- SPDX-License-Identifier: MIT
-- Functions that may sleep, each called where nothing may. They are told whether or not
-- they would have slept; those that might_sleep() does not guard in the kernel either are
-- told when they do sleep.

local m = machine { cpus = 2 }
local k = kernel { { "6.12", "5.10", "7" } }

local NO_PREEMPTION, NO_INTERRUPTS = 1, 2
local SLEEP, SCHEDULE = "sleep in atomic context", "scheduling while atomic"

local sleepers = {
	flush_work = SLEEP, flush_delayed_work = SLEEP, cancel_work_sync = SLEEP,
	cancel_delayed_work_sync = SLEEP, flush_workqueue = SLEEP, drain_workqueue = SLEEP,
	destroy_workqueue = SLEEP, alloc_workqueue = SLEEP, work_on_cpu = SLEEP,
	async_synchronize_full = SLEEP, wait_for_completion = SLEEP,
	wait_for_completion_timeout = SLEEP,
	synchronize_rcu = SLEEP, synchronize_rcu_expedited = SLEEP, rcu_barrier = SLEEP,
	synchronize_srcu = SLEEP, synchronize_srcu_expedited = SLEEP, srcu_barrier = SLEEP,
	cleanup_srcu_struct = SLEEP,
	kthread_create = SLEEP, kthread_park = SLEEP, kthread_stop = SLEEP,
	vmalloc = SLEEP, vfree = SLEEP, vmap = SLEEP, vunmap = SLEEP, ioremap = SLEEP, iounmap = SLEEP,
	kmalloc = SLEEP, alloc_page = SLEEP, alloc_percpu = SLEEP, kmem_cache_create = SLEEP,
	kmem_cache_destroy = SLEEP, mempool_alloc = SLEEP,
	cpus_read_lock = SLEEP, stop_machine = SLEEP, request_irq = SLEEP,
	msleep = SCHEDULE, usleep_range = SCHEDULE, schedule_timeout = SCHEDULE,
}

local names = {}
for name in pairs(sleepers) do names[#names + 1] = name end
table.sort(names)

-- Those that do sleep, or that call others of the kind, are told more than once; some kernels
-- have a WARN of their own on top, as 7.x in irq_work_sync().
local function detects(name, context, place)
	wait "2s" -- the same place is told once in a second
	expect.equal(k:call("crash.sleeper", { buf = name }, context), 0)
	expect.finding(sleepers[name])
	expect.log("^" .. place .. " disabled at: call_in%+0x")
	expect.log("^ %? call_" .. name .. "%+0x")
	for _, kind in ipairs { SLEEP, SCHEDULE, "WARN" } do
		while pcall(expect.finding, kind) do end
	end
end

for _, name in ipairs(names) do
	case(name, function()
		expect.equal(k:call("crash.sleeper", { buf = name }, 0), 0)
		detects(name, NO_PREEMPTION, "Preemption")
		detects(name, NO_INTERRUPTS, "Interrupts")
	end)
end

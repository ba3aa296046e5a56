-- SPDX-License-Identifier: MIT
-- Memory used wrongly is found, each way by the finding that is about it; memory used
-- rightly is not; what fails on purpose fails where the scenario says.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12", "5.10", "7" } }
local dev = m:device "dma0"

local function numbers(op, n, ...)
	local result, buf = k:call("services." .. op, { buf = ("\0"):rep(8 * n) }, ...)
	expect.equal(result, 0, op)
	return table.pack(("<" .. ("i8"):rep(n)):unpack(buf))
end

local function within(n, low, high, what)
	if n < low or n > high then error(("%s: %d is not in %d to %d"):format(what, n, low, high), 0) end
end

-- What mm/slub.c and mm/page_alloc.c call it, and the kind of the finding.
local BUGS = {
	overflow = { "overflow", "BUG kmalloc%-64 .*Redzone overwritten, 1 bytes behind 50: 0x5c instead of 0xcc" },
	overflow_of_a_full_object = { "overflow", "Redzone overwritten, 4 bytes behind 64" },
	write_in_front = { "overflow",
		"BUG kmalloc%-64 .*Left Redzone overwritten, 1 bytes in front: 0x5c instead of 0xcc" },
	write_in_front_of_a_page = { "overflow",
		"BUG kmalloc%-4096 .*Left Redzone overwritten, 8 bytes in front" },
	write_behind_a_free_object = { "overflow", "Right Redzone overwritten, 2 bytes behind 64" },
	write_in_front_of_a_free_object = { "overflow", "Left Redzone overwritten, 2 bytes in front" },
	free_twice = { "bad free", "BUG kmalloc%-256 .*Object already free" },
	free_inside = { "bad free", "Invalid object pointer" },
	free_to_another_cache = { "bad free", "BUG bug%-a .*Wrong slab cache" },
	free_of_data = { "bad free", "kfree of what kmalloc has not allocated" },
	free_of_the_stack = { "bad free",
		"kfree of what kmalloc has not allocated: the stack of memory.bug/%d+" },
	vfree_of_the_stack = { "bad free",
		"Trying to vfree%(%) nonexistent vm area %(the stack of memory.bug/%d+%)" },
	free_pages_of_the_stack = { "bad free",
		"free_pages of what is no page: the stack of memory.bug/%d+" },
	free_percpu_of_the_stack = { "bad free",
		"address that is not allocated: the stack of memory.bug/%d+" },
	kfree_of_vmalloc = { "bad free", "kfree of what kmalloc has not allocated" },
	vfree_of_kmalloc = { "bad free", "Trying to vfree%(%) nonexistent vm area" },
	vfree_twice = { "bad free", "Trying to vfree%(%) nonexistent vm area" },
	vunmap_of_vmalloc = { "bad free", "vunmap of an area that vmalloc has made" },
	kfree_of_pages = { "bad free", "kfree of what kmalloc has not allocated" },
	free_pages_of_kmalloc = { "bad page", "Bad page state .*pages that kmalloc has allocated" },
	free_pages_of_a_slab = { "bad page", "Bad page state .*holds objects of a cache" },
	another_order = { "bad page", "Bad page state .*another order" },
	page_freed_twice = { "bad page", "Bad page state .*is free already" },
	tail_page_freed = { "bad page", "Bad page state .*tail page" },
	reference_to_a_free_page = { "bad page", "Bad page state .*nonzero _refcount" },
	mapping_left_behind = { "bad page", "Bad page state .*non%-NULL mapping" },
	write_to_a_freed_page = { "use after free",
		"pagealloc: memory corruption  pfn:%x+: at offset 17: 0x5c instead of 0xaa" },
	write_to_freed_pages = { "use after free", "pagealloc: memory corruption .*at offset 4095:" },
	write_to_a_freed_large_object = { "use after free", "pagealloc: memory corruption .*at offset 0:" },
	overflow_of_a_large_object = { "overflow",
		"BUG kmalloc of 9000 bytes: Right Redzone overwritten, 1 bytes behind: 0x5c instead of 0xcc" },
	overflow_of_a_grown_large_object = { "overflow", "BUG kmalloc of 12000 bytes: .*, 2 bytes behind" },
	overflow_of_percpu = { "overflow", "BUG percpu: Right Redzone overwritten on CPU 1, "
		.. "2 bytes behind 20: 0x5c instead of 0xcc" },
	write_to_freed_percpu = { "use after free",
		"BUG percpu: Poison overwritten on CPU 1: 0x5c instead of 0x6b" },
	iounmap_twice = { "bad free", "Trying to iounmap%(%) nonexistent vm area %(%x+008%)" },
	percpu_twice = { "bad free", "free_percpu of an address that is not allocated" },
	page_put_twice = { "bad page", "Bad page state .*nonzero _refcount" },
}
-- Of these nobody has allocated anything, or not as what is freed.
local UNKNOWN = { free_of_data = true, free_of_the_stack = true, kfree_of_vmalloc = true,
	free_pages_of_a_slab = true, vfree_of_the_stack = true, free_pages_of_the_stack = true,
	free_percpu_of_the_stack = true }
local FREED = { free_twice = true, vfree_twice = true, page_freed_twice = true, percpu_twice = true,
	iounmap_twice = true, reference_to_a_free_page = true, page_put_twice = true,
	write_to_a_freed_page = true, write_to_freed_pages = true, write_to_a_freed_large_object = true,
	write_to_freed_percpu = true, write_behind_a_free_object = true,
	write_in_front_of_a_free_object = true }

local made, names = 0, 0

for _ in pairs(BUGS) do names = names + 1 end
for i = 0, names - 1 do
	case("memory.bug " .. i, function()
		local n, buf = k:call("memory.bug", { buf = ("\0"):rep(64) }, i)
		local name = buf:sub(1, n)
		k:check_memory()
		local kind, words = table.unpack(BUGS[name])
		local text = expect.finding(kind)
		if not text:find(words) then
			error(("%s: expected: %s\ncame: %s"):format(name, words, text), 0)
		end
		if not UNKNOWN[name] then expect.log("^Allocated in " .. name .. "%+0x.* age=%d+us cpu=0 pid=%d+") end
		if FREED[name] then expect.log("^Freed in " .. name .. "%+0x") end
		made = made + 1
	end)
end

case("that were all", function()
	expect.equal(made, names)
	expect.error((k:call("memory.bug", { buf = ("\0"):rep(64) }, names)), "ENOENT")
end)

case("damage that nothing has come upon yet is found when it is asked for", function()
	k:call("memory.keep", nil, 30)
	k:check_memory()
	k:call("memory.kept_write", nil, 31)
	k:check_memory()
	expect.finding "overflow"
	expect.log "^Allocated in op_keep%+0x"
	k:call "memory.kept_free"
end)

case("a freed object is poison, and a write to it is found though nobody has it again", function()
	k:call("memory.keep", nil, 128)
	k:call "memory.kept_free"
	for i = 0, 126 do expect.equal(k:call("memory.kept_read", nil, i), 0x6b, "byte " .. i) end
	expect.equal(k:call("memory.kept_read", nil, 127), 0xa5)
	k:call("memory.kept_write", nil, 0)
	k:check_memory()
	local text = expect.finding "use after free"
	expect.equal(text:match "Poison overwritten.*", "Poison overwritten, at offset 0: 0x5c instead of 0x6b")
	expect.log "^Allocated in op_keep%+0x"
	expect.log "^Freed in op_kept_free%+0x"
end)

case("a write to a freed object is found when the object is used again", function()
	k:call("memory.keep", nil, 128)
	k:call "memory.kept_free"
	k:call("memory.kept_write", nil, 100)
	for _ = 1, 200 do k:call("services.alloc", nil, 128) end
	expect.finding "use after free"
end)

case("what is in use can be counted", function()
	local before = k:memory()
	for kind = 0, 3 do expect.equal(k:call("memory.leak", nil, kind), 0) end
	local after = k:memory()
	expect.equal(after.caches["kmalloc-64"].bytes - before.caches["kmalloc-64"].bytes, 40)
	expect.equal(after.pages.bytes - before.pages.bytes, 8192)
	expect.equal(after.vmalloc.bytes - before.vmalloc.bytes, 3 * 4096)
	expect.equal(after.percpu.bytes - before.percpu.bytes, 24)
	for _, what in ipairs { "pages", "vmalloc", "percpu" } do
		expect.equal(after[what].objects - before[what].objects, 1, what)
	end
end)

case("each kind of leak is found by the place that allocates", function()
	local WORDS = { [0] = "kmalloc%-64: 5 not freed, 200 bytes", "pages: 5 not freed, 40960 bytes",
		"vmalloc: 5 not freed, 61440 bytes", "percpu: 5 not freed, 120 bytes",
		[5] = "ioremap: 5 not freed, 20480 bytes" }
	for _, kind in ipairs { 0, 1, 2, 3, 5 } do
		local ok = pcall(expect.no_leak, function() k:call("memory.leak", nil, kind) end, 5)
		expect.equal(ok, false, "kind " .. kind)
		local text = expect.finding "leak"
		if not text:find(WORDS[kind] .. ", allocated in op_leak%+0x") then error(text, 0) end
	end
end)

case("coherent DMA memory that is not freed is a leak of whoever asked for it", function()
	local function leak() expect.equal((k:call("memory.leak", { buf = dev.kernel_name .. "\0" }, 4)), 0) end
	expect.equal(pcall(expect.no_leak, leak, 5), false)
	repeat
		local text = expect.finding "leak"
	until text:find "pages: "
	expect.log "^ %? leak_coherent%+0x"
	for _ = 1, 20 do if not pcall(expect.finding, "leak") then break end end
end)

case("binding and unbinding a driver a hundred times leaves nothing behind", function()
	expect.no_leak(function()
		dev:unbind()
		dev:bind()
	end, 100)
end)

case("mapping and unmapping leaves nothing behind", function()
	local function come_and_go()
		dev:map("64K"):free()
		dev:alloc("16K"):free()
	end
	-- unmapped IOVAs wait in the flush queue, and then stay in the allocator's caches
	for _ = 1, 60 do come_and_go() end
	expect.no_leak(come_and_go, 50)
end)

case("coherent DMA memory that is written when it is free", function()
	k:call("memory.coherent", { buf = dev.kernel_name .. "\0" }, 0, 8192, 0)
	k:check_memory()
	k:call("memory.coherent", { buf = dev.kernel_name .. "\0" }, 4100, 8192, 1)
	k:check_memory()
	local text = expect.finding "use after free"
	expect.equal(text:match "at offset.*", "at offset 4: 0x5c instead of 0xaa")
	expect.log "^Freed in "
	expect.log "^ %? op_coherent%+0x"
end)

case("caches keep their alignment, and ksize() gives all the room away", function()
	local r = numbers("cache_rules", 2)
	expect.equal(r[1], 0, "misaligned")
	expect.equal(r[2], 0, "too small")
end)

case("reserves: who cannot wait gets more, and MEMALLOC the rest", function()
	local r = numbers("reserves", 4)
	within(r[1], 14000, 16384, "GFP_KERNEL in 64 MiB")
	expect.equal(r[2], 0, "GFP_NOWAIT has no reserve")
	-- mm/page_alloc.c: the low watermark is 4 * sqrt(64 MiB in KiB) KiB, some 1 MiB; of it a
	-- half, and a quarter of the rest
	within(r[3], 120, 180, "GFP_ATOMIC")
	within(r[4], 70, 110, "__GFP_MEMALLOC")
end)

case("an allocation that cannot be had says so in the kernel's words", function()
	expect.equal(k:call "services.too_much", 0)
	expect.log "page allocation failure: order:0, mode:0x.*%(GFP_NOIO%), nodemask="
end)

case("a fault point lets allocations fail by size, context and caller", function()
	m:fault("mem.slab", 1, 1, { size = 1000 })
	expect.equal(k:call("services.alloc", nil, 999), 1)
	expect.equal(k:call("services.alloc", nil, 1000), 0)
	expect.equal(k:call("services.alloc", nil, 1000), 1)
	m:fault("mem.alloc", 1, 1, { min_size = 1000, max_size = 2000, context = "atomic" })
	expect.equal(k:call("services.alloc", nil, 1500, 0), 1)
	expect.equal(k:call("services.alloc", nil, 1500, 1), 0)
	m:fault("mem.alloc", 1, 1, { caller = "op_alloc", min_size = 77, max_size = 77 })
	expect.equal(k:call("services.alloc", nil, 77, 2), 1, "__GFP_NOFAIL")
	expect.equal(k:call("services.alloc", nil, 77), 0)
	m:fault("mem.alloc", 1, 1, { caller = "op_nothing_of_that_name" })
	expect.equal(k:call("services.alloc", nil, 77), 1)
	expect.error(pcall(m.fault, m, "smmu.tlbi-lost", 1, 1, { size = 8 }) and "accepted" or "refused", "refused")
	m:fault("mem.alloc", 1 << 60, 1)
end)

case("pages, vmalloc and per-CPU memory fail each by its own point", function()
	for i, name in ipairs { "mem.pages", "mem.vmalloc", "mem.percpu" } do
		m:fault(name)
		expect.equal(k:call "services.alloc_kinds", 7 & ~(1 << (i - 1)), name)
		local seen, fired = m:fault_count(name)
		expect.equal(fired, 1, name)
	end
	expect.equal(k:call "services.alloc_kinds", 7)
end)

for where, name in ipairs { "under a spinlock, interrupts off", "with softirqs off" } do
	case("GFP_KERNEL is a finding " .. name, function()
		expect.equal(k:call("services.atomic_alloc", nil, where - 1, 0), 0)
		expect.finding()
		expect.log "BUG: sleeping function called from invalid context"
		expect.log "op_atomic_alloc%+0x"
	end)
	case("GFP_ATOMIC is none " .. name, function()
		expect.equal(k:call("services.atomic_alloc", nil, where - 1, 1), 0)
	end)
end

case("a mempool has its objects when memory has none", function()
	expect.equal(k:call "services.mempool_new", 0)
	expect.equal(k:call "services.mempool_take", 10)
	local function without_memory(n)
		m:fault("mem.slab", 1, 100, { size = 80 })
		expect.equal(k:call "services.mempool_take", n)
		m:fault("mem.slab", 1 << 60, 1)
	end
	without_memory(4)
	expect.equal(k:call("services.mempool_resize", nil, 6), 0)
	without_memory(6)
	k:call "services.mempool_gone"
end)

case("a DMA pool's blocks are aligned, whole and apart; in use they outlive it", function()
	local function blocks(busy)
		local result, buf = k:call("services.dmapool", { buf = dev.kernel_name .. ("\0"):rep(40) }, busy)
		expect.equal(result, 0)
		local misaligned, crossing, twice = ("<i8i8i8"):unpack(buf)
		expect.equal(misaligned + crossing + twice, 0)
	end
	blocks(0)
	blocks(1)
	expect.log "dma_pool_destroy svc%-dma.* busy"
end)

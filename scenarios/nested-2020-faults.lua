-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md): which events reach a
-- guest's fault handler, with what in the record, and which stay in the host's log.
-- Cases with xfail show defects of the series: docs/findings-2020.md.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ssidsize = 8, oas = 44 } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

local RAM, SIZE = 0x40000000, "4M"
local A, OUTSIDE = RAM + 0x1000, 0x80000000
local guest

local function guest_case(what, known, fn)
	if fn == nil then known, fn = {}, known end
	case(what, known, function()
		if not guest then skip "there is no guest: its case failed" end
		fn()
	end)
end

-- A record, and nothing in the host's log: a guest must not be able to fill that.
local function expect_handler_alone(record)
	local before = #k:log()
	expect.handler(record)
	expect.no_handler()
	expect.equal(#k:log(), before, "lines of the log")
end

-- Lines that have come behind the first `before`.
local function logged(before, pattern)
	local lines = k:log()
	for i = before + 1, #lines do
		if lines[i].text:find(pattern) then return true end
	end
	return false
end

local function expect_log_alone(pattern)
	expect.no_handler()
	expect.log(pattern)
end

case("a guest", function()
	guest = dev:nested { s2 = { [RAM] = SIZE }, pasid_bits = 4 }
	guest:map(0x1000, A, "r")
	guest:map(0x2000, A, "rwp")
	guest:context(3)
	guest:map(0x1000, A, "r", { pasid = 3 })
	expect.ok(dev:read(0x1000, 8))
	expect.ok(dev:read(0x1000, 8, { ssid = 3 }))
end)

---------------------------------------------------------- stage 1: the guest's own ---

guest_case("F_TRANSLATION of a read", function()
	expect.abort(dev:read(0x9008, 8))
	expect.event { "F_TRANSLATION", addr = 0x9008 }
	expect_handler_alone { device = dev.kernel_name, reason = "PTE_FETCH", addr = 0x9008, perm = "r" }
end)

guest_case("F_TRANSLATION with a PASID", function()
	expect.abort(dev:write(0x9000, "x", { ssid = 3 }))
	expect.event { "F_TRANSLATION", ssid = 3 }
	expect_handler_alone { reason = "PTE_FETCH", pasid = 3, addr = 0x9000, perm = "w" }
end)

guest_case("F_TRANSLATION of an instruction fetch, privileged", function()
	expect.abort(dev:read(0x9000, 8, { instruction = true, privileged = true }))
	expect.event { "F_TRANSLATION", ind = true, pnu = true }
	expect_handler_alone { reason = "PTE_FETCH", addr = 0x9000, perm = "rxp" }
end)

guest_case("F_PERMISSION", function()
	expect.abort(dev:write(0x1000, "x"))
	expect.event { "F_PERMISSION", s2 = false }
	expect_handler_alone { reason = "PERMISSION", addr = 0x1000, perm = "w" }
	expect.abort(dev:read(0x2000, 8))
	expect.event { "F_PERMISSION", s2 = false }
	expect_handler_alone { reason = "PERMISSION", addr = 0x2000, perm = "r" }
end)

guest_case("F_ADDR_SIZE: the guest's page leads beyond the address size", function()
	guest:map(0x3000, 1 << 46, "rw")
	expect.abort(dev:read(0x3000, 8))
	expect.event { "F_ADDR_SIZE", s2 = false }
	expect_handler_alone { reason = "OOR_ADDRESS", addr = 0x3000, perm = "r" }
end)

guest_case("C_BAD_SUBSTREAMID", function()
	expect.abort(dev:read(0x1000, 8, { ssid = 16 }))
	expect.event { "C_BAD_SUBSTREAMID", substream = 16 }
	expect_handler_alone { reason = "PASID_INVALID", pasid = 16 }
end)

guest_case("C_BAD_CD, with and without PASID", function()
	guest:context(5)
	guest:break_context(5)
	expect.abort(dev:read(0x1000, 8, { ssid = 5 }))
	expect.event { "C_BAD_CD", ssid = 5 }
	expect_handler_alone { reason = "BAD_PASID_ENTRY", pasid = 5 }
	guest:break_context(0)
	guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 0 }
	guest:invalidate { addr = 0x1000, asid = 1 }
	expect.abort(dev:read(0x1000, 8))
	expect.event { "C_BAD_CD" }
	expect_handler_alone { reason = "BAD_PASID_ENTRY" }
	guest:context(0)
	guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 0 }
	expect.ok(dev:read(0x1000, 8))
end)

------------------------------------------------------------------- stage 2: the host's ---

guest_case("stage 2, at the guest's data", function()
	guest:map(0x5000, OUTSIDE, "rw")
	expect.abort(dev:read(0x5000, 8))
	expect.event { "F_TRANSLATION", s2 = true, class = "IN" }
	expect_log_alone "event 0x10 received:"
end)

guest_case("stage 2, at the guest's table", function()
	guest:map(0x40000000, A, "rw")
	guest:move_table(0x40000000, 3, OUTSIDE)
	expect.abort(dev:read(0x40000000, 8))
	expect.event { "F_TRANSLATION", s2 = true, class = "TT" }
	expect_log_alone "event 0x10 received:"
end)

guest_case("stage 2, at the guest's context descriptor", function()
	guest:attach_table { config = "bypass" }
	guest:attach_table { base = OUTSIDE }
	expect.abort(dev:read(0x1000, 8))
	expect.event { "F_TRANSLATION", s2 = true, class = "CD" }
	expect_log_alone "event 0x10 received:"
	guest:attach_table { config = "bypass" }
	guest:attach_table()
end)

guest_case("an entry that the SMMU does not take is the host's", function()
	guest:attach_table { config = "bypass" }
	m:fault("smmu.ste-fetch-abort", 1, 2) -- the driver's prefetch, and the access
	guest:attach_table()
	expect.abort(dev:read(0x1000, 8))
	expect.event { "F_STE_FETCH" }
	expect_log_alone "event 0x03 received:"
	expect.ok(dev:read(0x1000, 8))
end)

guest_case("a stream that the guest has disabled is told to the guest",
	{ xfail = "F_STREAM_DISABLED is the guest's doing (SubstreamID 0 with S1DSS 2), and is in the host's log alone",
	  shows = "expected: the guest's handler gets" }, function()
	expect.abort(dev:read(0x1000, 8, { ssid = 0 }))
	expect.event { "F_STREAM_DISABLED" }
	expect.handler {}
end)

------------------------------------------------------------------- external aborts ---

-- fetch_addr is an address of the machine's memory: nothing that a guest knows.
local function expect_no_host_address(fault, reason, event)
	m:fault(fault)
	expect.abort(dev:read(0x1000, 8))
	expect.event { event }
	local record = expect.handler { reason = reason }
	expect.equal(record.fetch_addr and ("0x%x"):format(record.fetch_addr), nil, "fetch_addr")
end

guest_case("F_CD_FETCH tells the guest nothing of the host's memory",
	{ xfail = "fetch_addr is the host's physical address, and is shifted: FetchAddr is taken as a number, not in its place",
	  shows = "fetch_addr\nexpected: nil\ncame: 0x" }, function()
	guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 0 }
	guest:invalidate { addr = 0x1000, asid = 1 }
	expect_no_host_address("smmu.cd-fetch-abort", "PASID_FETCH", "F_CD_FETCH")
end)

guest_case("F_WALK_EABT tells the guest nothing of the host's memory",
	{ xfail = "fetch_addr is the host's physical address, and is shifted: FetchAddr is taken as a number, not in its place",
	  shows = "fetch_addr\nexpected: nil\ncame: 0x" }, function()
	expect.ok(dev:read(0x1000, 8))
	guest:invalidate { addr = 0x1000, asid = 1 }
	expect_no_host_address("smmu.walk-abort", "WALK_EABT", "F_WALK_EABT")
end)

guest_case("fetch_addr is the address that the event has",
	{ xfail = "fetch_addr of a record is the event's divided by 8", shows = "fetch_addr\nexpected: 0x%x+\ncame: 0x%x+" }, function()
	guest:invalidate { addr = 0x1000, asid = 1 }
	m:fault("smmu.walk-abort")
	expect.abort(dev:read(0x1000, 8))
	local event = expect.event { "F_WALK_EABT" }
	local record = expect.handler { reason = "WALK_EABT" }
	expect.equal(("0x%x"):format(record.fetch_addr), ("0x%x"):format(event.fetch_addr), "fetch_addr")
end)

------------------------------------------------------------------------- bypass ---

guest_case("while stage 1 is bypassed, nothing is the guest's",
	{ xfail = "events without an S2 bit are handed on also when the guest has no stage 1",
	  shows = "expected: nothing reaches the guest's handler" }, function()
	guest:attach_table { config = "bypass" }
	local r = dev:read(A, 8, { ssid = 3 })
	expect.abort(r)
	expect.event { "C_BAD_SUBSTREAMID" }
	local ok, why = pcall(expect.no_handler)
	pcall(expect.handler, {})
	guest:attach_table()
	if not ok then error(why, 0) end
end)

------------------------------------------------------------------------ handlers ---

guest_case("one handler for a device", function()
	expect.error(k:call("nested.register_fault_handler", { buf = dev.kernel_name .. "\0" }, 0), "EBUSY")
end)

guest_case("a handler that has no room: the event is in the log",
	{ xfail = "the handler's error is a WARN, and the event is neither kept nor logged: a guest that does not read its ring makes the host warn",
	  shows = "WARNING at drivers/iommu/arm/arm%-smmu%-v3/arm%-smmu%-v3.c" }, function()
	local name = { buf = dev.kernel_name .. "\0" }
	k:call("nested.unregister_fault_handler", name)
	k:call("nested.register_fault_handler", name, -28)
	local before = #k:log()
	dev:read(0x9000, 8)
	expect.event { "F_TRANSLATION" }
	wait "1ms"
	local told = logged(before, "event 0x10 received:")
	k:call("nested.unregister_fault_handler", name)
	k:call("nested.register_fault_handler", name, 0)
	expect.equal(told, true, "the event is in the log")
end)

guest_case("a page response that nobody waits for", function()
	local response = dev.kernel_name .. ("\0"):rep(32 - #dev.kernel_name) .. ("<I4I4I4I4I4I4"):pack(24, 1, 0, 0, 0, 0)
	expect.error(k:call("nested.page_response", { buf = response }), "ENODEV")
end)

guest_case("the device goes back", function()
	guest:destroy()
	guest = nil
end)

case("without a handler the event is in the log",
	{ xfail = "an event without a handler is not logged (and a WARN, if it is the first): it is lost", shows = "the event is in the log\nexpected: true\ncame: false" },
	function()
	local g = dev:nested { s2 = { [RAM] = SIZE }, handler = false }
	local before = #k:log()
	dev:read(0x9000, 8)
	expect.event { "F_TRANSLATION" }
	wait "1ms"
	local told = logged(before, "event 0x10 received:")
	g:destroy()
	expect.equal(told, true, "the event is in the log")
end)

case("a handler of a device that is not nested gets what happened",
	{ xfail = "outside of nesting the record has a type and nothing else: reason 0, no address",
	  shows = "came:\n.*reason = UNKNOWN" }, function()
	local other = m:device "dma2"
	local name = { buf = other.kernel_name .. "\0" }
	k:call("nested.register_fault_handler", name, 0)
	expect.abort(other:read(0x9000, 8))
	expect.event { "F_TRANSLATION" }
	expect.log "event 0x10 received:"
	local ok, why = pcall(expect.handler, { reason = "PTE_FETCH", addr = 0x9000 })
	pcall(expect.handler, {})
	k:call("nested.unregister_fault_handler", name)
	if not ok then error(why, 0) end
end)

-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md): attaching and detaching a
-- PASID table. What each configuration makes of the stream table entry, in every
-- order; and what a user may put into the structure. Cases with xfail show defects of
-- the series: docs/findings-2020.md.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ssidsize = 8 } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

local RAM, SIZE = 0x40000000, "4M"
local A = RAM + 0x1000
local ABORT, STAGE2, NESTED = 0, 6, 7 -- STE.Config
local guest

local function ste() return m:ste(dev.sid) end

local function guest_case(what, known, fn)
	if fn == nil then known, fn = {}, known end
	case(what, known, function()
		if not guest then skip "there is no guest: its case failed" end
		fn()
	end)
end

-- From any configuration to a known one; fields that a configuration does not use are kept
-- by the driver, so every way here is a different one.
local function go(config)
	if config == "translate" then guest:attach_table { config = "bypass" } end
	guest:attach_table { config = config }
end

case("a domain for nesting begins with stage 2 alone", function()
	guest = dev:nested { s2 = { [RAM] = SIZE }, pasid_bits = 4, attach = false }
	guest:poke(A, "stage 2 ")
	expect.ste(ste(), { V = 1, Config = STAGE2, SHCFG = 1 })
	expect.data(dev:read(A, 8), "stage 2 ")
end)

--------------------------------------------------------------- configurations ---

guest_case("TRANSLATE: the guest's table is in the entry as it is in the structure", function()
	guest:attach_table()
	expect.ste(ste(), { V = 1, Config = NESTED, S1ContextPtr = guest.cd_table, S1CDMax = 4, S1Fmt = 0, S1DSS = 2 })
	guest:map(0x1000, A, "rw")
	expect.data(dev:read(0x1000, 8), "stage 2 ")
end)

guest_case("BYPASS: stage 2 alone", function()
	guest:attach_table { config = "bypass" }
	expect.ste(ste(), { V = 1, Config = STAGE2 })
	expect.data(dev:read(A, 8), "stage 2 ")
end)

guest_case("ABORT: nothing comes through, and nothing is recorded", function()
	guest:attach_table { config = "abort" }
	expect.ste(ste(), { V = 1, Config = ABORT })
	expect.abort(dev:read(A, 8))
	expect.no_event()
	expect.no_handler()
end)

for _, from in ipairs { "translate", "bypass", "abort" } do
	for _, to in ipairs { "translate", "bypass", "abort" } do
		if from ~= "translate" or to ~= "translate" then
			guest_case(("from %s to %s"):format(from:upper(), to:upper()), function()
				go(from)
				guest:attach_table { config = to }
				expect.ste(ste(), { V = 1,
					Config = ({ translate = NESTED, bypass = STAGE2, abort = ABORT })[to] })
				if to == "translate" then expect.data(dev:read(0x1000, 8), "stage 2 ") end
				if to == "bypass" then expect.data(dev:read(A, 8), "stage 2 ") end
				if to == "abort" then expect.abort(dev:read(A, 8)) end
			end)
		end
	end
end

guest_case("a second TRANSLATE is refused, and the first stays", function()
	go "translate"
	expect.error(guest:try_attach_table { base = RAM }, "EINVAL")
	expect.ste(ste(), { Config = NESTED, S1ContextPtr = guest.cd_table })
	expect.data(dev:read(0x1000, 8), "stage 2 ")
end)

-- The entry that the SMMU can fetch at each invalidation of it.
local function entries(fn)
	local seen = {}
	for _, c in ipairs(m:commands(fn)) do
		if c.ste then seen[#seen + 1] = c.ste end
	end
	return seen
end

local function expect_always_valid(fn)
	for i, e in ipairs(entries(fn)) do
		expect.equal(e.V, 1, ("V of the entry at invalidation %d of the change: %s"):format(i, e.text))
	end
end

local window = { xfail = "the entry is rewritten with V clear meanwhile: traffic then is C_BAD_STE",
	shows = "V of the entry at invalidation 1.*came: 0" }

guest_case("from stage 2 to both stages without an invalid entry", window, function()
	go "bypass"
	expect_always_valid(function() guest:attach_table() end)
end)

guest_case("from both stages to stage 2 without an invalid entry", window, function()
	go "translate"
	expect_always_valid(function() guest:attach_table { config = "bypass" } end)
end)

guest_case("to and from ABORT without an invalid entry", function()
	go "translate"
	expect_always_valid(function()
		guest:attach_table { config = "abort" }
		guest:attach_table()
	end)
end)

guest_case("the entry of a configuration does not depend on the one before",
	{ xfail = "stage 1's word of the entry stays, and with it SHCFG 0: traffic becomes non-shareable",
	  shows = "SHCFG = 0x1\n.*Config=S2 S1DSS=2" }, function()
	go "abort"
	go "bypass"
	expect.ste(ste(), { Config = STAGE2, SHCFG = 1 })
	go "translate"
	go "bypass"
	expect.ste(ste(), { Config = STAGE2, SHCFG = 1 })
end)

guest_case("what stage 1 has left in the TLB goes with its table",
	{ xfail = "no TLBI when a table goes: the next one is met by translations of the old",
	  shows = "stale mapping" }, function()
	go "translate"
	guest:map(0x1000, A, "rw")
	expect.ok(dev:read(0x1000, 8))
	guest:detach_table()
	guest:unmap(0x1000)
	guest:attach_table()
	expect.abort(dev:read(0x1000, 8))
	expect.event { "F_TRANSLATION", addr = 0x1000 }
	expect.handler { reason = "PTE_FETCH", addr = 0x1000 }
end)

guest_case("detaching leaves stage 2 alone", { xfail = "detach_pasid_table aborts all of the domain's traffic",
	shows = "came: STE V=1 Config=abort" }, function()
	go "translate"
	guest:invalidate { addr = 0x1000, asid = 1 }
	guest:detach_table()
	expect.ste(ste(), { Config = STAGE2 })
	expect.data(dev:read(A, 8), "stage 2 ")
end)

guest_case("detaching what is not attached changes nothing",
	{ xfail = "a detach without an attach makes the domain abort", shows = "came: STE V=1 Config=abort" }, function()
	go "bypass"
	guest:detach_table()
	expect.ste(ste(), { Config = STAGE2 })
end)

guest_case("detaching twice is detaching once", function()
	guest:detach_table()
	local before = ste().text
	guest:detach_table()
	expect.equal(ste().text, before)
end)

------------------------------------------------------------------ the structure ---

local function refused(what, options, errno)
	guest_case("refused: " .. what, function()
		go "bypass"
		local before = ste().text
		local commands = m:commands(function()
			expect.error(guest:try_attach_table(options), errno or "EINVAL")
		end)
		expect.commands(commands, {})
		expect.equal(ste().text, before, "the entry changes though the request is refused")
	end)
end

refused("argsz 0", { argsz = 0 })
refused("argsz one short of the fixed part", { argsz = 27 })
refused("argsz without vendor data", { argsz = 28 })
refused("argsz one short of the vendor data", { argsz = 35 })
refused("version 0", { version = 0 })
refused("version 2", { version = 2 })
refused("version of the vendor data 0", { smmuv3_version = 0 })
refused("version of the vendor data 2", { smmuv3_version = 2 })
refused("format 0", { format = 0 })
refused("format 2", { format = 2 })
refused("a format that needs no vendor data", { format = 2, argsz = 28 })
for _, config in ipairs { 0, 4, 255 } do refused("config " .. config, { config = config }) end
refused("more PASID bits than the device has", { pasid_bits = 9 })
refused("the most PASID bits that the structure holds", { pasid_bits = 255 })
refused("no memory", { memory = 0 }, "EFAULT")
refused("memory that ends within the fixed part", { memory = 27 }, "EFAULT")
refused("memory that ends within the vendor data", { memory = 35 }, "EFAULT")
refused("memory that is shorter than argsz", { memory = 36, argsz = 40 }, "EFAULT")

guest_case("accepted: argsz that ends with the vendor data", function()
	go "bypass"
	guest:attach_table { argsz = 36, memory = 36 }
	expect.ste(ste(), { Config = NESTED })
end)

guest_case("accepted: argsz of a newer user", function()
	go "bypass"
	guest:attach_table { argsz = 0xffffffff }
	expect.ste(ste(), { Config = NESTED })
end)

for bits = 0, 8 do
	guest_case(("accepted: %d PASID bits"):format(bits), function()
		go "bypass"
		guest:attach_table { pasid_bits = bits }
		expect.ste(ste(), { Config = NESTED, S1CDMax = bits })
	end)
end

-------------------------------------------------- values that the SMMU cannot take ---

-- A request that cannot be done has to be refused; it is not, and the device is dead.
local function has_to_be_refused(what, options, known)
	guest_case(what .. " has to be refused", known, function()
		go "bypass"
		expect.error(guest:try_attach_table(options), "EINVAL")
	end)
end

has_to_be_refused("the reserved table format 3", { s1fmt = 3 },
	{ xfail = "s1fmt is not looked at", shows = "expected: EINVAL\ncame: 0" })
has_to_be_refused("a table format of more bits than the entry has", { s1fmt = 4 },
	{ xfail = "s1fmt is cut to two bits without an error", shows = "expected: EINVAL\ncame: 0" })
has_to_be_refused("a table that is not aligned to 64 bytes", { base = RAM + 0x100020 },
	{ xfail = "low bits of base_ptr are dropped without an error", shows = "expected: EINVAL\ncame: 0" })
has_to_be_refused("a table beyond the address size", { base = 1 << 50 },
	{ xfail = "base_ptr is not compared with the size of addresses", shows = "expected: EINVAL\ncame: 0" })
has_to_be_refused("a table at an address of more bits than the entry has", { base = 1 << 60 | RAM },
	{ xfail = "high bits of base_ptr are dropped without an error", shows = "expected: EINVAL\ncame: 0" })

for dss = 0, 2 do
	local known = {}
	if dss ~= 2 then
		known = { xfail = "s1dss is ignored: traffic without PASID always gets descriptor 0",
			shows = "expected: an STE with S1DSS = 0x" .. dss }
	end
	guest_case(("S1DSS %d is the guest's to choose"):format(dss), known, function()
		go "bypass"
		guest:attach_table { s1dss = dss }
		expect.ste(ste(), { S1DSS = dss })
	end)
end

guest_case("traffic without PASID is the guest's to forbid",
	{ xfail = "s1dss is ignored: what the guest forbids comes through descriptor 0", shows = "OK, at" }, function()
	go "bypass"
	guest:map(0x1000, A, "rw")
	guest:attach_table { s1dss = 0 }
	expect.abort(dev:read(0x1000, 8))
	expect.event { "F_STREAM_DISABLED", sid = dev.sid }
end)

guest_case("the device goes back", function()
	guest:destroy()
	local buf = dev:alloc "4K"
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 1 })
	buf:free()
end)

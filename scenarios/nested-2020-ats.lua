-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md) with an endpoint that may
-- translate by itself (ATS) and keep what it was told in a cache of its own (ATC): which
-- commands reach that. The model's endpoint has no ATC, so it is the commands that show.
-- 5.10 enables ATS only where the ACPI tables say that the root complex has it; the
-- exerciser says it in their place. Cases with xfail show defects of the series:
-- docs/findings-2020.md.

local m = machine { dts = "virt-ats", cpus = 2, smmu = { ssidsize = 8, ats = true } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma1"

local RAM, SIZE = 0x40000000, "4M"
local A = RAM + 0x1000
local guest

local function guest_case(what, known, fn)
	if fn == nil then known, fn = {}, known end
	case(what, known, function()
		if not guest then skip "there is no guest: its case failed" end
		fn()
	end)
end

local function without_sync(list)
	local left = {}
	for _, c in ipairs(list) do
		if c.name ~= "CMD_SYNC" then left[#left + 1] = c end
	end
	return left
end

local function atc_commands(fn)
	local list = {}
	for _, c in ipairs(m:commands(fn)) do
		if c.name == "CMD_ATC_INV" then list[#list + 1] = c end
	end
	return list
end

case("ATS is on in the entry of both stages", function()
	expect.equal(k:call("nested.allow_ats", { buf = dev.kernel_name .. "\0" }), 0)
	guest = dev:nested { s2 = { [RAM] = SIZE }, pasid_bits = 4 }
	guest:context(3)
	expect.ste(m:ste(dev.sid), { Config = 7, EATS = 1 })
	guest:map(0x1000, A, "rw")
	expect.ok(dev:read(0x1000, 8))
end)

guest_case("a page of the guest goes from the TLB, then from the ATC", function()
	local list = without_sync(m:commands(function() guest:invalidate { addr = 0x1000, asid = 1 } end))
	expect.commands(list, { { "CMD_TLBI_NH_VA", Addr = 0x1000 }, { "CMD_ATC_INV", SID = dev.sid, Addr = 0x1000, Size = 0 } })
end)

guest_case("ranges reach the ATC as powers of two that cover them", function()
	for _, r in ipairs { { 0x8000, 4, 0x8000, 2 }, { 0x7000, 4, 0, 4 }, { 0x1000, 1, 0x1000, 0 } } do
		local list = atc_commands(function() guest:invalidate { addr = r[1], asid = 1, count = r[2] } end)
		expect.commands(list, { { "CMD_ATC_INV", Addr = r[3], Size = r[4] } })
	end
end)

guest_case("a page of a PASID goes from the ATC",
	{ xfail = "the ATC is told of traffic without PASID alone: what the guest takes from a PASID stays in it",
	  shows = "SSV = 0x1\n.*CMD_ATC_INV Global=0 SSV=0" }, function()
	local list = atc_commands(function() guest:invalidate { addr = 0x1000, asid = 4 } end) -- of PASID 3
	expect.commands(list, { { "CMD_ATC_INV", SSID = 3, SSV = 1 } })
end)

guest_case("the guest's own request to the ATC is passed on",
	{ xfail = "DEV_IOTLB is refused with -ENOENT also where a device has ATS: a guest that sees ATS cannot use it",
	  shows = "cache_invalidate: ENOENT" }, function()
	local list = atc_commands(function() guest:invalidate { cache = "dev_iotlb", granularity = "pasid", pasid = 3 } end)
	expect.commands(list, { { "CMD_ATC_INV", SID = dev.sid, SSV = 1, SSID = 3 } })
end)

guest_case("a page of stage 2 goes from the ATC",
	{ xfail = "iommu_unmap() tells the ATC the guest's physical address; the ATC knows the guest's virtual ones",
	  shows = "Size = 0x34\n.*CMD_ATC_INV .*Size=0 Addr=0x40005000" }, function()
	local list = atc_commands(function() guest:host_unmap(RAM + 0x5000) end)
	guest:host_map(RAM + 0x5000, guest:pa(RAM + 0x5000))
	expect.commands(list, { { "CMD_ATC_INV", Size = 52 } })
end)

guest_case("what stage 1 has put into the ATC goes when stage 1 does",
	{ xfail = "no ATC_INV when the guest's table goes: the endpoint goes on by a stage 1 that is bypassed",
	  shows = "Size = 0x34\ncame: none" }, function()
	local list = atc_commands(function() guest:attach_table { config = "bypass" } end)
	guest:attach_table()
	expect.commands(list, { { "CMD_ATC_INV", Size = 52 } })
end)

guest_case("the device goes back", function()
	guest:destroy()
	local buf = dev:alloc "4K"
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 1 })
	buf:free()
end)

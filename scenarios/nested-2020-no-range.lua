-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md) on an SMMU without range
-- commands.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ril = false, aidr = 1, ssidsize = 8 } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"
local guest

local function commands(request)
	local left = {}
	for _, c in ipairs(m:commands(function() guest:invalidate(request) end)) do
		if c.name ~= "CMD_SYNC" then left[#left + 1] = c end
	end
	return left
end

case("one command a page, without range and level", function()
	guest = dev:nested { s2 = { [0x40000000] = "4M" } }
	local list = commands { addr = 0x10000, asid = 7, count = 16 }
	expect.equal(#list, 16)
	for i, c in ipairs(list) do
		expect.equal(c.name, "CMD_TLBI_NH_VA")
		expect.equal(c.Addr, 0x10000 + (i - 1) * 0x1000)
		expect.equal(c.ASID, 7)
		expect.equal(c.TG + c.TTL + c.NUM + c.SCALE, 0)
	end
end)

case("one command for a block", function()
	expect.commands(commands { addr = 0x200000, asid = 7, granule = 2 << 20 }, { { "CMD_TLBI_NH_VA", Addr = 0x200000 } })
end)

case("what a request may cost has a limit",
	{ xfail = "one command a granule, as many as the user says, without a point to reschedule: a granule of 1 byte will do",
	  shows = "expected: at most 512 commands\ncame: 20000" }, function()
	local n = #commands { addr = 0, asid = 7, granule = 1, count = 20000 }
	expect.equal(n <= 512 and "at most 512 commands" or n, "at most 512 commands")
end)

-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md) on an SMMU without
-- two-level tables of context descriptors: a guest's table of two levels is an entry
-- that the SMMU refuses (C_BAD_STE), so it has to be refused before.

local m = machine { dts = "virt-several", cpus = 2, smmu = { ssidsize = 8, cd2l = false } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"
local guest

case("one table works", function()
	guest = dev:nested { s2 = { [0x40000000] = "4M" }, pasid_bits = 4 }
	guest:map(0x1000, 0x40001000, "rw")
	expect.ok(dev:read(0x1000, 8))
	guest:attach_table { config = "bypass" }
end)

local function has_to_be_refused(what, s1fmt, known)
	case(what .. " is refused", known or {}, function()
		if not guest then skip "there is no guest: its case failed" end
		local result = guest:try_attach_table { s1fmt = s1fmt }
		if result == 0 then
			dev:read(0x1000, 8)
			expect.event { "C_BAD_STE", sid = dev.sid }
		end
		guest:attach_table { config = "bypass" }
		expect.error(result, "EINVAL")
	end)
end

has_to_be_refused("S1Fmt 2, leaves of 64 KiB", 2)
has_to_be_refused("S1Fmt 1, leaves of 4 KiB", 1,
	{ xfail = "only leaves of 64 KiB are compared with what the SMMU can: the device gets an entry that the SMMU refuses",
	  shows = "expected: EINVAL\ncame: 0" })
has_to_be_refused("S1Fmt 6, which the entry cuts to 2", 6,
	{ xfail = "s1fmt is compared before it is cut: the device gets an entry that the SMMU refuses", shows = "expected: EINVAL\ncame: 0" })

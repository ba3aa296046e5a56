-- SPDX-License-Identifier: MIT
-- The nested set-up series of 2020 (docs/tutorial-2020.md): guests whose context
-- descriptors are in one table or in tables of two levels (STE.S1Fmt).

local m = machine { dts = "virt-several", cpus = 2, smmu = { ssidsize = 8 } }
local k = kernel { { "5.10-nested-2020" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"
local RAM, A = 0x40000000, 0x40001000

for s1fmt, what in pairs { [0] = "one table", "leaves of 4 KiB", "leaves of 64 KiB" } do
	case(("S1Fmt %d, %s: traffic of each PASID by its own descriptor"):format(s1fmt, what), function()
		local guest = dev:nested { s2 = { [RAM] = "4M" }, pasid_bits = 8, s1fmt = s1fmt }
		expect.ste(m:ste(dev.sid), { Config = 7, S1Fmt = s1fmt, S1CDMax = 8 })
		for i, pasid in ipairs { 1, 63, 64, 200 } do
			local page = A + i * 0x1000
			guest:context(pasid)
			guest:map(0x1000, page, "rw", { pasid = pasid })
			guest:poke(page, ("PASID %d"):format(pasid))
			expect.data(dev:read(0x1000, 7, { ssid = pasid }), ("PASID %d"):format(pasid):sub(1, 7))
		end
		expect.abort(dev:read(0x9000, 8, { ssid = 200 }))
		expect.event { "F_TRANSLATION", ssid = 200 }
		expect.handler { reason = "PTE_FETCH", pasid = 200, addr = 0x9000 }
		guest:destroy()
	end)
end

case("a leaf that the guest has not made", function()
	local guest = dev:nested { s2 = { [RAM] = "4M" }, pasid_bits = 8, s1fmt = 1 }
	expect.abort(dev:read(0x1000, 8, { ssid = 100 }))
	expect.event { "C_BAD_SUBSTREAMID", substream = 100 }
	expect.handler { reason = "PASID_INVALID", pasid = 100 }
	guest:context(100)
	guest:map(0x1000, A, "rw", { pasid = 100 })
	expect.ok(dev:read(0x1000, 8, { ssid = 100 }))
	guest:destroy()
end)

case("a first level that the guest changes can be invalidated",
	{ xfail = "a descriptor is invalidated with Leaf alone: the first level, that the guest has changed too, may stay",
	  shows = "CMD_CFGI_CD, Leaf = 0x0.*CMD_CFGI_CD SSID=0x64 SID=0x10 Leaf=1" }, function()
	local guest = dev:nested { s2 = { [RAM] = "4M" }, pasid_bits = 8, s1fmt = 1 }
	local list = m:commands(function() guest:invalidate { cache = "pasid", granularity = "pasid", pasid = 100 } end)
	guest:destroy()
	expect.commands(list, { { "CMD_CFGI_CD", SSID = 100, Leaf = 0 }, { "CMD_SYNC" } })
end)

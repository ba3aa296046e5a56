-- SPDX-License-Identifier: MIT
-- Each allocation of a driver's probe fails once. The probe is refused, or does without;
-- nothing is left behind, and the next one succeeds.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }

local MANY = 500 -- no probe has so many allocations
local RUNS = 5   -- more than an IDR gets nodes for by growing

-- 5.10's iommu_dma_alloc_remap() frees the IOVA twice when this one fails: see the last case.
local REMAP = "dma_common_pages_remap"
local frees_twice = not k:since(6)

local function disarm() m:fault("mem.alloc", 1 << 60, 1) end

-- Bind with allocation n made to fail: was it bound, and did the allocation come?
local function bind_without(dev, n)
	local _, before = m:fault_count "mem.alloc"
	m:fault("mem.alloc", n, 1, { caller = "op_bind", except = frees_twice and REMAP or nil })
	local bound = pcall(dev.bind, dev)
	disarm()
	local _, after = m:fault_count "mem.alloc"
	return bound, after > before
end

for _, name in ipairs { "dma0", "dma1" } do
	case(name .. ": each allocation of its probe fails", function()
		local dev = m:device(name)
		local n, refused, fired = 0, 0, true
		while fired do
			n = n + 1
			if n > MANY then error("the probe has no end of allocations", 0) end
			expect.no_leak(function()
				dev:unbind()
				local bound
				bound, fired = bind_without(dev, n)
				if bound then dev:unbind() end
				if not (bound or fired) then error("refused though nothing failed", 0) end
				if not bound then refused = refused + 1 end
				dev:bind()
			end, RUNS)
			local buf = dev:alloc("4K")
			expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 64, data = 1 })
			buf:free()
		end
		expect.equal(refused > 10, true)
	end)
end

case("an IOVA that is freed twice is given to two", function()
	if not frees_twice then skip "only 5.10 frees it twice" end
	local dev = m:device "dma0"
	m:fault("mem.alloc", 1, 1, { caller = REMAP })
	expect.equal(pcall(dev.alloc, dev, "4K"), false)
	local first = dev:alloc "4K"
	expect.equal(pcall(dev.alloc, dev, "4K"), false)
	local text = expect.finding()
	if not text:find "arm_lpae_map%+0x" then error(text, 0) end
	first:free()
end)

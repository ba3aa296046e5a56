-- SPDX-License-Identifier: MIT
-- The driver on 1 CPU(s): every operation on each of them.

local CPUS = 1
local m = machine { cpus = CPUS, smmu = { ril = true } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

for cpu = 0, CPUS - 1 do
	case(("map, DMA and unmap on CPU %d"):format(cpu), function()
		local number = dev:number()
		local handle, out = k:call("dma.map", { buf = ("\0"):rep(16), cpu = cpu }, number, 8192, 0)
		expect.equal(handle >= 0, true, "the buffer is mapped")
		local iova = ("<I8"):unpack(out)
		expect.ok(dev:fill(iova, "8K", cpu))
		expect.ok(dev:check(iova, "8K", cpu))
		expect.equal(k:call("dma.unmap", { cpu = cpu }, handle), 0)
		expect.abort(dev:read(iova, 8))
		expect.event { "F_TRANSLATION", sid = dev.sid, addr = iova }
		k:call("dma.free", { cpu = cpu }, handle)
	end)
end

case("a CPU that is not there", function()
	local ok, why = pcall(k.call, k, "dma.find", { cpu = CPUS })
	expect.equal(ok, false)
	expect.equal(why:find("the machine has " .. CPUS, 1, true) ~= nil, true, why)
end)

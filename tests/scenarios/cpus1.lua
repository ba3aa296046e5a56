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

local function numbers(op, n, ...)
	local result, out = k:call("services." .. op, { buf = ("\xff"):rep(8 * n) }, ...)
	expect.equal(result >= 0, true, op)
	return { ("<" .. ("i8"):rep(n)):unpack(out) }
end

case("the one CPU calls itself, works, stops and keeps time", function()
	local r = numbers("call", 6, 0, 1)
	expect.equal(r[1], 0)
	expect.equal(r[2], 1)
	expect.equal(numbers("call_all", 12, 1)[1], 1)
	r = numbers("stop_machine", 6, 1)
	expect.equal(r[1], 7)
	expect.equal(r[2], 1)
	expect.equal(k:call("services.ipi_flood", nil, 0, 50), 50)
	r = numbers("hrtimer", 7, 0, 77000, 9, 50000)
	expect.equal(r[3], 10, "calls")
	expect.equal(r[2] >= 77000 + 9 * 50000, true, "ns")
end)

case("the one CPU does not go down", function()
	expect.error(k:call("services.cpu_down", nil, 0), "EPERM")
	expect.error(k:call("services.cpu_device_down", nil, 0), "EBUSY")
end)

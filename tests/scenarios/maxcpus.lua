-- SPDX-License-Identifier: MIT
-- Of four CPUs two come up at boot; the others are there, and come up when a user wants it.

local m = machine { dts = "virt-pcie", cpus = 4, ram = "64M" }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "maxcpus=2" }
local dev = m:device "dma0"

local function cpus()
	local _, out = k:call("services.cpus", { buf = ("\0"):rep(32) })
	local possible, present, online, active = ("<i8i8i8i8"):unpack(out)
	expect.equal(possible, 15)
	expect.equal(present, 15)
	expect.equal(active, online)
	return online
end

local function dma(cpu)
	local handle, out = k:call("dma.map", { buf = ("\0"):rep(16), cpu = cpu }, dev:number(), 8192, 0)
	expect.equal(handle >= 0, true, "the buffer is mapped")
	local iova = ("<I8"):unpack(out)
	expect.ok(dev:fill(iova, "8K", cpu))
	expect.ok(dev:check(iova, "8K", cpu))
	expect.equal(k:call("dma.unmap", { cpu = cpu }, handle), 0)
	expect.equal(k:call("dma.free", { cpu = cpu }, handle), 0)
end

case("maxcpus=2 leaves the others off", function()
	expect.log "smp: Brought up 1 node, 2 CPUs"
	expect.equal(cpus(), 3)
	dma(1)
	dma(2) -- runs elsewhere
end)

case("they come up later", function()
	for cpu = 2, 3 do
		expect.equal(k:sysfs_write(("/devices/system/cpu/cpu%d/online"):format(cpu), "1"), 1)
	end
	expect.equal(cpus(), 15)
	for cpu = 0, 3 do dma(cpu) end
end)

case("the driver works on with CPUs that come and go", function()
	for i = 1, 12 do
		local cpu = 1 + i % 3
		expect.equal(k:call("services.cpu_down", nil, cpu), 0)
		dma(i % 4)
		expect.equal(k:call("services.cpu_up", nil, cpu), 0)
		dma(cpu)
	end
end)

-- SPDX-License-Identifier: MIT
-- With --fault mem.alloc:N@arm_smmu_device_probe: one allocation of the SMMU driver's probe
-- fails at boot. The kernel lives, the driver is told or does without, and with memory it
-- comes up.
local m = machine { dts = "virt-pcie", cpus = 2, ram = "64M", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }

case("boot", function()
	local _, fired = m:fault_count "mem.alloc"
	m:fault("mem.alloc", 1 << 60, 1)
	if fired == 0 then skip "the probe has no such allocation" end
	expect.equal((k:call("dma.bind", { buf = "9050000.iommu\0" })), 0)
	if k:since(6) and not k:since(7) then -- the others let devices come up without the SMMU
		local dev = m:device "dma0"
		local buf = dev:alloc "4K"
		expect.ok(dev:write(buf.iova, "translated"))
		expect.equal(buf:read(0, 10), "translated")
	end
end)

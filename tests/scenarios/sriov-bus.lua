-- SPDX-License-Identifier: MIT
-- Virtual functions on a bus of their own: the kernel leaves it free behind the port.

local m = machine { dts = "sriov-bus.dts", cpus = 2, smmu = { sidsize = 16, ssidsize = 0 } }
local k = kernel { { "6.12", "5.10", "7" } }
local pf = m:device "dma2"

case("the bus behind the device's is left to its virtual functions", function()
	expect.equal(pf.kernel_name, "0000:01:00.0")
	expect.equal(m:device("dma3").kernel_name, "0000:05:00.0")
	expect.equal(m:device("dma3").sid, 0x1500)
end)

case("all twelve work there", function()
	expect.equal(k:sysfs_write("/bus/pci/devices/0000:01:00.0/sriov_numvfs", "12"), 2)
	for n = 0, 11 do
		local vf = m:device("dma2vf" .. n)
		expect.equal(vf.kernel_name, ("0000:02:%02x.%d"):format(n // 8, n % 8))
		expect.equal(vf.sid, 0x1200 + n)
		local buf = vf:map("4K")
		expect.ok(vf:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = n })
		expect.ok(vf:check(buf.iova, "4K", n))
		buf:free()
	end
end)

case("and go", function()
	expect.equal(k:sysfs_write("/bus/pci/devices/0000:01:00.0/sriov_numvfs", "0"), 1)
	expect.equal(m:device("dma2vf11").kernel_name, nil)
end)

-- SPDX-License-Identifier: MIT
-- A PCIe host without an MSI controller: functions are found, and a driver that wants messages gets none.
-- Not on 5.10, which warns of it in its own way.

local m = machine { dts = "no-msi.dts" }
local k = kernel { { "6.12", "7" } }

case("the function is found, and its driver gives it up", function()
	expect.equal(k:sysfs "/bus/pci/devices/0000:00:01.0/vendor", "0xfa17\n")
	expect.log "0000:00:01%.0: probe with driver faultline%-dma%-test%-pci failed with error %-22"
	expect.equal(k:sysfs_link "/bus/pci/devices/0000:00:01.0/driver", nil)
end)

case("the device on the platform bus is not concerned", function()
	local dev = m:device "dma0"
	local buf = dev:map("4K")
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 1 })
	buf:free()
end)

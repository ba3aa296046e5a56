-- SPDX-License-Identifier: MIT
-- A tree of PCIe ports by ACPI: the DSDT has the host bridge alone, the rest is found by the scan; each
-- function's StreamID comes from the one ID mapping of the root complex.

local m = machine { dts = "virt-pcie-tree", firmware = "acpi", cpus = 2, smmu = { sidsize = 16, ssidsize = 0 } }
local k = kernel { { "6.12-acpi", "5.10-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }

case("the host bridge has its buses and both windows", function()
	expect.log "PCI Root Bridge %[PCI0%] %(domain 0000 %[bus 00%-0f%]%)"
	expect.log "root bus resource %[mem 0x10000000%-0x1fffffff window%]"
	expect.log "root bus resource %[mem 0x8000000000%-0x8fffffffff [windopref ]+%]"
end)

for _, name in ipairs { "dma1", "dma2", "dma4", "dma6", "dma8" } do
	case(name .. " is behind the SMMU, wherever it is in the tree", function()
		local dev = m:device(name)
		local buf = dev:map("8K")
		expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 8192, data = 11 })
		expect.ok(dev:check(buf.iova, 8192, 11))
		buf:unmap()
		expect.abort(dev:write(buf.iova, "x"))
		expect.event { "F_TRANSLATION", sid = dev.sid, addr = buf.iova }
		buf:free()
	end)
end

-- The IORT is read before the bus is scanned: each kernel asks for ACS in time (ports.lua has the devicetree's way).
case("ports with ACS part their devices into groups on each kernel, those without do not", function()
	local function group(name)
		return k:sysfs_link("/bus/pci/devices/" .. m:device(name).kernel_name .. "/iommu_group")
	end
	expect.equal(group "dma5" ~= nil, true)
	expect.equal(group "dma5" ~= group "dma6", true)
	expect.equal(group "dma3", group "dma4")
end)

case("virtual functions get StreamIDs, messages and address spaces of their own", function()
	local path = "/bus/pci/devices/" .. m:device("dma2").kernel_name
	expect.equal(k:sysfs_write(path .. "/sriov_numvfs", "2"), 1)
	for n = 0, 1 do
		local vf = m:device("dma2vf" .. n)
		expect.equal(vf.sid, 0x1101 + n)
		local buf = vf:map("4K")
		expect.ok(vf:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = n, vector = n })
		expect.equal(vf:irq(n).count, 1)
		buf:free()
	end
	expect.equal(k:sysfs_write(path .. "/sriov_numvfs", "0"), 1)
end)

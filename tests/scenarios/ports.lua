-- SPDX-License-Identifier: MIT
-- Bridges: root ports and switches, numbered and sized by the kernel, and the IOMMU
-- groups that it makes of what is behind them. Without PASID: 5.10 refuses to have a
-- device with PASID in the group of a port, which has none.

local m = machine { dts = "virt-pcie-tree", cpus = 2, smmu = { sidsize = 16, ssidsize = 0 } }
local k = kernel { { "6.12", "5.10", "7" } }

local PLACE = { dma1 = "0000:00:01.0", dma2 = "0000:01:00.0", dma3 = "0000:04:00.0", dma4 = "0000:05:00.0",
	dma5 = "0000:08:00.0", dma6 = "0000:09:00.0", dma7 = "0000:0a:00.0", dma8 = "0000:0a:00.1" }
local RID = { dma1 = 0x008, dma2 = 0x100, dma3 = 0x400, dma4 = 0x500, dma5 = 0x800, dma6 = 0x900, dma7 = 0xa00,
	dma8 = 0xa01 }

local function group(bdf)
	return (k:sysfs_link("/bus/pci/devices/" .. bdf .. "/iommu_group"))
end

case("the kernel numbers the buses depth first", function()
	for name, bdf in pairs(PLACE) do
		expect.equal(m:device(name).kernel_name, bdf, name)
		expect.equal(m:device(name).sid, 0x1000 + RID[name], name)
	end
	expect.equal(k:sysfs "/bus/pci/devices/0000:02:00.0/class", "0x060400\n")
	expect.equal(k:sysfs_link "/bus/pci/devices/0000:02:00.0/driver", "/bus/pci/drivers/pcieport")
end)

case("DMA, interrupts and faults from behind them", function()
	for name in pairs(PLACE) do
		local dev = m:device(name)
		local buf = dev:map("8K")
		expect.ok(dev:fill(buf.iova, "8K", 4))
		expect.ok(dev:driver_transfer { op = "check", src = buf.iova, len = 8192, data = 4 })
		expect.abort(dev:write(0x123000, "x"))
		expect.event { "F_TRANSLATION", sid = 0x1000 + RID[name], addr = 0x123000 }
		buf:free()
	end
end)

-- The switch at 02 has no ACS: what is behind it can reach each other unseen.
case("devices behind ports without ACS share a group", function()
	expect.equal(group(PLACE.dma3), group(PLACE.dma4))
	expect.equal(group(PLACE.dma3), group "0000:03:00.0")
	expect.equal(group(PLACE.dma3) ~= group(PLACE.dma1), true)
end)

case("functions of a device without ACS share a group", function()
	expect.equal(group(PLACE.dma7), group(PLACE.dma8))
end)

-- With a devicetree, kernels before 7 ask for ACS when they have set the ports up.
case("devices behind ports with ACS have a group each, if the kernel turns ACS on", function()
	local apart = k:since(7)
	expect.equal(group(PLACE.dma5) ~= group(PLACE.dma6), apart)
	expect.equal(group(PLACE.dma2) ~= group "0000:00:02.0", apart)
end)

case("memory of 64 bits behind a port", function()
	local dev = m:device "dma2"
	local bar = dev:bar(4)
	expect.equal(bar.size, 1 << 32)
	expect.equal(bar.start % bar.size, 0)
	expect.equal(bar.start >= 0x8000000000 and bar.start + bar.size <= 0x9000000000, true, "outside of the window")
	for i, offset in ipairs { 0, 0x1000, 0x7ffffffc, 0xfffffffc } do
		dev:bar_write(4, offset, 0x1000 + i)
	end
	for i, offset in ipairs { 0, 0x1000, 0x7ffffffc, 0xfffffffc } do
		expect.equal(dev:bar_read(4, offset), 0x1000 + i)
	end
end)

case("without Memory Space Enable nobody answers", function()
	local dev = m:device "dma2"
	local command = dev:config_read(4, 2)
	dev:config_write(4, 2, command & ~2)
	expect.equal(dev:bar_read(4, 0), 0xffffffff)
	expect.finding "bus error"
	dev:config_write(4, 2, command)
	expect.equal(dev:bar_read(4, 0), 0x1001)
end)

case("without Bus Master Enable neither data nor messages go out", function()
	local dev = m:device "dma2"
	local command = dev:config_read(4, 2)
	local buf = dev:map("4K")
	local before = m:stats()
	local irqs = dev:irq(0).count
	dev:config_write(4, 2, command & ~4)
	expect.abort(dev:fill(buf.iova, "4K", 9))
	dev:trigger(0)
	wait "20us"
	local after = m:stats()
	expect.equal(after["pcie.requests.refused"], before["pcie.requests.refused"] + 1)
	expect.equal(after["pcie.messages.refused"], before["pcie.messages.refused"] + 1)
	expect.equal(dev:irq(0).count, irqs)
	expect.equal(dev:config_read(6, 2) & 0x2000, 0x2000, "Received Master Abort")
	dev:config_write(4, 4, command | 0x2000 << 16)
	expect.ok(dev:fill(buf.iova, "4K", 9))
	buf:free()
end)

case("D3hot: configuration space alone is there", function()
	local dev = m:device "dma2"
	expect.equal(dev:bar_read(0, 0), 0xfa170001)
	dev:power "D3hot"
	expect.equal(dev:config_read(0, 4), 0x0001fa17)
	expect.equal(dev:bar_read(0, 0), 0xffffffff)
	expect.finding "bus error"
	expect.abort(dev:write(0x1000, "x"))
	dev:power "D0"
	expect.equal(dev:bar_read(0, 0), 0xfa170001)
end)

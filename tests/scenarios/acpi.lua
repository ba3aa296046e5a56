-- SPDX-License-Identifier: MIT
-- A machine that tells of itself by ACPI: the IORT brings the SMMU up, its driver goes
-- its ACPI way, and devices get their StreamIDs from ID mappings.

local m = machine { cpus = 2, firmware = "acpi", smmu = { ssidsize = 8 } }
local k = kernel { { "6.12-acpi", "5.10-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }
local SMMU = "arm%-smmu%-v3 arm%-smmu%-v3%.0%.auto: "

case("the arm-smmu-v3 driver probes the SMMU that the IORT names", function()
	expect.log(SMMU .. "option mask 0x0")
	expect.log(SMMU .. (k:since(7) and "oas 48%-bit" or "ias 48%-bit, oas 48%-bit"))
	expect.log(SMMU .. "allocated %d+ entries for cmdq")
	expect.log(SMMU .. "allocated %d+ entries for evtq")
end)

case("the namespace brings host bridge and interrupt controller", function()
	expect.log "ACPI: Using GIC for interrupt routing"
	expect.log "ACPI: PCI Root Bridge %[PCI0%] %(domain 0000 %[bus 00%]%)"
	expect.log "_OSC: OS now controls %[PME PCIeCapability LTR%]"
	expect.log "reserved by PNP0C02:00"
end)

case("both devices are bound to their driver, behind the SMMU", function()
	local DMA, DMA_FQ = 0x3, 0xb -- IOMMU_DOMAIN_DMA, IOMMU_DOMAIN_DMA_FQ
	for _, name in ipairs { "dma0", "dma1" } do
		local domain = m:device(name):domain()
		expect.equal(domain == DMA or domain == DMA_FQ, true, name .. " is in a DMA domain")
	end
end)

for _, name in ipairs { "dma0", "dma1" } do
	local dev = m:device(name)

	case(name .. ": data goes both ways, and the driver hears of the end by interrupt", function()
		local from, to = dev:map("64K"), dev:map("64K")
		expect.ok(dev:driver_transfer { op = "fill", dst = from.iova, len = 65536, data = 42 })
		expect.ok(dev:driver_transfer { op = "copy", src = from.iova, dst = to.iova, len = 65536 })
		expect.ok(dev:check(to.iova, 65536, 42))
		from:free()
		to:free()
	end)

	case(name .. ": a fault comes with the StreamID that the IORT maps it to", function()
		local before = m:stats()["intc.msi"]
		expect.abort(dev:read(0x123456789000, 64))
		expect.event { "F_TRANSLATION", sid = dev.sid, s2 = false, class = "IN", rnw = true, addr = 0x123456789000 }
		expect.log "event 0x10 received:"
		expect.equal(m:stats()["intc.msi"] > before, true, "the SMMU told of it by a message")
	end)

	case(name .. ": after dma_unmap_single the device no longer reaches the page", function()
		local buf = dev:map("4K")
		expect.ok(dev:write(buf.iova, "mapped"))
		buf:unmap()
		expect.abort(dev:write(buf.iova, "unmapped"))
		expect.event { "F_TRANSLATION", sid = dev.sid, rnw = false, addr = buf.iova }
		buf:free()
	end)

	case(name .. ": the driver can leave the device and take it again", function()
		dev:unbind()
		dev:bind()
		local buf = dev:alloc("4K")
		expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 7 })
		expect.ok(dev:check(buf.iova, 4096, 7))
		buf:free()
	end)
end

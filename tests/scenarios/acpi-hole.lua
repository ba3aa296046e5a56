-- SPDX-License-Identifier: MIT
-- ID mappings with a hole: the function in it has no SMMU in front, and its messages
-- reach the interrupt controller all the same.

local m = machine { firmware = "acpi", dts = "acpi-hole.dts", cpus = 2 }
kernel { { "6.12-acpi", "5.10-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }

case("the function in the hole reaches memory by physical address", function()
	local dev = m:device "dma1"
	local buf = dev:map("4K")
	expect.equal(buf.iova, buf.pa, "the DMA address")
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 3 })
	expect.ok(dev:check(buf.pa, 4096, 3))
	buf:free()
end)

case("the one behind the hole is translated, by the second mapping", function()
	local dev = m:device "dma2"
	expect.equal(dev.sid, 0x300)
	local buf = dev:map("4K")
	expect.ok(dev:driver_transfer { op = "fill", dst = buf.iova, len = 4096, data = 3 })
	buf:unmap()
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_TRANSLATION", sid = 0x300, addr = buf.iova }
	buf:free()
end)

-- SPDX-License-Identifier: MIT
-- An SMMU without MSIs: the driver waits for CMD_SYNC by reading the queue, and
-- hears of events by its wired interrupt, a GSI of the IORT.

local m = machine { firmware = "acpi", cpus = 2, smmu = { msi = false } }
local k = kernel { { "6.12-acpi", "5.10-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("DMA and its end", function()
	local buf = dev:map("16K")
	expect.ok(dev:fill(buf.iova, "16K", 5))
	expect.ok(dev:check(buf.iova, "16K", 5))
	buf:unmap()
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_TRANSLATION", sid = dev.sid, s2 = false, addr = buf.iova }
end)

case("an event comes by wire", function()
	local before = m:stats()
	expect.abort(dev:read(0x5000, 8))
	expect.event { "F_TRANSLATION", sid = dev.sid, addr = 0x5000 }
	expect.log "event 0x10 received:"
	wait "1ms"
	local after = m:stats()
	expect.equal(after["intc.msi"], 0, "MSIs")
	expect.equal(after["intc.taken"] > before["intc.taken"], true, "an interrupt was taken")
end)

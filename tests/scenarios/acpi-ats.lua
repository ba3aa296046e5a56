-- SPDX-License-Identifier: MIT
-- ATS by IORT: the root complex node says that it can. On 5.10 this is the only way to it.

local m = machine { firmware = "acpi", dts = "ats.dts", cpus = 2, smmu = { ats = true } }
local k = kernel { { "6.12-acpi", "5.10-acpi", "7-acpi" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma1"

case("DMA and its end", function()
	local buf = dev:map("8K")
	expect.ok(dev:fill(buf.iova, "8K", 4))
	expect.ok(dev:check(buf.iova, "8K", 4))
	buf:unmap()
	expect.abort(dev:write(buf.iova, "x"))
	expect.event { "F_TRANSLATION", sid = dev.sid, addr = buf.iova }
end)

case("smmu.atc-timeout: an endpoint that does not answer an invalidation", function()
	local buf = dev:map("4K")
	m:fault "smmu.atc-timeout"
	buf:unmap()
	expect.log "ATC invalidate timeout"
end)

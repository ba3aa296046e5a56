-- SPDX-License-Identifier: MIT
-- Lazy invalidation: an unmapped page stays reachable by the TLB until the flush
-- queue is emptied (IOVA_FQ_TIMEOUT, 10 ms).

local m = machine { cpus = 2, smmu = { ril = true } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=0" }
local dev = m:device "dma0"

case("a mapping is stale within the flush window, and gone behind it", function()
	expect.equal(dev:domain(), k:since(5, 15) and 0xb or 0x3, "IOMMU_DOMAIN_DMA_FQ; IOMMU_DOMAIN_DMA before it came")
	local buf = dev:map("4K")
	expect.ok(dev:write(buf.iova, "mapped"))
	buf:unmap()
	expect.stale(dev:write(buf.iova, "stale "))
	wait "20ms"
	expect.abort(dev:write(buf.iova, "gone  "))
	expect.event { "F_TRANSLATION", sid = dev.sid, addr = buf.iova }
end)

case("what no TLB entry holds is gone at once", function()
	local buf = dev:map("4K")
	buf:unmap()
	expect.abort(dev:write(buf.iova, "gone"))
	expect.event { "F_TRANSLATION", sid = dev.sid, addr = buf.iova }
end)

-- SPDX-License-Identifier: MIT
-- An SMMU without SubstreamIDs: a transaction with a PASID is refused (IHI 0070 3.4.1).

local m = machine { cpus = 2, smmu = { ssidsize = 0 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("DMA without a PASID", function()
	local buf = dev:map("4K")
	expect.ok(dev:write(buf.iova, "x"))
	buf:free()
end)

case("DMA with a PASID", function()
	expect.abort(dev:read(0x1000, 8, { ssid = 1 }))
	expect.event { "C_BAD_SUBSTREAMID", sid = dev.sid, substream = 1 }
end)

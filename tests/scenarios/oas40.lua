-- SPDX-License-Identifier: MIT
-- 40 bits of output address, and stage 2 alone: the driver's domains have as many bits of
-- input address, and the DMA API keeps within them.

local m = machine { cpus = 2, smmu = { oas = 40, stage = 2 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("the driver takes the size over", function()
	expect.log(k:since(7) and "oas 40%-bit" or "ias 40%-bit, oas 40%-bit")
end)

case("addresses of the DMA API fit", function()
	local buf = dev:map("4K")
	expect.equal(buf.iova < 1 << 40, true, "the IOVA fits into 40 bits")
	expect.ok(dev:write(buf.iova, "x"))
	buf:free()
end)

-- Stage 1 is bypassed: what exceeds its output is its fault (IHI 0070 3.4).
case("an address beyond is an address size fault of the bypassed stage 1", function()
	expect.abort(dev:write(1 << 40, "x"))
	expect.event { "F_ADDR_SIZE", sid = dev.sid, s2 = false, class = "IN", addr = 1 << 40 }
end)

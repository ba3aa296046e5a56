-- SPDX-License-Identifier: MIT
-- 44 bits of output address, and both stages: the driver's own domains are of stage 1, whose
-- input address has 48 bits whatever the output has.

local m = machine { cpus = 2, smmu = { oas = 44 } }
local k = kernel { { "6.12", "5.10", "7" }, cmdline = "iommu.strict=1" }
local dev = m:device "dma0"

case("the driver takes the size over", function()
	expect.log(k:since(7) and "oas 44%-bit" or "ias 44%-bit, oas 44%-bit")
end)

case("an IOVA of 48 bits leads to a physical address of 44", function()
	local buf = dev:map("4K")
	expect.equal(buf.iova >= 1 << 44 and buf.iova < 1 << 48, true, "the IOVA is among the topmost of 48 bits")
	expect.equal(buf.pa < 1 << 44, true, "the physical address fits into 44 bits")
	expect.ok(dev:write(buf.iova, "x"))
	buf:free()
end)

case("an address beyond 48 bits is a translation fault", function()
	expect.abort(dev:write(1 << 48, "x"))
	expect.event { "F_TRANSLATION", sid = dev.sid, s2 = false, addr = 1 << 48 }
end)
